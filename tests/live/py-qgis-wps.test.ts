import { testLifecycle } from "./lifecycle.ts";
import { REDIS, processes, serve } from "./serve.ts";

const backend = await serve("redis", REDIS);
const server = await serve("py-qgis-wps", "wpsserver --bind 127.0.0.1 --port $PORT --workers 2", {
  QGSWPS_PROCESSING_PROVIDERS_MODULE_PATH: processes,
  QGSWPS_REDIS_HOST: "127.0.0.1",
  QGSWPS_REDIS_PORT: backend.port,
  QGSWPS_SERVER_PROCESSLIFECYCLE: "0", // A worker runs any number of jobs.
  QGSWPS_SERVER_WORKDIR: ".",
});

testLifecycle("py-qgis-wps-1.10.1", { server, backend, process: "script:wait" });
