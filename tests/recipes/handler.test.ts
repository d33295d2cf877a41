import assert from "node:assert/strict";
import { describe } from "../runner/suite.ts";
import { STATUS, answering, chunks, rejection } from "../support/fetches.ts";
import { closedPort } from "../support/listen.ts";
import { startServer } from "../support/server.ts";
import { respond } from "./handler.ts";
import worker from "./worker.ts";

type Handler = (request: Request, baseUrl: string) => Promise<Response>;

/** Imports the recipe for Deno, which passes its handler to `Deno.serve`; its base URL is replaced when it is called. */
async function servedByDeno(): Promise<Handler> {
  let handler: (request: Request) => Promise<Response> = () => Promise.reject(new Error("nothing is served"));
  Object.assign(globalThis, { Deno: { serve: (given: typeof handler) => (handler = given) } });
  await import("./deno.ts");
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

const inWorker: Handler = (request, baseUrl) =>
  worker.fetch(request, {
    BASE_URL: "https://internal/ogcapi",
    TOKEN: "t",
    API: { fetch: (url, init) => fetch(url.replace("https://internal/ogcapi", baseUrl), init) },
  });

const handlers: Readonly<Record<string, Handler>> = {
  handler: (request, baseUrl) => respond(request, new URL(request.url).searchParams.get("job"), baseUrl),
  Worker: inWorker,
  Deno: await servedByDeno(),
};

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

const read = async (response: Response): Promise<[number, unknown]> => [response.status, await response.json()];
const get = (query: string, init?: RequestInit): Request => new Request(`https://edge.example/${query}`, init);

for (const [name, handle] of Object.entries(handlers)) {
  describe(`the recipe ${name}`, (test) => {
    test("responds with the status, the progress and the message, and with 404 for any other id", async () => {
      const server = await startServer();
      try {
        server.add({ id: "a job/1", frozenAt: 42 });
        const response = await handle(get("?job=a+job%2F1"), server.baseUrl);
        assert.equal(response.headers.get("cache-control"), "no-store");
        const expected = { status: "running", progress: 42, message: "Waited 42 % of 3 s" };
        assert.deepEqual(await read(response), [200, expected]);
        // getStatus() rejects most of these ids.
        for (const query of ["?job=none", "?job=", "", "?job=.", "?job=..", "?job=%2E%2E"])
          assert.deepEqual(await read(await handle(get(query), server.baseUrl)), [404, { error: "no such job" }]);
      } finally {
        await server.close();
      }
    });

    test("responds with 502 if the server returns no status, and logs why", async () => {
      const baseUrl = await closedPort();
      const log = await logging(async () => {
        const expected = [502, { error: "no status from the server" }];
        assert.deepEqual(await read(await handle(get("?job=j"), baseUrl)), expected);
      });
      assert.deepEqual(log, ["network ECONNREFUSED"]);
    });

    test("lets no other website read a response, and accepts only GET", async () => {
      for (const method of ["GET", "HEAD", "POST", "OPTIONS"]) {
        const response = await handle(get("", { method, headers: { origin: "https://other.example" } }), "https://h");
        assert.equal(response.status, method === "GET" ? 404 : 405);
        assert.doesNotMatch([...response.headers.keys()].join(), /access-control-/);
      }
    });
  });
}

describe("respond()", (test) => {
  const request = get("");

  test("lets the website that `origin` names read each response", async () => {
    const origin = "https://app.example.com";
    for (const jobId of ["j", ""]) {
      const { headers } = await respond(request, jobId, "https://h", { origin, fetch: answering(STATUS) });
      assert.equal(headers.get("access-control-allow-origin"), origin);
      assert.equal(headers.get("access-control-allow-credentials"), null);
    }
  });

  test("rejects with a programming error, unchanged", async () => {
    const missing = undefined as unknown as string; // an environment variable that is not set
    for (const call of [
      respond(request, "j", missing),
      respond(request, "j", "https://h", { headers: { "a b": "c" } }),
    ])
      assert.match(String(await rejection(call)), /^TypeError: getStatus: /);
  });

  test("responds with 504 if the time limit expires, which is ten seconds", async () => {
    const { timeout } = AbortSignal;
    const asked: number[] = [];
    AbortSignal.timeout = (milliseconds) => {
      asked.push(milliseconds);
      return AbortSignal.abort(new DOMException("too late", "TimeoutError"));
    };
    try {
      const log = await logging(async () => {
        const response = await respond(request, "j", "https://h", { fetch: answering("") });
        assert.deepEqual(await read(response), [504, { error: "no status from the server in time" }]);
      });
      assert.deepEqual([asked, log], [[10_000], ["timeout TimeoutError"]]);
    } finally {
      AbortSignal.timeout = timeout;
    }
  });

  test("passes nothing else of the server, of its URL or of a cause to the browser or to the log", async () => {
    const secret = { jobID: "secret", status: "running", links: [{ href: "secret" }], type: "secret" };
    const headers = { "x-secret": "secret" };
    for (const fetch of [
      answering(secret, { headers }),
      answering({ detail: "secret" }, { status: 404, headers }),
      answering({ detail: "secret" }, { status: 500, headers }),
      () => Promise.reject(new Error("secret")),
      () => Promise.resolve(new Response(chunks(["secret"], { error: new Error("secret") }))),
    ]) {
      const log = await logging(async () => {
        const response = await respond(request, "j", "https://h?key=secret", { fetch });
        assert.doesNotMatch(JSON.stringify([await response.json(), [...response.headers]]), /secret/);
      });
      assert.doesNotMatch(log.join(), /secret/);
    }
  });

  test("accepts an id from any route", async () => {
    const fetch = answering(STATUS);
    for (const id of ["urn:cw:job:1", "a b", "ü"]) await respond(request, id, "https://h", { fetch });
    const urls = fetch.calls.map(([url]) => url.slice("https://h/jobs/".length));
    assert.deepEqual(urls, ["urn%3Acw%3Ajob%3A1", "a%20b", "%C3%BC"]);
    for (const id of [undefined, "\ud800"])
      assert.equal((await respond(request, id, "https://h", { fetch })).status, 404);
  });
});

describe("the recipe Worker", (test) => {
  test("sends its token through the binding, which it calls as a method", async () => {
    const seen: unknown[] = [];
    const API = {
      async fetch(this: unknown, _: string, init: RequestInit): Promise<Response> {
        seen.push(this === API, (init.headers as Record<string, string>)["authorization"]);
        return Response.json(STATUS);
      },
    };
    const response = await worker.fetch(get("?job=j"), { API, BASE_URL: "https://internal", TOKEN: "t" });
    assert.deepEqual([response.status, ...seen], [200, true, "Bearer t"]);
  });
});
