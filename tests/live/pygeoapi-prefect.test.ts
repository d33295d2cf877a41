import { testLifecycle } from "./lifecycle.ts";
import { GUNICORN, PYGEOAPI, serve } from "./serve.ts";

const settings = { PREFECT_HOME: ".", PREFECT_SERVER_ANALYTICS_ENABLED: "false", DO_NOT_TRACK: "1" };
const backend = await serve("pygeoapi-prefect", "prefect server start --port $PORT", settings);
const worker = "pygeoapi plugins prefect deploy-local > worker";
const deployed = "until grep -q pygeoapi-wait-local worker; do sleep 0.1; done";
const server = await serve("pygeoapi-prefect", `${worker} & ${deployed}; ${GUNICORN}`, {
  ...PYGEOAPI,
  ...settings,
  MANAGER: "pygeoapi_prefect.manager.PrefectManager",
  PREFECT_API_URL: `${backend.baseUrl}/api`,
  PREFECT_RUNNER_POLL_FREQUENCY: "1", // in seconds
});

testLifecycle("pygeoapi-0.24-prefect-0.9.1", { server, backend, count: 2 });
