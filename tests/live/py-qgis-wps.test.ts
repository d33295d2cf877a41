import assert from "node:assert/strict";
import { getStatus } from "ogcapi-job-status";
import { watch } from "../recipes/watch.ts";
import { describe } from "../runner/suite.ts";
import { testLifecycle } from "./lifecycle.ts";
import { execute, folder, info, installed, line, processes, serve, startRedis } from "./support.ts";

const redis = await startRedis();
const server = await serve((port, url) => ({
  command: [installed("py-qgis-wps", "wpsserver"), "--bind", "127.0.0.1", "--port", port, "--workers", "2"],
  ready: `${url}/conformance`,
  env: {
    QGSWPS_PROCESSING_PROVIDERS_MODULE_PATH: processes,
    QGSWPS_REDIS_HOST: "127.0.0.1",
    QGSWPS_REDIS_PORT: redis.port,
    QGSWPS_SERVER_PROCESSLIFECYCLE: "0", // A worker runs any number of jobs.
    QGSWPS_SERVER_WORKDIR: folder("py-qgis-wps"),
  },
}));

describe("py-qgis-wps, which runs algorithms of QGIS", (test) => {
  test("dates with both an offset and a Z are returned as sent", async () => {
    const { jobId } = await execute(server.baseUrl, "script:wait", { seconds: 0, fail: false });
    const { created, started, finished } = info(await watch(server.baseUrl, jobId, { interval: 300 }));
    for (const date of [created, started, finished]) assert.match(date ?? "", /^[\d-]+T[\d:]+\+00:00Z$/);
  });

  test("an id with a dot is an unknown path", async () => {
    assert.equal(line(await getStatus(server.baseUrl, "a.b")), "NotFound unspecified 404: HTTP 404");
  });

  testLifecycle(test, {
    server,
    process: "script:wait",
    parallel: 2,
    results: /"waited": 3\.0/,
    failure: /It was told to fail$|^Internal Error$/, // The second one replaces the first one a moment later.
    dismissal: [200, "NotFound unspecified", "failed"], // If it still waits, it fails when its turn comes.
    missing: { ".": "NotFound unspecified 404: Job not found", elsewhere: "NotFound unspecified 404: HTTP 404" },
    backend: redis,
    restart: ["ServerError http 500: Internal Server Error", "successful"],
  });
});
