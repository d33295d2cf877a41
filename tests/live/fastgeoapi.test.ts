import assert from "node:assert/strict";
import { getStatus } from "ogcapi-job-status";
import { watch } from "../recipes/watch.ts";
import { describe } from "../runner/suite.ts";
import { testLifecycle } from "./lifecycle.ts";
import { PYGEOAPI, configure } from "./pygeoapi.ts";
import { folder, installed, line, serve } from "./support.ts";

const key = "secret";
const path = "/geoapi";
const uvicorn = await serve((port, url) => {
  const files = configure(url + path);
  const settings = { FASTGEOAPI_CONTEXT: path, PYGEOAPI_BASEURL: url, LOG_PATH: folder("fastgeoapi"), ...files };
  const production = Object.entries({ ...settings, API_KEY_ENABLED: "true", PYGEOAPI_KEY_GLOBAL: key });
  const env = Object.fromEntries(production.map(([name, value]) => [`PROD_${name}`, value]));
  return {
    command: [installed("fastgeoapi", "uvicorn"), "app.main:app", "--port", port],
    ready: `${url}/readyz`,
    env: { ...env, ...files, ENV_STATE: "prod", HOST: "127.0.0.1", PORT: port },
  };
});
const server = { ...uvicorn, baseUrl: uvicorn.baseUrl + path };

describe("fastgeoapi, which serves pygeoapi and requires a key", (test) => {
  test("without the key, a request is rejected, and a watch ends at once", async () => {
    for (const [headers, expected] of [
      [{}, "ServerError http 401: no api key"],
      [{ "x-api-key": "wrong" }, "ServerError http 401: invalid api key"],
    ] as const) {
      assert.equal(line(await getStatus(server.baseUrl, "none", { headers })), expected);
      assert.equal(line(await watch(server.baseUrl, "none", { headers })), expected);
    }
  });

  testLifecycle(test, {
    ...PYGEOAPI,
    server,
    headers: { "x-api-key": key },
    dismissal: [500, "NotFound unspecified"],
    missing: { ...PYGEOAPI.missing, "/": "NotFound unspecified 404: Not Found" },
  });
});
