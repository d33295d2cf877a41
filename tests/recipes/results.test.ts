import assert from "node:assert/strict";
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from "node:http";
import { getStatus, isStatusInfo, type StatusInfo } from "../../src/get-status.ts";
import { describe } from "../runner/suite.ts";
import { rejection } from "../support/fetches.ts";
import { listening } from "../support/listen.ts";
import { startServer, type ProcessServer } from "../support/server.ts";
import { createdJob } from "./location.ts";
import { fetchResults, resultsUrl } from "./results.ts";

async function serving(run: (server: ProcessServer) => Promise<void>): Promise<void> {
  const server = await startServer();
  try {
    await run(server);
  } finally {
    await server.close();
  }
}

describe("createdJob()", (test) => {
  const EXECUTION = "https://h.example/ogc/processes/p/execution";

  function created(location: string | undefined, body: unknown = null, status = 201, url = EXECUTION): Response {
    const headers = new Headers(location === undefined ? {} : { location });
    const response = new Response(JSON.stringify(body), { status, headers });
    return Object.defineProperty(response, "url", { value: url });
  }

  for (const [name, location, body, expected = "https://h.example/ogc j", url] of [
    ["an absolute Location", "https://h.example/ogc/jobs/j", null],
    ["a Location without a host", "/ogc/jobs/j/", null],
    ["a relative Location", "../../jobs/j", null],
    ["a Location with a query", "/ogc/jobs/j?f=json", null],
    ["a Location below the process", "/ogc/processes/p/jobs/j", null, "https://h.example/ogc/processes/p j"],
    ["an encoded id", "/ogc/jobs/a%2Fb", null, "https://h.example/ogc a/b"],
    ["only the id of another origin", "http://internal:5000/elsewhere/jobs/j", null],
    ["only the id after a redirect to another origin", "/x/jobs/j", null, undefined, "https://other.example/execution"],
    ["the body without a Location (sepex)", undefined, { jobID: "j" }],
    ["the body without a Location (2.0 draft)", undefined, { id: "j", status: "accepted" }],
    ["the body if the Location contains no job (BBOX)", "/processes/wait/null", { jobID: "j" }],
    ["the body if the Location is not a URL", "http://[", { jobID: "j" }],
    ["the body if the id in the Location is not encoded correctly", "/ogc/jobs/%zz", { jobID: "j" }],
  ] as [string, string | undefined, unknown, string?, string?][]) {
    test(`reads ${name}`, async () => {
      for (const query of ["", "?key=1"]) {
        const job = await createdJob(created(location, body, 201, url), `https://h.example/ogc${query}`);
        assert.equal(`${job.baseUrl.href} ${job.jobId}`, expected.replace(" ", `${query} `));
      }
    });
  }

  for (const [name, response, message] of [
    ["an error", created(undefined, { title: "busy" }, 503), /^The process was not started: HTTP 503$/],
    ["results instead of a job", created(undefined, { sum: 3 }, 200), /^The response contains no job id/],
    [
      "results that have an id",
      created(undefined, { type: "Feature", id: "f" }, 200),
      /^The response contains no job id/,
    ],
    ["an empty response", new Response(null, { status: 204 }), /^The response contains no job id/],
  ] as const) {
    test(`throws for ${name}`, async () => {
      assert.match(((await rejection(createdJob(response, "https://h.example/ogc"))) as Error).message, message);
    });
  }

  test("cancels a body that it does not read", async () => {
    const headers = { location: "/ogc/jobs/j" };
    for (const status of [500, 201]) {
      let cancelled = 0;
      const body = new ReadableStream({ cancel: () => void cancelled++ });
      await createdJob(new Response(body, { status, headers }), "https://h.example/ogc").catch(() => undefined);
      assert.equal(cancelled, 1);
    }
  });

  test("rejects with what a body that is cut off throws", async () => {
    const timeout = new DOMException("too late", "TimeoutError");
    const body = new ReadableStream({ pull: (stream) => stream.error(timeout) });
    assert.equal(await rejection(createdJob(new Response(body, { status: 201 }), "https://h.example/ogc")), timeout);
  });

  test("finds the job that a server has created", () =>
    serving(async ({ baseUrl }) => {
      const response = await fetch(`${baseUrl}/processes/wait/execution`, {
        method: "POST",
        headers: { "content-type": "application/json", prefer: "respond-async" },
        body: JSON.stringify({ inputs: { seconds: 60 } }),
      });
      const job = await createdJob(response, baseUrl);
      const result = await getStatus(job.baseUrl, job.jobId);
      assert.equal(result.kind === "StatusInfo" && result.status, "accepted");
    }));
});

const info = (links: StatusInfo["links"], url = "https://h/jobs/j"): StatusInfo => ({
  kind: "StatusInfo",
  jobID: "j",
  status: "successful",
  links,
  document: { status: "successful" },
  http: { status: 200, url, headers: {} },
});

describe("resultsUrl()", (test) => {
  const standard = "https://h/ogc/jobs/a%2Fb/results?key=1";
  const OGC = "www.opengis.net/def/rel/ogc/1.0/results";
  const link = (rel: string) => ({ rel, href: "https://h/r" });
  const html = { rel: "results", href: "https://h/html", type: "text/html" };
  for (const [name, links, expected] of [
    ...[`http://${OGC}`, `https://${OGC}`, "[ogc-rel:results]", "results"].map((rel) => [
      `the relation ${rel}`,
      [{ rel: "self", href: "https://h/s" }, link(rel)],
      "https://h/r",
    ]),
    ["the link to JSON", [html, { rel: "results", href: "https://h/r", type: "application/json" }], "https://h/r"],
    ["the path of the standard for another relation", [{ rel: "resultsets", href: "https://h/no" }], standard],
    ["the path of the standard for another scheme", [{ rel: "results", href: "javascript:alert(1)" }], standard],
    ["the path of the standard for an invalid URL", [{ rel: "results", href: "https://[" }], standard],
    ["the path of the standard without links", [], standard],
  ] as [string, StatusInfo["links"], string][]) {
    test(`uses ${name}`, () => {
      assert.equal(resultsUrl(info(links, "https://h/ogc/jobs/a%2Fb/?key=1")).href, expected);
    });
  }
});

/** A server that records its requests. */
function recorder(respond: RequestListener): { server: Server; requests: [path: string, IncomingHttpHeaders][] } {
  const requests: [string, IncomingHttpHeaders][] = [];
  const server = createServer((request, response) => {
    requests.push([request.url ?? "", request.headers]);
    respond(request, response);
  });
  return { server, requests };
}

describe("fetchResults()", (test) => {
  test("requests the results of a job, with and without a link, and returns an error of the server", () =>
    serving(async (server) => {
      server.add({ id: "done", seconds: 0 });
      const result = await getStatus(server.baseUrl, "done");
      assert.ok(isStatusInfo(result));
      for (const one of [result, { ...result, links: [] }])
        assert.deepEqual(await (await fetchResults(server.baseUrl, one)).json(), { seconds: 0 });
      const { status, ok } = await fetchResults(server.baseUrl, info([], `${server.baseUrl}/jobs/none`));
      assert.deepEqual([status, ok], [404, false]);
    }));

  test("follows redirects, and sends headers to the origin of the base URL only", () => {
    const away = recorder((_, response) => response.end("{}"));
    return listening(away.server, (other) => {
      const ours = recorder((request, response) =>
        response.writeHead(302, { location: request.url === "/r" ? "/again" : `${other}/stored` }).end("moved"),
      );
      return listening(ours.server, async (base) => {
        const headers = { authorization: "Bearer secret", "x-api-key": "secret" };
        await fetchResults(base, info([{ rel: "results", href: `${base}/r` }]), { headers });
        await fetchResults(base, info([{ rel: "results", href: `${other}/r` }]), { headers });
        const sent = ours.requests.map(([path, seen]) => [path, seen["x-api-key"], seen.authorization, seen.accept]);
        const secret = ["secret", "Bearer secret", "application/json"];
        assert.deepEqual(sent.flat(), ["/r", ...secret, "/again", ...secret]);
        assert.equal(away.requests.map(([path]) => path).join(), "/stored,/r");
        assert.doesNotMatch(JSON.stringify(away.requests), /secret/);
      });
    });
  });

  test("follows five redirects at most", () => {
    const { server, requests } = recorder((_, response) => response.writeHead(307, { location: "/" }).end());
    return listening(server, async (base) => {
      const error = (await rejection(fetchResults(base, info([], base)))) as Error;
      assert.equal(error.message, "The results cannot be read: too many redirects");
      assert.equal(requests.length, 6);
    });
  });
});
