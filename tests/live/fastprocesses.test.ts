import { testLifecycle } from "./lifecycle.ts";
import { REDIS, serve } from "./serve.ts";

const backend = await serve("redis", REDIS);
const uses = ["FP_CELERY_BROKER", "FP_CELERY_RESULT", "FP_RESULT_CACHE"];
const ports = Object.fromEntries(uses.map((use) => [`${use}_PORT`, backend.port]));
const hosts = Object.fromEntries(uses.map((use) => [`${use}_HOST`, "127.0.0.1"]));
const worker = "celery -A fastprocesses.worker.celery_app worker --concurrency 2";
const command = `${worker} & uvicorn fastprocesses_wait:app --port $PORT`;
const server = await serve("fastprocesses", command, { ...hosts, ...ports });
// For inputs that it has seen before, it returns the result from its cache.
let key = 0;
const inputs = (seconds: number, fail: boolean) => ({ seconds, fail, key: String(key++) });

testLifecycle("fastprocesses-0.24.1", { server, backend, inputs });
