import * as assert from "uvu/assert";
import { describe } from "../runner/suite.ts";
import { STATUS, answering, chunks, fail, rejection, responseLike, returning } from "../support/fetches.ts";
import { place, requestsFor, uniqueId, withGlobal } from "../support/place.ts";
import { respond } from "./handler.ts";
import worker from "./worker.ts";

/** What the recipe for Deno serves. */
let serve: (request: Request) => Promise<Response> = fail;

const handlers: Record<string, (request: Request, baseUrl: string) => Promise<Response>> = {
  handler: (request, baseUrl) => respond(request, new URL(request.url).searchParams.get("job"), baseUrl),
  Worker: (request, baseUrl) => worker.fetch(request, { BASE_URL: baseUrl, TOKEN: "t" }),
  "server in Deno": async (request, baseUrl) => {
    await withGlobal("Deno", { serve: (handle: typeof serve) => (serve = handle) }, () => import("./deno.ts"));
    const { fetch } = globalThis;
    const redirected = (url: string, init: RequestInit) =>
      fetch(url.replace("https://ogc.example.com/ogcapi", baseUrl), init);
    return withGlobal("fetch", redirected, () => serve(request));
  },
};

/** What a recipe responds, and what it logs instead of printing it. */
async function replyOf(run: () => Promise<Response>) {
  const log: string[] = [];
  const error = (...values: unknown[]): unknown => log.push(values.join(" "));
  const response = await withGlobal("console", { ...console, error }, run);
  return { status: response.status, body: await response.json(), headers: response.headers, log: log.join() };
}

const get = (query: string, init?: RequestInit): Request => new Request(`https://edge.example/${query}`, init);
const NO_ID = { error: "this is not the id of a job" };
const NO_STATUS = { error: "no status from the server" };

for (const [name, handle] of Object.entries(handlers)) {
  describe(`the recipe for a ${name}`, (test) => {
    const noResponse = /^network Request failed: (ECONNREFUSED|see cause)$/;
    for (const [what, baseUrl, query, status, body, logged = /^$/] of [
      ["the status of a job", `${place.server}/status/200`, `?job=a+job%2F${uniqueId()}`, 200, { status: "running" }],
      ["404 for a job that does not exist", `${place.server}/status/404`, "?job=j", 404, { error: "no such job" }],
      ["400 for no id", place.server, "", 400, NO_ID],
      ["400 for an empty id", place.server, "?job=", 400, NO_ID],
      ["400 for a dot", place.server, "?job=.", 400, NO_ID],
      ["400 for encoded dots", place.server, "?job=%2E%2E", 400, NO_ID],
      ["502 for an error, and logs it", `${place.server}/status/500`, "?job=j", 502, NO_STATUS, /^http 500$/],
      ["502 for no response, and logs why", place.refused, "?job=j", 502, NO_STATUS, noResponse],
    ] as [string, string, string, number, object, RegExp?][])
      test(`responds with ${what}`, async () => {
        const reply = await replyOf(() => handle(get(query), baseUrl));
        assert.equal([reply.status, reply.body], [status, body]);
        assert.match(reply.log, logged);
        assert.is(reply.headers.get("cache-control"), "no-store");
      });

    test("follows no redirect, so that its token stays with the host of the API", async () => {
      const id = uniqueId();
      for (const exchange of ["a redirect", "a redirect to another origin"]) {
        const baseUrl = `${place.server}/x/${encodeURIComponent(exchange)}`;
        assert.is((await replyOf(() => handle(get(`?job=${id}`), baseUrl))).status, 502);
      }
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
    const asked: number[] = [];
    const expired = AbortSignal.abort(new DOMException("too late", "TimeoutError"));
    const timeout = (milliseconds: number): AbortSignal => (asked.push(milliseconds), expired);
    const { status, body, log } = await withGlobal("AbortSignal", { timeout }, () =>
      replyOf(() => respond(request, "j", "https://h", { fetch: answering("") })),
    );
    assert.equal([asked, status, body], [[10_000], 504, { error: "no status from the server in time" }]);
    assert.is(log, "timeout Request timed out");
  });

  test("responds with 502 to whatever else a server sends", async () => {
    for (const [fetch, logged] of [
      [answering("<p>"), /^malformed 200$/],
      [answering("", { status: 401 }), /^http 401$/],
      [returning(responseLike({ status: 0 })), /^http 0$/],
      [returning(undefined), /^network /],
      [returning({ ok: true }), /^network /],
    ] as const) {
      const { status, log } = await replyOf(() => respond(request, "j", "https://h", { fetch }));
      assert.is(status, 502);
      assert.match(log, logged);
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
      const reply = await replyOf(() => respond(request, "j", "https://h?key=secret", { fetch }));
      assert.not.match(JSON.stringify({ ...reply, headers: [...reply.headers] }), /secret/);
    }
  });

  test("accepts the ids that getStatus() accepts, from any route", async () => {
    const fetch = answering(STATUS);
    for (const id of ["urn:cw:job:1", "a b", "ü", "...", "__proto__", "\u{1f600}"])
      assert.is((await respond(request, id, "https://h", { fetch })).status, 200);
    for (const id of [undefined, null, 5, {}, ["j"], "", ".", "..", "\ud800", "a\udc00b"])
      assert.is((await respond(request, id, "https://h", { fetch })).status, 400);
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
