import assert from "node:assert/strict";
import { describe } from "../support/suite.ts";
import { PYGEOAPI, testBehaviours } from "./behaviours.ts";
import { startFastgeoapi } from "./servers.ts";
import { getStatus, line, watch } from "./support.ts";

const key = "secret";
const server = await startFastgeoapi(key);
const { baseUrl } = server;
const name = "fastgeoapi 0.4.0 in front of pygeoapi 0.24.0";

describe(name, (test) => {
  test("it requires its API key, and a watch ends at once without it", async () => {
    for (const [headers, expected] of [
      [{}, "ServerError http 401: no api key"],
      [{ "x-api-key": "wrong" }, "ServerError http 401: invalid api key"],
      [{ "x-api-key": key }, "NotFound unspecified 404: none"],
    ] as const) {
      assert.equal(line(await getStatus(baseUrl, "none", { headers })), expected);
    }
    assert.equal(line(await watch(baseUrl, "none")), "ServerError http 401: no api key");
  });

  testBehaviours(test, {
    name,
    ...PYGEOAPI,
    server,
    headers: { "x-api-key": key },
    dismissal: { http: 500, then: "NotFound unspecified" },
    wrong: {
      "/": "NotFound unspecified 404: Not Found",
      "/geoapi/elsewhere": "NotFound unspecified 404: HTTP 404",
    },
    backend: {
      name: "the server",
      stop: () => server.stop("SIGKILL"),
      restart: () => server.restart(),
      down: "ServerError network: Request failed: see cause",
    },
  });
});
