import assert from "node:assert/strict";
import { describe } from "../support/suite.ts";
import { brief, execute, fetchResults, getStatus, info, startPygeoapi, watch } from "./support.ts";
import type { Result, StatusInfo } from "../../src/get-status.ts";

const interval = 300;

for (const prefix of ["", "/user/ogc-api"]) {
  const server = await startPygeoapi(prefix);
  const { baseUrl } = server;

  describe(`pygeoapi 0.21.0 ${prefix && `below ${prefix}`}`, (test) => {
    test("a job is accepted, runs with progress, succeeds, and has a link to its results", async () => {
      const job = await execute(baseUrl, "wait", { seconds: 4 });
      const first = info(await getStatus(job.baseUrl, job.jobId));
      assert.equal(first.status, "accepted");
      assert.equal(first.processID, "wait");
      assert.equal(first.http.url, `${baseUrl}/jobs/${job.jobId}`);
      const seen: StatusInfo[] = [];
      const last = info(
        await watch(job.baseUrl, job.jobId, { interval, onResult: (result) => seen.push(info(result)) }),
      );
      assert.equal(last.status, "successful");
      assert.equal(last.progress, 100);
      assert.ok(last.finished);
      assert.ok(
        seen.some(({ status, progress = 0 }) => status === "running" && progress > 5 && progress < 95),
        seen.map(brief).join(),
      );
      for (const one of [last, { ...last, links: [] }]) {
        assert.deepEqual(await (await fetchResults(job.baseUrl, one)).json(), { id: "seconds", value: 4 });
      }
    });

    test("a failed job tells its reason", async () => {
      const job = await execute(baseUrl, "wait", { seconds: 0, fail: true });
      const result = info(await watch(job.baseUrl, job.jobId, { interval }));
      assert.equal(result.status, "failed");
      assert.match(result.message!, /It was told to fail$/);
      const hello = await execute(baseUrl, "hello-world", {});
      assert.match(
        info(await watch(hello.baseUrl, hello.jobId, { interval })).message!,
        /Cannot process without a name$/,
      );
    });

    test("a dismissed job is not found from then on", async () => {
      const job = await execute(baseUrl, "wait", { seconds: 1 });
      const response = await fetch(`${baseUrl}/jobs/${job.jobId}`, { method: "DELETE" });
      assert.equal(((await response.json()) as { status: string }).status, "dismissed");
      assert.equal(brief(await getStatus(job.baseUrl, job.jobId)), "NotFound not-found");
    });

    test("a job that never existed, a wrong base URL and a wrong path are not found", async () => {
      const result = await getStatus(baseUrl, "none");
      assert.ok(result.kind === "NotFound" && result.reason === "not-found");
      assert.equal(result.message, "none");
      assert.equal(result.exception?.type, "InvalidParameterValue");
      const wrong = await getStatus(`${baseUrl}/elsewhere`, "none");
      assert.ok(wrong.kind === "NotFound" && wrong.reason === "not-found");
      assert.match(wrong.body, /^<!doctype html>/);
      assert.equal(wrong.message, "HTTP 404");
    });

    test("the moment right after the 201 gives a status or a bare 404, and the recipe forgives the latter", async () => {
      const jobs = await Promise.all(Array.from({ length: 10 }, () => execute(baseUrl, "hello-world", { name: "x" })));
      for (const { baseUrl: base, jobId } of jobs) {
        assert.match(brief(await getStatus(base, jobId)), /^(accepted|running|successful|NotFound not-found)$/);
        assert.equal(brief(await watch(base, jobId, { interval })), "successful");
      }
    });

    test("an answer comes compressed, and in HTML where Accept asks for that", async () => {
      const job = await execute(baseUrl, "hello-world", { name: "x" });
      const result = info(await watch(job.baseUrl, job.jobId, { interval }));
      assert.equal(result.http.headers["content-encoding"], "gzip");
      const html = await getStatus(job.baseUrl, job.jobId, { headers: { accept: "text/html" } });
      assert.ok(html.kind === "ServerError" && html.reason === "malformed");
      assert.match(html.http.headers["content-type"]!, /^text\/html/);
      assert.match(html.body, /<html/);
    });

    test("an id arrives as it was given, with every awkward character that the server lets through", async () => {
      for (const id of [
        "a b",
        "ü",
        "日本",
        "😀",
        "a?b",
        "a#b",
        "a%2Fb",
        "%",
        "a+b",
        "a&b=c",
        "a;b",
        "a:b",
        "urn:x:1",
        "a'b",
        "(a)",
        "a!b*",
        "~",
        "...",
        ".a",
        "a@b",
        "a,b",
        "a$b",
        "a\\b",
        "[a]",
        "a|b",
        "<a>",
        '"',
      ]) {
        const result = await getStatus(baseUrl, id);
        assert.ok(result.kind === "NotFound", `${id}: ${brief(result)}`);
        // pygeoapi repeats the id, with < and > as entities.
        assert.equal(result.message.replaceAll("&lt;", "<").replaceAll("&gt;", ">"), id);
      }
      // WSGI decodes %2F, so that this one is another path.
      assert.equal(brief(await getStatus(baseUrl, "a/b")), "NotFound not-found");
    });

    test("a base URL with slashes at its end, a query and a fragment is the same server", async () => {
      const job = await execute(baseUrl, "hello-world", { name: "x" });
      const result = info(await watch(`${baseUrl}///?f=json#top`, job.jobId, { interval }));
      assert.equal(result.http.url, `${baseUrl}/jobs/${job.jobId}?f=json`);
    });

    test("a watch goes on where the server stops in the middle and comes back", async () => {
      const job = await execute(baseUrl, "wait", { seconds: 0 });
      assert.equal(brief(await watch(job.baseUrl, job.jobId, { interval })), "successful");
      await server.stop("SIGKILL");
      const seen: Result[] = [];
      const watching = watch(job.baseUrl, job.jobId, { interval: 1_000, onResult: (result) => seen.push(result) });
      await server.restart();
      assert.equal(brief(await watching), "successful");
      assert.equal(brief(seen[0]!), "ServerError network");
      assert.ok(!("http" in seen[0]!));
    });

    test("200 jobs are watched at once, each to its end", async () => {
      const jobs = await Promise.all(
        Array.from({ length: 200 }, (_, i) => execute(baseUrl, "hello-world", { name: `job ${i}` })),
      );
      const results = await Promise.all(jobs.map((job) => watch(job.baseUrl, job.jobId, { interval: 2_000 })));
      assert.deepEqual(
        results.map((result) => info(result).jobID),
        jobs.map(({ jobId }) => jobId),
      );
      assert.deepEqual([...new Set(results.map(brief))], ["successful"]);
    });

    test("a server that has stopped is a network failure", async () => {
      await server.stop();
      const result = await getStatus(baseUrl, "none");
      assert.equal(brief(result), "ServerError network");
    });
  });
}
