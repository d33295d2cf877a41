import assert from "node:assert/strict";
import { describe } from "../support/suite.ts";
import { testBehaviours } from "./behaviours.ts";
import { startWraptile } from "./servers.ts";
import { execute, getStatus, info, watch } from "./support.ts";

const server = await startWraptile();
const { baseUrl } = server;
const name = "wraptile 0.3.0";

describe(name, (test) => {
  test("a failed job has its traceback in the document, and no job has links", async () => {
    const job = await execute(baseUrl, "sleep_a_while", { duration: 0.2, fail: true });
    const result = info(await watch(job.baseUrl, job.jobId, { interval: 200 }));
    assert.ok(Array.isArray(result.document["x-traceback"]));
    assert.deepEqual(result.links, []);
  });

  test("an id arrives unchanged", async () => {
    for (const id of ["a b", "ü", "日本", "a?b", "a#b", "a%2Fb", "a+b", "a:b", "...", "<a>", "[a]"]) {
      assert.equal((await getStatus(baseUrl, id)).message, `Job ${`'${id}'`} does not exist`);
    }
  });

  testBehaviours(test, {
    name,
    server,
    process: "sleep_a_while",
    inputs: (seconds, fail) => ({ duration: seconds, fail }),
    first: { status: "accepted or running", behind: 0 }, // The server responds while a thread starts the job.
    progress: true,
    results: /"return_value":3\.\d+/,
    failure: /^Woke up too early$/,
    dismissal: { http: 200, then: "dismissed" },
    never: { none: "NotFound no-such-job 404: Job 'none' does not exist" },
    wrong: { "/elsewhere": "NotFound unspecified 404: Not Found" },
    // Its documents have no `type`, which the standard requires.
    python: {
      successful: "raised ValidationError",
      failed: "raised ValidationError",
      never: "raised NotFoundException",
    },
  });
});
