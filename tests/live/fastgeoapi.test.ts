import { testLifecycle } from "./lifecycle.ts";
import { PYGEOAPI, serve } from "./serve.ts";

const path = "/geoapi";
const settings = { ...PYGEOAPI, PYGEOAPI_BASEURL: "none", FASTGEOAPI_CONTEXT: path, LOG_PATH: "." };
const production = Object.entries({ ...settings, API_KEY_ENABLED: "true", PYGEOAPI_KEY_GLOBAL: "secret" });
const uvicorn = await serve("fastgeoapi", "HOST=127.0.0.1 ENV_STATE=prod uvicorn app.main:app --port $PORT", {
  ...PYGEOAPI,
  ...Object.fromEntries(production.map(([name, value]) => [`PROD_${name}`, value])),
  SCRIPT_NAME: path,
});
const server = { ...uvicorn, baseUrl: uvicorn.baseUrl + path };

testLifecycle("fastgeoapi-0.4.0", { server, inner: "pygeoapi-0.24-tinydb", headers: { "x-api-key": "secret" } });
