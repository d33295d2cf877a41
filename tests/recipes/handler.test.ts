import * as assert from "uvu/assert";
import { describe } from "../runner/suite.ts";
import { STATUS, answering, chunks, fail, rejection, responseLike, returning } from "../support/fetches.ts";
import { place, requestsFor, uniqueId, withGlobal } from "../support/place.ts";
import { respond } from "./handler.ts";
import worker from "./worker.ts";

type Handler = (request: Request, baseUrl: string) => Promise<Response>;

/** What the recipe for Deno serves. */
let serve: (request: Request) => Promise<Response> = fail;

const ofDeno: Handler = async (request, baseUrl) => {
  const takeHandler = (handle: typeof serve): void => void (serve = handle);
  await withGlobal("Deno", { serve: takeHandler }, () => import("./deno.ts").then(() => {}));
  let response: Response | undefined;
  const { fetch } = globalThis;
  const redirected = (url: string, init: RequestInit) =>
    fetch(url.replace("https://ogc.example.com/ogcapi", baseUrl), init);
  await withGlobal("fetch", redirected, async () => void (response = await serve(request)));
  return response!;
};

const handlers: Readonly<Record<string, Handler>> = {
  handler: (request, baseUrl) => respond(request, new URL(request.url).searchParams.get("job"), baseUrl),
  Worker: (request, baseUrl) => worker.fetch(request, { BASE_URL: baseUrl, TOKEN: "t" }),
  "Worker with a service binding": (request, baseUrl) =>
    worker.fetch(request, {
      BASE_URL: "https://internal/ogcapi",
      TOKEN: "t",
      API: { fetch: (url, init) => fetch(url.replace("https://internal/ogcapi", baseUrl), init) },
    }),
  "server in Deno": ofDeno,
};

/** Runs `run`, and returns what a recipe logs instead of printing it. */
async function logging(run: () => Promise<void>): Promise<string[]> {
  const lines: string[] = [];
  const error = (...values: unknown[]): unknown => lines.push(values.join(" "));
  await withGlobal("console", { ...console, error }, run);
  return lines;
}

const read = async (response: Response): Promise<[number, unknown]> => [response.status, await response.json()];
const get = (query: string, init?: RequestInit): Request => new Request(`https://edge.example/${query}`, init);
const NO_ID = [400, { error: "this is not the id of a job" }];

for (const [name, handle] of Object.entries(handlers)) {
  describe(`the recipe for a ${name}`, (test) => {
    test("responds with the status of a job", async () => {
      const response = await handle(get(`?job=a+job%2F${uniqueId()}`), `${place.server}/echo`);
      assert.is(response.headers.get("cache-control"), "no-store");
      assert.equal(await read(response), [200, { status: "running" }]);
    });

    test("responds with 404 for a job that does not exist, and with 400 for what is no id", async () => {
      const missing = await handle(get("?job=j"), `${place.server}/status/404`);
      assert.equal(await read(missing), [404, { error: "no such job" }]);
      for (const query of ["?job=", "", "?job=.", "?job=..", "?job=%2E%2E"])
        assert.equal(await read(await handle(get(query), place.server)), NO_ID);
    });

    test("responds with 502 if the server returns no status, and logs why", async () => {
      const log = await logging(async () => {
        for (const baseUrl of [place.refused, `${place.server}/status/500`])
          assert.equal(await read(await handle(get("?job=j"), baseUrl)), [502, { error: "no status from the server" }]);
      });
      assert.match(log[0] ?? "", /^network Request failed: (ECONNREFUSED|see cause)$/);
      assert.is(log[1], "http 500");
    });

    test("follows no redirect, so that its token stays with the host of the API", async () => {
      const id = uniqueId();
      const log = await logging(async () => {
        for (const redirect of ["a redirect", "a redirect to another origin"]) {
          const baseUrl = `${place.server}/x/${encodeURIComponent(redirect)}`;
          assert.is((await handle(get(`?job=${id}`), baseUrl)).status, 502);
        }
      });
      assert.is(log.length, 2);
      assert.is((await requestsFor(id)).length, 2);
    });

    test("lets no other website read a response, and accepts only GET", async () => {
      for (const method of ["GET", "HEAD", "POST", "OPTIONS"]) {
        const response = await handle(get("", { method, headers: { origin: "https://other.example" } }), "https://h");
        assert.is(response.status, method === "GET" ? 400 : 405);
        assert.is(response.headers.get("allow"), method === "GET" ? null : "GET");
        assert.not.match([...response.headers.keys()].join(), /access-control-/);
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
      assert.is(headers.get("access-control-allow-origin"), origin);
      assert.is(headers.get("access-control-allow-credentials"), null);
    }
  });

  test("rejects with a programming error, unchanged", async () => {
    const missing = undefined as unknown as string; // an environment variable that is not set
    const headers = { "a b": "c" };
    for (const call of [respond(request, "j", missing), respond(request, "j", "https://h", { headers })])
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
        assert.equal(await read(response), [504, { error: "no status from the server in time" }]);
      });
      assert.equal([asked, log], [[10_000], ["timeout Request timed out"]]);
    } finally {
      AbortSignal.timeout = timeout;
    }
  });

  test("responds with 502 to whatever else a server sends", async () => {
    const log = await logging(async () => {
      for (const fetch of [
        answering("<p>"),
        answering("", { status: 401 }),
        returning(responseLike({ status: 0 })),
        returning(undefined),
        returning({ ok: true }),
      ])
        assert.is((await respond(request, "j", "https://h", { fetch })).status, 502);
    });
    assert.equal(log.slice(0, 3), ["malformed 200", "http 401", "http 0"]);
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
        assert.not.match(JSON.stringify([await response.json(), [...response.headers]]), /secret/);
      });
      assert.not.match(log.join(), /secret/);
    }
  });

  test("accepts the ids that getStatus() accepts, from any route", async () => {
    const fetch = answering(STATUS);
    for (const id of ["urn:cw:job:1", "a b", "ü", "...", "__proto__", "\u{1f600}"])
      assert.is((await respond(request, id, "https://h", { fetch })).status, 200);
    for (const id of [undefined, null, 5, {}, ["j"], "", ".", "..", "\ud800", "a\udc00b"])
      assert.equal(await read(await respond(request, id, "https://h", { fetch })), NO_ID);
    assert.is(fetch.calls.length, 6);
  });
});

describe("the recipe for a Worker", (test) => {
  test("sends its token through the binding, which it calls as a method, and follows no redirect", async () => {
    const seen: unknown[] = [];
    const API = {
      async fetch(this: unknown, url: string, { headers, redirect }: RequestInit): Promise<Response> {
        seen.push(this === API, url, new Headers(headers).get("authorization"), redirect);
        return Response.json(STATUS);
      },
    };
    const env = { API, BASE_URL: "https://internal/ogcapi", TOKEN: "t" };
    const { status } = await worker.fetch(get("?job=a+job"), env);
    assert.equal([status, ...seen], [200, true, "https://internal/ogcapi/jobs/a%20job", "Bearer t", "manual"]);
  });
});
