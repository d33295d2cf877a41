import assert from "node:assert/strict";
import { getStatus } from "../src/get-status.ts";
import { startServer, type ProcessServer } from "./support/server.ts";
import { describe } from "./support/suite.ts";

const EXCEPTIONS = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0";

async function serving(run: (server: ProcessServer) => Promise<void>, prefix?: string): Promise<void> {
  const server = await startServer(prefix === undefined ? {} : { prefix });
  try {
    await run(server);
  } finally {
    await server.close();
  }
}

interface Answer {
  status: number;
  headers: Headers;
  body: any;
}

async function request(url: string, init?: RequestInit): Promise<Answer> {
  const response = await fetch(url, init);
  return { status: response.status, headers: response.headers, body: await response.json() };
}

function execute(server: ProcessServer, body: string): Promise<Answer> {
  return request(`${server.baseUrl}/processes/wait/execution`, {
    method: "POST",
    body,
    headers: { prefer: "respond-async" },
  });
}

describe("the embedded server", (test) => {
  test("its landing page leads to its description, conformance, processes and jobs", () =>
    serving(async (server) => {
      const { body } = await request(`${server.baseUrl}/`);
      const rels = body.links.map((link: { rel: string }) => link.rel);
      for (const rel of [
        "service-desc",
        "http://www.opengis.net/def/rel/ogc/1.0/conformance",
        "http://www.opengis.net/def/rel/ogc/1.0/processes",
        "http://www.opengis.net/def/rel/ogc/1.0/job-list",
      ])
        assert.ok(rels.includes(rel), rel);
      for (const { href } of body.links) assert.equal((await request(href)).status, 200, href);
    }));

  test("it declares the classes that it has, and describes its process", () =>
    serving(async (server) => {
      const { body } = await request(`${server.baseUrl}/conformance`);
      for (const name of ["core", "json", "job-list", "dismiss"]) {
        assert.ok(body.conformsTo.includes(`http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/${name}`));
      }
      const list = await request(`${server.baseUrl}/processes`);
      assert.deepEqual(
        list.body.processes.map((process: { id: string }) => process.id),
        ["wait"],
      );
      assert.deepEqual(Object.keys((await request(`${server.baseUrl}/processes/wait`)).body.inputs), [
        "seconds",
        "fail",
      ]);
    }));

  test("it executes asynchronously, with 201, Location and a status", () =>
    serving(async (server) => {
      const { status, headers, body } = await execute(server, '{"inputs":{"seconds":0}}');
      assert.equal(status, 201);
      assert.equal(headers.get("location"), `${server.baseUrl}/jobs/${body.jobID}`);
      const result = await getStatus(server.baseUrl, body.jobID);
      assert.ok(result.kind === "StatusInfo" && result.status === "successful");
      assert.ok(result.finished);
      const link = result.links.find(({ rel }) => rel === "http://www.opengis.net/def/rel/ogc/1.0/results");
      assert.deepEqual((await request(link!.href)).body, { seconds: 0 });
    }));

  test("it returns each state of a job", () =>
    serving(async (server) => {
      const now = Date.now();
      for (const [job, status] of [
        [{ seconds: 60 }, "accepted"],
        [{ seconds: 60, created: now - 30_000 }, "running"],
        [{ seconds: 60, created: now - 60_000 }, "successful"],
        [{ seconds: 60, created: now - 60_000, fail: true }, "failed"],
        [{ seconds: 60, dismissed: now }, "dismissed"],
        [{ seconds: 60, frozenAt: 42 }, "running"],
      ] as const) {
        const result = await getStatus(server.baseUrl, server.add(job).id);
        assert.equal(result.kind === "StatusInfo" && result.status, status);
      }
      assert.equal((await request(`${server.baseUrl}/jobs`)).body.jobs.length, 6);
    }));

  test("it dismisses a job once, and responds with 410 the second time", () =>
    serving(async (server) => {
      const { id } = server.add({ seconds: 60 });
      const first = await request(`${server.baseUrl}/jobs/${id}`, { method: "DELETE" });
      assert.equal(first.status, 200);
      assert.equal(first.body.status, "dismissed");
      assert.equal((await request(`${server.baseUrl}/jobs/${id}`, { method: "DELETE" })).status, 410);
      assert.equal((await request(`${server.baseUrl}/jobs/${id}/results`)).status, 410);
    }));

  test("its errors are exceptions with the types that the standard defines", () =>
    serving(async (server) => {
      const { id } = server.add({ seconds: 60 });
      const failed = server.add({ seconds: 0, fail: true });
      for (const [method, path, status, type] of [
        ["GET", "/jobs/none", 404, `${EXCEPTIONS}/no-such-job`],
        ["DELETE", "/jobs/none", 404, `${EXCEPTIONS}/no-such-job`],
        ["GET", "/jobs/none/results", 404, `${EXCEPTIONS}/no-such-job`],
        ["GET", `/jobs/${id}/results`, 404, `${EXCEPTIONS}/result-not-ready`],
        ["GET", `/jobs/${failed.id}/results`, 500, "about:blank"],
        ["GET", "/processes/none", 404, `${EXCEPTIONS}/no-such-process`],
        ["POST", "/processes/none/execution", 404, `${EXCEPTIONS}/no-such-process`],
        ["GET", "/nothing", 404, "about:blank"],
        ["POST", "/jobs", 405, "about:blank"],
        ["GET", "/jobs/a/b/c/d", 404, "about:blank"],
      ] as const) {
        const { status: sent, headers, body } = await request(server.baseUrl + path, { method });
        assert.equal(sent, status, path);
        assert.equal(body.type, type, path);
        assert.equal(body.status, status);
        assert.equal(headers.get("content-type"), "application/problem+json");
      }
      for (const body of ["{", '{"inputs":{"seconds":-1}}', '{"inputs":{"fail":"yes"}}']) {
        assert.equal((await execute(server, body)).status, 400);
      }
    }));

  test("it can be served with or without a prefix", async () => {
    for (const prefix of ["", "/user/ogc-api"]) {
      await serving(async (server) => {
        const { id } = server.add({ id: "a/b ü" });
        assert.ok(server.baseUrl.endsWith(prefix));
        assert.equal((await getStatus(server.baseUrl, id)).kind, "StatusInfo");
        assert.equal((await getStatus(`${new URL(server.baseUrl).origin}/elsewhere`, id)).kind, "NotFound");
      }, prefix);
    }
  });
});
