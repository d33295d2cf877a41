import assert from "node:assert/strict";
import { describe } from "../support/suite.ts";
import { PYGEOAPI, testBehaviours } from "./behaviours.ts";
import { startPygeoapi } from "./servers.ts";
import { brief, execute, getStatus, info, watch } from "./support.ts";

const interval = 300;

for (const prefix of ["", "/user/ogc-api"]) {
  const server = await startPygeoapi({ prefix });
  const { baseUrl } = server;
  const name = `pygeoapi 0.21.0${prefix && ` below ${prefix}`}`;

  describe(name, (test) => {
    test("a job that was given no name fails for that reason", async () => {
      const hello = await execute(baseUrl, "hello-world", {});
      const last = info(await watch(hello.baseUrl, hello.jobId, { interval }));
      assert.match(last.message!, /Cannot process without a name$/);
    });

    test("right after the 201, a request returns a status or a plain 404, and the recipe tolerates the latter", async () => {
      const jobs = await Promise.all(Array.from({ length: 10 }, () => execute(baseUrl, "hello-world", { name: "x" })));
      for (const { baseUrl: base, jobId } of jobs) {
        assert.match(brief(await getStatus(base, jobId)), /^(accepted|running|successful|NotFound unspecified)$/);
        assert.equal(brief(await watch(base, jobId, { interval })), "successful");
      }
    });

    test("a response is compressed, and in HTML if Accept requests that", async () => {
      const job = await execute(baseUrl, "hello-world", { name: "x" });
      const result = info(await watch(job.baseUrl, job.jobId, { interval }));
      assert.equal(result.http.headers["content-encoding"], "gzip");
      const html = await getStatus(job.baseUrl, job.jobId, { headers: { accept: "text/html" } });
      assert.ok(html.kind === "ServerError" && html.reason === "malformed");
      assert.match(html.http.headers["content-type"]!, /^text\/html/);
      assert.match(html.body, /<html/);
    });

    test("an id arrives unchanged, with every special character that the server allows", async () => {
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
      assert.equal(brief(await getStatus(baseUrl, "a/b")), "NotFound unspecified");
    });

    test("a base URL with trailing slashes, a query and a fragment reaches the same server", async () => {
      const job = await execute(baseUrl, "hello-world", { name: "x" });
      const result = info(await watch(`${baseUrl}///?f=json#top`, job.jobId, { interval }));
      assert.equal(result.http.url, `${baseUrl}/jobs/${job.jobId}?f=json`);
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

    testBehaviours(test, {
      name,
      ...PYGEOAPI,
      server,
      wrong: { [`${prefix}/elsewhere`]: "NotFound unspecified 404: HTTP 404" },
      backend: {
        name: "the server",
        stop: () => server.stop("SIGKILL"),
        restart: () => server.restart(),
        down: "ServerError network: Request failed: see cause",
      },
    });
  });
}
