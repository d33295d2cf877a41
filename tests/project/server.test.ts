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
  });

  const now = Date.now();
  for (const [status, job] of Object.entries({
    accepted: { id: "a/b ü" },
    running: { created: now - 30_000 },
    successful: { created: now - 60_000 },
    failed: { created: now - 60_000, fail: true },
    dismissed: { dismissed: now },
  })) {
    test(`returns ${status} for a job with ${Object.keys(job)}`, async () => {
      assert.equal((await getStatus(server.baseUrl, server.add({ seconds: 60, ...job }).id)).status, status);
    });
  }

  server.add({ id: "new", seconds: 60 });
  server.add({ id: "failed", seconds: 0, fail: true });
  for (const [path, status, type] of [
    ["jobs/none", 404, `${EXCEPTIONS}/no-such-job`],
    ["jobs/none/results", 404, `${EXCEPTIONS}/no-such-job`],
    ["jobs/new/results", 404, `${EXCEPTIONS}/result-not-ready`],
    ["jobs/failed/results", 500, "about:blank"],
    ["/elsewhere/jobs/new", 404, "about:blank"],
  ] as const) {
    test(`responds to GET ${path} with the exception ${type}`, async () => {
      const response = await request("GET", path);
      assert.deepEqual([response.status, response.body.status, response.body.type], [status, status, type]);
      assert.equal(response.headers.get("content-type"), "application/problem+json");
    });
  }

  test("stops when it is closed", async () => {
    await server.close();
    await assert.rejects(fetch(server.baseUrl));
  });
});
