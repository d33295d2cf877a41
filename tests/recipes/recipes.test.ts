import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { isStatusInfo, type StatusInfo } from "../src/get-status.ts";
import { answer } from "./recipes/handler.ts";
import { createdJob } from "./recipes/location.ts";
import { fetchResults, resultsUrl } from "./recipes/results.ts";
import worker from "./recipes/worker.ts";
import { getStatus } from "ogcapi-job-status";
import { listening } from "./support/listen.ts";
import { startServer, type ProcessServer } from "./support/server.ts";
import { rejection } from "./support/stub.ts";
import { describe } from "./support/suite.ts";

const sources = new URL("../../tests/recipes/", import.meta.url);
const source = (name: string): string => readFileSync(new URL(name, sources), "utf8");

async function serving(run: (server: ProcessServer) => Promise<void>): Promise<void> {
  const server = await startServer();
  try {
    await run(server);
  } finally {
    await server.close();
  }
}

/** Runs `run`, and returns what a recipe logs instead of printing it. */
async function logging(run: () => Promise<void>): Promise<string[]> {
  const log = console.error;
  const lines: string[] = [];
  console.error = (...values: unknown[]) => lines.push(values.join(" "));
  try {
    await run();
  } finally {
    console.error = log;
  }
  return lines;
}

/** A server that sends this body for every request, and records the requests. */
function recorder(body = "{}"): { readonly server: Server; readonly requests: [string, IncomingHttpHeaders][] } {
  const requests: [string, IncomingHttpHeaders][] = [];
  const server = createServer((request, response) => {
    requests.push([request.url ?? "", request.headers]);
    response.end(body);
  });
  return { server, requests };
}

/** The handler behind each of its entry points, as a function of a request and of a base URL. */
const served = await servedByDeno();
const handlers: [string, (request: Request, baseUrl: string) => Promise<Response>][] = [
  ["handler", (request, baseUrl) => answer(request, new URL(request.url).searchParams.get("job"), baseUrl)],
  [
    "Worker",
    (request, baseUrl) =>
      // A service binding ignores the host, which need not exist.
      worker.fetch(request, {
        BASE_URL: "https://internal/ogcapi",
        TOKEN: "t",
        API: { fetch: (url, init) => fetch(url.replace("https://internal/ogcapi", baseUrl), init) },
      }),
  ],
  ["Deno", served],
];

/** Imports the recipe for Deno, which passes its handler to `Deno.serve`; its base URL is replaced when it is called. */
async function servedByDeno(): Promise<(request: Request, baseUrl: string) => Promise<Response>> {
  let handler: (request: Request) => Promise<Response> = () => Promise.reject(new Error("nothing is served"));
  Object.assign(globalThis, { Deno: { serve: (given: typeof handler) => (handler = given) } });
  await import("./recipes/deno.ts");
  return async (request, baseUrl) => {
    const platform = globalThis.fetch;
    globalThis.fetch = (url, init) => platform(String(url).replace("https://ogc.example.com/ogcapi", baseUrl), init);
    try {
      return await handler(request);
    } finally {
      globalThis.fetch = platform;
    }
  };
}

describe("the recipes", (test) => {
  test("are independent programs: each imports only the library and its platform", () => {
    const platforms: Record<string, string[]> = {
      "testing-msw.ts": ["msw", "msw/node"],
      "testing-undici.ts": ["undici"],
      "workflow.ts": ["cloudflare:workers"],
    };
    for (const name of readdirSync(sources)) {
      const imports = [...source(name).matchAll(/(?:from|import) "([^"]+)"/g)].map(([, specifier]) => specifier!);
      const rest = imports.filter((specifier) => specifier !== "ogcapi-job-status");
      assert.deepEqual(rest, platforms[name] ?? [], name);
    }
  });

  test("share one handler", () => {
    const shared = (name: string): string => {
      const text = source(name).replace("export async function answer", "async function answer");
      return text.slice(text.indexOf("/** For pages of other origins."));
    };
    for (const name of ["worker.ts", "deno.ts"]) assert.equal(shared(name), shared("handler.ts"), name);
  });
});

describe("the recipe that finds a created job", (test) => {
  const created = (url: string, location: string | undefined, body: unknown = null, status = 201): Response => {
    const response = Response.json(body, { status, headers: location === undefined ? {} : { location } });
    Object.defineProperty(response, "url", { value: url });
    return response;
  };
  const from = "https://h.example/ogc/processes/p/execution";

  for (const [name, response, baseUrl, expected] of [
    [
      "an absolute Location",
      created(from, "https://h.example/ogc/jobs/j"),
      "https://h.example/ogc",
      ["https://h.example/ogc", "j"],
    ],
    [
      "a Location without a host",
      created(from, "/ogc/jobs/j/"),
      "https://h.example/ogc/",
      ["https://h.example/ogc", "j"],
    ],
    ["a relative Location", created(from, "../../jobs/j"), "https://h.example/ogc", ["https://h.example/ogc", "j"]],
    [
      "a Location below the process",
      created(from, "/ogc/processes/p/jobs/j"),
      "https://h.example/ogc",
      ["https://h.example/ogc/processes/p", "j"],
    ],
    ["an encoded id", created(from, "/ogc/jobs/a%2Fb"), "https://h.example/ogc", ["https://h.example/ogc", "a/b"]],
    [
      "a base URL with a query",
      created(from, "/ogc/jobs/j?f=json"),
      "https://h.example/ogc?key=1",
      ["https://h.example/ogc?key=1", "j"],
    ],
    [
      "a Location on another origin, which is not followed",
      created(from, "http://internal:5000/elsewhere/jobs/j"),
      "https://h.example/ogc",
      ["https://h.example/ogc", "j"],
    ],
    [
      "a redirect to another origin, which is not followed either",
      created("https://other.example/ogc/processes/p/execution", "/ogc/jobs/j"),
      "https://h.example/ogc",
      ["https://h.example/ogc", "j"],
    ],
    [
      "no Location (sepex)",
      created(from, undefined, { jobID: "j" }),
      "https://h.example/ogc",
      ["https://h.example/ogc", "j"],
    ],
    [
      "no Location (2.0 draft)",
      created(from, undefined, { id: "j", status: "accepted" }),
      "https://h.example/ogc",
      ["https://h.example/ogc", "j"],
    ],
    [
      "a Location that names no job (bbox)",
      created(from, "/processes/wait/null", { jobID: "j" }),
      "https://h.example/ogc",
      ["https://h.example/ogc", "j"],
    ],
    [
      "a Location that is not a URL",
      created(from, "http://[", { jobID: "j" }),
      "https://h.example/ogc",
      ["https://h.example/ogc", "j"],
    ],
    [
      "a Location with an id that is not encoded correctly",
      created(from, "/ogc/jobs/%zz", { jobID: "j" }),
      "https://h.example/ogc",
      ["https://h.example/ogc", "j"],
    ],
  ] as const) {
    test(`createdJob() reads ${name}`, async () => {
      const job = await createdJob(response, baseUrl);
      assert.deepEqual([job.baseUrl.href.replace(/\/$/, ""), job.jobId], expected);
    });
  }

  for (const [name, response, message] of [
    ["an error", created(from, undefined, { title: "busy" }, 503), "The process was not started: HTTP 503"],
    ["results instead of a job", created(from, undefined, { sum: 3 }, 200), /^The response names no job/],
    [
      "an empty answer",
      Object.defineProperty(new Response(null, { status: 204 }), "url", { value: from }),
      /^The response names no job/,
    ],
  ] as const) {
    test(`createdJob() throws for ${name}`, async () => {
      const { message: actual } = (await rejection(createdJob(response, "https://h.example/ogc"))) as Error;
      if (typeof message === "string") assert.equal(actual, message);
      else assert.match(actual, message);
    });
  }

  for (const [name, status, location] of [
    ["an error", 500, undefined],
    ["a response with a Location", 201, "/ogc/jobs/j"],
  ] as const) {
    test(`createdJob() cancels the body of ${name}`, async () => {
      let cancelled = 0;
      const body = new ReadableStream({ cancel: () => void cancelled++ });
      const response = new Response(body, { status, headers: location === undefined ? {} : { location } });
      await createdJob(response, "https://h.example/ogc").catch(() => undefined);
      assert.equal(cancelled, 1);
    });
  }

  test("createdJob() rejects with the reason of a signal that aborts while the body arrives", async () => {
    const timeout = new DOMException("too late", "TimeoutError");
    const body = new ReadableStream({ pull: (stream) => stream.error(timeout) });
    assert.equal(await rejection(createdJob(new Response(body, { status: 201 }), "https://h.example/ogc")), timeout);
  });

  test("createdJob() finds the job that a server has created", () =>
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

describe("the recipe that requests the results", (test) => {
  const info = (links: StatusInfo["links"], jobID = "j"): StatusInfo => ({
    kind: "StatusInfo",
    jobID,
    status: "successful",
    links,
    document: { status: "successful" },
    http: { status: 200, url: "https://h/jobs/j", headers: {} },
  });
  const json = { type: "application/json" };

  for (const [name, links, expected] of [
    [
      "the standard's relation",
      [{ rel: "http://www.opengis.net/def/rel/ogc/1.0/results", href: "https://h/r" }],
      "https://h/r",
    ],
    [
      "Weaver's relation",
      [{ rel: "https://www.opengis.net/def/rel/ogc/1.0/results", href: "https://h/r" }],
      "https://h/r",
    ],
    ["the relation of the 2.0 draft", [{ rel: "[ogc-rel:results]", href: "https://h/r" }], "https://h/r"],
    [
      "the short relation",
      [
        { rel: "self", href: "https://h/s" },
        { rel: "results", href: "https://h/r" },
      ],
      "https://h/r",
    ],
    [
      "the link to JSON",
      [
        { rel: "results", href: "https://h/html", type: "text/html" },
        { rel: "results", href: "https://h/r", ...json },
      ],
      "https://h/r",
    ],
    [
      "no relation that only looks similar",
      [{ rel: "resultsets", href: "https://h/no" }],
      "https://h/ogc/jobs/a%2Fb/results?key=1",
    ],
    [
      "no link to another scheme",
      [{ rel: "results", href: "javascript:alert(1)" }],
      "https://h/ogc/jobs/a%2Fb/results?key=1",
    ],
    ["no link that is not a URL", [{ rel: "results", href: "https://[" }], "https://h/ogc/jobs/a%2Fb/results?key=1"],
    ["the place in the standard if there is no link", [], "https://h/ogc/jobs/a%2Fb/results?key=1"],
  ] as const) {
    test(`resultsUrl() uses ${name}`, () => {
      assert.equal(resultsUrl("https://h/ogc//?key=1", info(links, "a/b")).href, expected);
    });
  }

  test("fetchResults() requests the results of a successful job, with and without a link", () =>
    serving(async (server) => {
      server.add({ id: "done", seconds: 0 });
      const result = await getStatus(server.baseUrl, "done");
      assert.ok(isStatusInfo(result));
      for (const one of [result, { ...result, links: [] }]) {
        assert.deepEqual(await (await fetchResults(server.baseUrl, one)).json(), { seconds: 0 });
      }
    }));

  test("fetchResults() throws if there are none", () =>
    serving(async ({ baseUrl }) => {
      const error = (await rejection(fetchResults(baseUrl, info([])))) as Error;
      assert.equal(error.message, "The results cannot be read: HTTP 404");
    }));

  test("fetchResults() sends headers to the origin of the base URL only", () => {
    const [ours, other] = [recorder(), recorder()];
    return listening(ours.server, (base) =>
      listening(other.server, async (away) => {
        const headers = { authorization: "Bearer secret", "x-api-key": "secret" };
        await fetchResults(base, info([{ rel: "results", href: `${base}/r` }]), headers);
        await fetchResults(base, info([{ rel: "results", href: `${away}/r` }]), headers);
        assert.equal(ours.requests[0]?.[1].authorization, "Bearer secret");
        assert.equal(ours.requests[0]?.[1]["x-api-key"], "secret");
        assert.equal(ours.requests[0]?.[1].accept, "application/json");
        assert.equal(other.requests.length, 1);
        assert.doesNotMatch(JSON.stringify(other.requests), /secret/);
      }),
    );
  });

  test("fetchResults() follows redirects, and sends headers to the origin of the base URL only", () => {
    const other = recorder();
    return listening(other.server, async (away) => {
      const seen: [string, unknown][] = [];
      const redirecting = createServer((request, response) => {
        seen.push([request.url ?? "", request.headers["x-api-key"]]);
        response.writeHead(302, { location: request.url === "/r" ? "/again" : `${away}/stored` }).end("moved");
      });
      await listening(redirecting, async (base) => {
        const headers = { "x-api-key": "secret" };
        const response = await fetchResults(base, info([{ rel: "results", href: `${base}/r` }]), headers);
        assert.deepEqual(await response.json(), {});
        assert.deepEqual(seen, [
          ["/r", "secret"],
          ["/again", "secret"],
        ]);
        assert.equal(other.requests[0]?.[0], "/stored");
        assert.doesNotMatch(JSON.stringify(other.requests), /secret/);
      });
    });
  });

  test("fetchResults() follows five redirects at most", () => {
    let requests = 0;
    const loop = createServer((_, response) => {
      requests++;
      response.writeHead(307, { location: "/" }).end();
    });
    return listening(loop, async (base) => {
      const error = (await rejection(fetchResults(base, info([])))) as Error;
      assert.equal(error.message, "The results cannot be read: HTTP 307");
      assert.equal(requests, 6);
    });
  });
});

for (const [name, handle] of handlers) {
  describe(`the recipe for a ${name}`, (test) => {
    const get = (query: string, init?: RequestInit): Request => new Request(`https://edge.example/${query}`, init);
    const read = async (response: Response): Promise<[number, unknown]> => [response.status, await response.json()];

    test("responds with the status, the progress and the message, and nothing else", () =>
      serving(async (server) => {
        server.add({ id: "a job/1", frozenAt: 42 });
        const response = await handle(get("?job=a+job%2F1"), server.baseUrl);
        assert.equal(response.headers.get("cache-control"), "no-store");
        const expected = { status: "running", progress: 42, message: "Waited 42 % of 3 s" };
        assert.deepEqual(await read(response), [200, expected]);
      }));

    test("responds with 404 for a job that does not exist, and for an id that getStatus() rejects", () =>
      serving(async (server) => {
        for (const query of ["?job=none", "?job=", "", "?job=.", "?job=..", "?job=%2E%2E"]) {
          assert.deepEqual(
            await read(await handle(get(query), server.baseUrl)),
            [404, { error: "no such job" }],
            query,
          );
        }
      }));

    test("responds with 502 if the server returns no status, and logs why", async () => {
      const server = await startServer();
      await server.close();
      const log = await logging(async () => {
        const expected = [502, { error: "no status from the server" }];
        assert.deepEqual(await read(await handle(get("?job=j"), server.baseUrl)), expected);
      });
      assert.deepEqual(log, ['network "Request failed: see cause"']);
    });

    test("logs a message of the server in one line, without control characters, and shortened", () => {
      const forged = `x\n\u001b[2Jforged${"y".repeat(1_000)}`;
      const failing = createServer((_, response) => response.writeHead(500).end(JSON.stringify({ detail: forged })));
      return listening(failing, async (baseUrl) => {
        const [line = ""] = await logging(async () => void (await handle(get("?job=j"), baseUrl)));
        assert.ok(line.startsWith(String.raw`http "x\n\u001b[2Jforgedyyy`), line);
        assert.ok(line.length < 220, String(line.length));
      });
    });

    test("sends CORS headers with every response, and responds to a preflight request", () =>
      serving(async (server) => {
        server.add({ id: "j", frozenAt: 1 });
        for (const query of ["?job=j", "?job=none", ""]) {
          const { headers } = await handle(get(query), server.baseUrl);
          assert.equal(headers.get("access-control-allow-origin"), "*", query);
        }
        const preflight = await handle(
          get("?job=j", {
            method: "OPTIONS",
            headers: { "access-control-request-method": "GET", "access-control-request-headers": "authorization" },
          }),
          server.baseUrl,
        );
        assert.equal(preflight.status, 204);
        assert.equal(preflight.headers.get("access-control-allow-origin"), "*");
        assert.match(preflight.headers.get("access-control-allow-methods")!, /\bGET\b/);
        assert.match(preflight.headers.get("access-control-allow-headers")!, /\bauthorization\b/);
        assert.equal((await handle(get("?job=j", { method: "POST" }), server.baseUrl)).status, 405);
      }));
  });
}

describe("the handler", (test) => {
  const request = new Request("https://edge.example/");

  test("rejects with a programming error, unchanged", async () => {
    const missing = undefined as unknown as string; // an environment variable that is not set
    const error = await rejection(answer(request, "j", missing));
    assert.ok(error instanceof TypeError);
    assert.match(error.message, /baseUrl/);
    assert.ok((await rejection(answer(request, "j", "https://h", { headers: { "a b": "c" } }))) instanceof TypeError);
  });

  test("responds with 504 if the server takes too long", async () => {
    const timeout = AbortSignal.timeout;
    AbortSignal.timeout = (milliseconds) => {
      assert.equal(milliseconds, 10_000);
      return AbortSignal.abort(new DOMException("too long", "TimeoutError"));
    };
    try {
      const response = await answer(request, "j", "https://h");
      assert.equal(response.status, 504);
      assert.equal(response.headers.get("access-control-allow-origin"), "*");
      assert.deepEqual(await response.json(), { error: "no status from the server in time" });
    } finally {
      AbortSignal.timeout = timeout;
    }
  });

  test("accepts an id from any route", async () => {
    const urls: string[] = [];
    const fetch = async (url: string): Promise<Response> => {
      urls.push(url);
      return Response.json({ jobID: "j", status: "running" });
    };
    for (const id of ["urn:cw:job:1", "a b", "ü", "x".repeat(300)]) await answer(request, id, "https://h", { fetch });
    assert.deepEqual(urls.slice(0, 3), [
      "https://h/jobs/urn%3Acw%3Ajob%3A1",
      "https://h/jobs/a%20b",
      "https://h/jobs/%C3%BC",
    ]);
    assert.equal(urls.length, 4);
    assert.equal((await answer(request, undefined, "https://h", { fetch })).status, 404);
  });

  test("responds with neither headers nor links nor the URL of the server", async () => {
    const response = await answer(request, "j", "https://h?key=secret", {
      fetch: async () =>
        Response.json(
          { jobID: "j", status: "running", links: [{ href: "secret" }], vendor: "secret" },
          { headers: { "x-secret": "secret" } },
        ),
    });
    assert.doesNotMatch(JSON.stringify([await response.json(), [...response.headers]]), /secret/);
  });
});

describe("the worker", (test) => {
  test("sends its token through the binding, which it calls as a method", async () => {
    const seen: (string | undefined)[] = [];
    const API = {
      async fetch(this: unknown, _: string, init: RequestInit): Promise<Response> {
        assert.equal(this, API);
        seen.push((init.headers as Record<string, string>)["authorization"]);
        return Response.json({ jobID: "j", status: "running" });
      },
    };
    const request = new Request("https://edge.example/?job=j");
    const response = await worker.fetch(request, { API, BASE_URL: "https://internal", TOKEN: "t" });
    assert.equal(response.status, 200);
    assert.deepEqual(seen, ["Bearer t"]);
  });
});
