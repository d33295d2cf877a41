import assert from "node:assert/strict";
import { getStatus } from "../../src/get-status.ts";
import { describe } from "../runner/suite.ts";
import { startServer } from "../support/server.ts";

const EXCEPTIONS = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0";
const RESULTS = "http://www.opengis.net/def/rel/ogc/1.0/results";

const server = await startServer();

async function request(method: string, path: string, body: string | null = null) {
  const response = await fetch(new URL(path, `${server.baseUrl}/`), { method, body });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

describe("the embedded server", (test) => {
  test("executes asynchronously, with 201, Location and a status that leads to the results", async () => {
    const { status, headers, body } = await request("POST", "processes/wait/execution", '{"inputs":{"seconds":0}}');
    assert.equal(status, 201);
    assert.equal(headers.get("location"), `${server.baseUrl}/jobs/${body.jobID}`);
    const result = await getStatus(server.baseUrl, body.jobID);
    assert.ok(result.kind === "StatusInfo" && result.finished);
    const link = result.links.find(({ rel }) => rel === RESULTS);
    assert.deepEqual((await request("GET", link!.href)).body, { seconds: 0 });
    const jobs: { jobID: string }[] = (await request("GET", "jobs")).body.jobs;
    assert.ok(jobs.some(({ jobID }) => jobID === body.jobID));
  });

  const now = Date.now();
  for (const [job, status] of [
    [{ seconds: 60, id: "a/b ü" }, "accepted"],
    [{ seconds: 60, created: now - 30_000 }, "running"],
    [{ seconds: 60, created: now - 60_000 }, "successful"],
    [{ seconds: 60, created: now - 60_000, fail: true }, "failed"],
    [{ seconds: 60, dismissed: now }, "dismissed"],
    [{ seconds: 60, frozenAt: 42 }, "running"],
  ] as const) {
    test(`returns ${status} for ${Object.keys(job).join()}`, async () => {
      assert.equal((await getStatus(server.baseUrl, server.add(job).id)).status, status);
    });
  }

  test("dismisses a job once", async () => {
    const { id } = server.add({ seconds: 60 });
    const { status, body } = await request("DELETE", `jobs/${id}`);
    assert.deepEqual([status, body.status], [200, "dismissed"]);
    assert.equal((await request("DELETE", `jobs/${id}`)).status, 410);
    assert.equal((await request("GET", `jobs/${id}/results`)).status, 410);
  });

  server.add({ id: "new", seconds: 60, created: now });
  server.add({ id: "failed", seconds: 0, fail: true });
  for (const [method, path, status, type, body] of [
    ["GET", "jobs/none", 404, `${EXCEPTIONS}/no-such-job`],
    ["DELETE", "jobs/none", 404, `${EXCEPTIONS}/no-such-job`],
    ["GET", "jobs/none/results", 404, `${EXCEPTIONS}/no-such-job`],
    ["GET", "jobs/new/results", 404, `${EXCEPTIONS}/result-not-ready`],
    ["GET", "jobs/failed/results", 500, "about:blank"],
    ["POST", "processes/none/execution", 404, `${EXCEPTIONS}/no-such-process`],
    ["POST", "processes/wait/execution", 400, "InvalidParameterValue", "{"],
    ["POST", "processes/wait/execution", 400, "InvalidParameterValue", '{"inputs":{"seconds":-1}}'],
    ["POST", "processes/wait/execution", 400, "InvalidParameterValue", '{"inputs":{"fail":"yes"}}'],
    ["GET", "jobs/a/b/c", 404, "about:blank"],
    ["GET", "/elsewhere/jobs/new", 404, "about:blank"],
  ] as const) {
    test(`responds to ${method} ${path} ${body ?? ""} with the exception ${type}`, async () => {
      const response = await request(method, path, body);
      assert.deepEqual([response.status, response.body.status, response.body.type], [status, status, type]);
      assert.equal(response.headers.get("content-type"), "application/problem+json");
    });
  }

  test("stops when it is closed", async () => {
    await server.close();
    assert.equal((await getStatus(server.baseUrl, "new")).reason, "network");
  });
});
