import assert from "node:assert/strict";
import { describe } from "../support/suite.ts";
import { brief, execute, getStatus, info, startWraptile, watch } from "./support.ts";
import type { StatusInfo } from "../../src/get-status.ts";

const interval = 200;
const server = await startWraptile();
const { baseUrl } = server;

describe("wraptile 0.3.0 of Eozilla", (test) => {
  test("a job runs with progress, and succeeds", async () => {
    const job = await execute(baseUrl, "sleep_a_while", { duration: 2 });
    const seen: StatusInfo[] = [];
    const last = info(await watch(job.baseUrl, job.jobId, { interval, onResult: (result) => seen.push(info(result)) }));
    assert.equal(last.status, "successful");
    assert.equal(last.progress, 100);
    assert.ok(seen.some(({ status, progress = 0 }) => status === "running" && progress > 0 && progress < 100));
    // It has no links: the results are where the standard has them.
    assert.deepEqual(last.links, []);
    assert.ok((await fetch(`${baseUrl}/jobs/${job.jobId}/results`)).ok);
  });

  test("a failed job tells its reason, and its traceback is in the document", async () => {
    const job = await execute(baseUrl, "sleep_a_while", { duration: 0.2, fail: true });
    const result = info(await watch(job.baseUrl, job.jobId, { interval }));
    assert.equal(result.status, "failed");
    assert.equal(result.message, "Woke up too early");
    assert.ok(Array.isArray(result.document["x-traceback"]));
  });

  test("a dismissed job stays, dismissed", async () => {
    const job = await execute(baseUrl, "sleep_a_while", { duration: 5 });
    await fetch(`${baseUrl}/jobs/${job.jobId}`, { method: "DELETE" });
    assert.equal(brief(await watch(job.baseUrl, job.jobId, { interval })), "dismissed");
  });

  test("a job that never existed is told from a wrong base URL", async () => {
    const result = await getStatus(baseUrl, "none");
    assert.equal(brief(result), "NotFound no-such-job");
    assert.equal(result.message, "Job 'none' does not exist");
    assert.equal(brief(await getStatus(`${baseUrl}/elsewhere`, "none")), "NotFound not-found");
  });

  test("an id arrives as it was given", async () => {
    for (const id of ["a b", "ü", "日本", "a?b", "a#b", "a%2Fb", "a+b", "a:b", "...", "<a>", "[a]"]) {
      assert.equal((await getStatus(baseUrl, id)).message, `Job ${`'${id}'`} does not exist`);
    }
  });

  test("a server that has stopped is a network failure", async () => {
    await server.stop();
    assert.equal(brief(await getStatus(baseUrl, "none")), "ServerError network");
  });
});
