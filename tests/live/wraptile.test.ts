import assert from "node:assert/strict";
import { getStatus } from "ogcapi-job-status";
import { watch } from "../recipes/watch.ts";
import { describe } from "../runner/suite.ts";
import { testLifecycle } from "./lifecycle.ts";
import { execute, info, installed, serve } from "./support.ts";

const server = await serve((port, url) => ({
  command: [installed("wraptile", "wraptile"), "run", "--port", port, "wraptile.services.local.testing:service"],
  ready: `${url}/conformance`,
}));

describe("wraptile", (test) => {
  test("a failed job has its traceback in the document, and no links", async () => {
    const { jobId } = await execute(server.baseUrl, "sleep_a_while", { duration: 0.2, fail: true });
    const result = info(await watch(server.baseUrl, jobId, { interval: 200 }));
    assert.ok(Array.isArray(result.document["x-traceback"]));
    assert.deepEqual(result.links, []);
  });

  test("an id arrives unchanged", async () => {
    for (const id of ["a b", "ü", "日本", "a?b", "a#b", "a%2Fb", "a+b", "a:b", "...", "<a>", "[a]"]) {
      assert.equal((await getStatus(server.baseUrl, id)).message, `Job '${id}' does not exist`);
    }
  });

  testLifecycle(test, {
    server,
    process: "sleep_a_while",
    inputs: (duration, fail) => ({ duration, fail }),
    first: ["accepted", "running"], // The server responds while a thread starts the job.
    results: /"return_value":3\.\d+/,
    failure: /^Woke up too early$/,
    missing: {
      ".": "NotFound no-such-job 404: Job 'none' does not exist",
      elsewhere: "NotFound unspecified 404: Not Found",
    },
    // Its jobs are in memory only.
    restart: ["ServerError network: Request failed: see cause", "NotFound no-such-job"],
  });
});
