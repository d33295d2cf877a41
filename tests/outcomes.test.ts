import assert from "node:assert/strict";
import { getStatus, type Fetch, type Result } from "../src/get-status.ts";
import { answering, chunks } from "./support/stub.ts";
import { describe } from "./support/suite.ts";

const NO_SUCH_JOB = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/no-such-job";
const REQUESTED_URL = "https://h/jobs/requested";

function resultOf(fetch: Fetch, maxBytes?: number): Promise<Result> {
  return getStatus("https://h", "requested", { fetch, maxBytes });
}

describe("every kind and reason", (test) => {
  const reasons: [number, object | string, string][] = [
    [404, "", "NotFound unspecified"],
    [404, "<html>", "NotFound unspecified"],
    [404, { type: "NotFound" }, "NotFound unspecified"],
    [404, { code: "NoSuchJob" }, "NotFound no-such-job"],
    [404, { code: "JobNotFound", message: "m" }, "NotFound no-such-job"],
    [404, { type: "JobNotFound" }, "NotFound no-such-job"],
    [404, { type: "urn:x:jobnotfound" }, "NotFound no-such-job"],
    [404, { type: "about:blank", code: "no-such-job" }, "NotFound unspecified"],
    [404, { type: "", code: "no-such-job" }, "NotFound no-such-job"],
    [404, { detail: { type: NO_SUCH_JOB } }, "NotFound no-such-job"],
    [400, { detail: [{ loc: [] }, { type: NO_SUCH_JOB }] }, "NotFound no-such-job"],
    [404, { error: { code: "NoSuchJob" } }, "NotFound no-such-job"],
    [404, { title: "t", detail: { type: NO_SUCH_JOB } }, "NotFound unspecified"],
    [404, { code: 404 }, "NotFound unspecified"],
    [404, { code: ["NoSuchJob"] }, "NotFound unspecified"],
    [404, { code: "NoSuchJobs" }, "NotFound unspecified"],
    [404, { code: "JobNotFoundException" }, "NotFound unspecified"],
    [400, { code: "JobNotFound" }, "NotFound no-such-job"],
    ...[401, 405, 409, 422].map((status): [number, object, string] => [
      status,
      { code: "NoSuchJob" },
      "ServerError http",
    ]),
    [404, { title: "NoSuchJob", detail: "no-such-job" }, "NotFound unspecified"],
    [404, { type: [NO_SUCH_JOB], title: "t" }, "NotFound unspecified"],
    [404, { type: `${NO_SUCH_JOB}/` }, "NotFound unspecified"],
    [404, { type: "no-such-job-here" }, "NotFound unspecified"],
    [404, { type: "no such job" }, "NotFound unspecified"],
    [404, { type: "no-suchjob" }, "NotFound unspecified"],
    [404, { type: "no-such-jobs" }, "NotFound unspecified"],
    [404, [{ type: NO_SUCH_JOB }], "NotFound unspecified"],
    [404, { type: NO_SUCH_JOB }, "NotFound no-such-job"],
    [404, { type: NO_SUCH_JOB.replace("http:", "https:") }, "NotFound no-such-job"],
    [404, { type: "http://www.opengis.net/def/rel/ogc/1.0/exception/no-such-job" }, "NotFound no-such-job"],
    [404, { type: "NoSuchJob" }, "NotFound no-such-job"],
    [404, { type: "nosuchjob" }, "NotFound no-such-job"],
    [404, { type: "urn:x:NO-SUCH-JOB" }, "NotFound no-such-job"],
    [410, "", "NotFound gone"],
    [410, { type: NO_SUCH_JOB }, "NotFound gone"],
    [400, { type: NO_SUCH_JOB }, "NotFound no-such-job"],
    [400, { type: "NoSuchJob" }, "NotFound no-such-job"],
    [400, { type: "InvalidParameterValue" }, "ServerError http"],
    [400, "", "ServerError http"],
    [401, { type: NO_SUCH_JOB }, "ServerError http"],
    [403, { type: NO_SUCH_JOB }, "ServerError http"],
    [500, { type: NO_SUCH_JOB }, "ServerError http"],
    [401, { jobID: "j", status: "running" }, "ServerError http"],
    [404, { jobID: "j", status: "running" }, "NotFound unspecified"],
    [500, { jobID: "j", status: "running" }, "ServerError http"],
    ...[
      300, 301, 302, 307, 308, 401, 402, 403, 405, 406, 408, 409, 411, 418, 423, 429, 451, 499, 500, 501, 502, 503, 504,
      520, 599,
    ].map((status): [number, string, string] => [status, "x", "ServerError http"]),
    [200, "", "ServerError malformed"],
    [200, "<!doctype html><p>hello", "ServerError malformed"],
    [200, "null", "ServerError malformed"],
    [200, "true", "ServerError malformed"],
    [200, "5", "ServerError malformed"],
    [200, '"running"', "ServerError malformed"],
    [200, "[]", "ServerError malformed"],
    [200, [{ jobID: "j", status: "running" }], "ServerError malformed"],
    [200, "{}", "ServerError malformed"],
    [200, '{"jobID":"j","status":"running"', "ServerError malformed"],
    [200, '{"jobID":"j","status":"running"} x', "ServerError malformed"],
    [200, { type: NO_SUCH_JOB }, "ServerError malformed"],
    [202, "", "ServerError malformed"],
    [200, { jobID: "j", status: "running" }, "StatusInfo undefined"],
  ];
  for (const [status, body, outcome] of reasons) {
    test(`getStatus() returns ${outcome} for a ${status} with ${JSON.stringify(body)}`, async () => {
      const fetch = answering(body, { status });
      const result = await resultOf(fetch);
      assert.equal(`${result.kind} ${"reason" in result ? result.reason : undefined}`, outcome);
      assert.equal(fetch.calls.length, 1);
      assert.deepEqual(result.http, { status, url: REQUESTED_URL, headers: { "content-type": "application/json" } });
      const text = typeof body === "string" ? body : JSON.stringify(body);
      if (result.kind === "StatusInfo") assert.deepEqual(result.document, body);
      else assert.equal(result.body, text);
    });
  }

  for (const status of [101, 204, 205, 304]) {
    test(`getStatus() reads a ${status}, which has no body`, async () => {
      // The constructor of Response rejects 101, but an injected fetch may return any object of its shape.
      const response = { status, url: "", headers: new Headers(), body: null };
      const result = await resultOf(async () => response);
      assert.equal(
        result.kind === "ServerError" && result.reason,
        status < 300 && status >= 200 ? "malformed" : "http",
      );
      assert.equal(result.kind === "ServerError" && result.body, "");
    });
  }

  test("getStatus() reads the opaque redirect that a browser returns if it does not follow one", async () => {
    assert.deepEqual(await resultOf(async () => ({ status: 0, url: "", headers: new Headers(), body: null })), {
      kind: "ServerError",
      reason: "http",
      message: "HTTP 0",
      body: "",
      http: { status: 0, url: REQUESTED_URL, headers: {} },
    });
  });
});

describe("a fetch that fails", (test) => {
  for (const cause of [
    new TypeError("fetch failed"),
    "text",
    "",
    5,
    0,
    false,
    null,
    { code: "ECONNREFUSED" },
    Symbol("x"),
  ]) {
    for (const [how, fetch] of [
      ["rejects with", () => Promise.reject(cause)],
      [
        "throws",
        () => {
          throw cause;
        },
      ],
    ] as [string, Fetch][]) {
      test(`getStatus() returns what a fetch ${how} as cause: ${String(cause)}`, async () => {
        const result = await resultOf(fetch);
        assert.deepEqual(Object.keys(result), ["kind", "reason", "message", "cause"]);
        assert.equal(result.kind === "ServerError" && result.reason, "network");
        assert.equal(result.kind === "ServerError" && result.message, "Request failed: see cause");
        assert.equal(result.kind === "ServerError" && result.cause, cause);
      });
    }
  }

  test("getStatus() leaves out the cause if a fetch rejects with undefined", async () => {
    assert.deepEqual(await resultOf(() => Promise.reject()), {
      kind: "ServerError",
      reason: "network",
      message: "Request failed: see cause",
    });
  });

  for (const [name, answer] of [
    ["nothing", undefined],
    ["null", null],
    ["a string", "{}"],
    ["a document", { jobID: "j", status: "running" }],
    ["{ ok, status, json }", { ok: true, status: 200, json: async () => ({}) }],
    ["a response without a body member", { status: 200, url: "", headers: new Headers() }],
    ["an object without headers", { status: 200, url: "", body: null }],
    ["an object whose headers are a record", { status: 200, url: "", headers: {}, body: null }],
    [
      "an object that throws",
      {
        get status(): never {
          throw new Error("boom");
        },
      },
    ],
  ] as [string, never][]) {
    test(`getStatus() returns a network failure with a cause if a fetch returns ${name}`, async () => {
      const result = await resultOf(async () => answer);
      assert.equal(result.kind === "ServerError" && result.reason, "network");
      assert.equal(result.message, "fetch did not return a Response with a readable body");
      assert.ok(result.kind === "ServerError" && result.cause instanceof Error);
      assert.ok(!("http" in result));
    });
  }

  test("getStatus() accepts a fetch that does not return a promise", async () => {
    const fetch = (() => Response.json({ jobID: "j", status: "running" })) as unknown as Fetch;
    assert.equal((await resultOf(fetch)).kind, "StatusInfo");
  });
});

describe("the message", (test) => {
  const messages: [object | string, string][] = [
    [{ detail: "a", description: "b", message: "c", title: "d" }, "a"],
    [{ description: "b", message: "c", title: "d" }, "b"],
    [{ message: "c", title: "d" }, "c"],
    [{ title: "d", type: "t" }, "d"],
    [{ detail: "", description: "b" }, "b"],
    [{ detail: null, message: "c" }, "c"],
    [{ detail: "", msg: "m", error: "e" }, "m"],
    [{ error: "e", title: "d" }, "e"],
    [{ detail: [{ msg: "x" }], title: "d" }, "d"],
    [{ detail: [{ msg: "x" }], type: "t" }, "HTTP 503"],
    [{ detail: [{ msg: "x" }] }, "x"],
    [{ detail: { title: "x" } }, "x"],
    [{ error: { message: "x" } }, "x"],
    [{ detail: 5 }, "HTTP 503"],
    [{ code: "y" }, "HTTP 503"],
    ["", "HTTP 503"],
    ["<p>Service Unavailable", "HTTP 503"],
    ["null", "HTTP 503"],
    ['"detail"', "HTTP 503"],
    [["detail"], "HTTP 503"],
    ['{"detail":"cut', "HTTP 503"],
  ];
  for (const [body, message] of messages) {
    test(`getStatus() returns the message ${JSON.stringify(message)} for ${JSON.stringify(body)}`, async () => {
      const result = await resultOf(answering(body, { status: 503 }));
      assert.equal(result.kind === "ServerError" && result.message, message);
      const missing = await resultOf(answering(body, { status: 404 }));
      assert.equal(missing.kind === "NotFound" && missing.message, message.replace("503", "404"));
    });
  }

  const NOT_JSON = "Response body is not JSON";
  const NOT_A_STATUS = "Response body is not a job status: it has no status or no job id";
  for (const [body, headers, message] of [
    ["", {}, "Response body is empty"],
    [null, {}, "Response body is empty"],
    ["\ufeff", {}, "Response body is empty"],
    [" ", { "content-type": "application/json" }, `${NOT_JSON} (Content-Type: application/json)`],
    ["<p>", { "Content-Type": "text/html; charset=utf-8" }, `${NOT_JSON} (Content-Type: text/html; charset=utf-8)`],
    ['{"jobID":', { "content-type": "application/json" }, `${NOT_JSON} (Content-Type: application/json)`],
    ["<p>", { "content-type": "" }, `${NOT_JSON} (Content-Type: none)`],
    ["null", {}, NOT_A_STATUS],
    ["true", {}, NOT_A_STATUS],
    ['"running"', {}, NOT_A_STATUS],
    ["[]", {}, NOT_A_STATUS],
    ["{}", {}, NOT_A_STATUS],
    ['{"status":"running"}', {}, NOT_A_STATUS],
    ['{"jobID":"j"}', {}, NOT_A_STATUS],
    ['{"detail":"other"}', {}, NOT_A_STATUS],
    ['{"status":"error","message":"Invalid API key"}', {}, NOT_A_STATUS],
  ] as [string | null, Record<string, string>, string][]) {
    test(`getStatus() describes the body ${JSON.stringify(body)} of a 200 as: ${message}`, async () => {
      const result = await resultOf(
        async () => new Response(body === null ? null : new TextEncoder().encode(body), { headers }),
      );
      assert.equal(result.kind === "ServerError" && result.reason, "malformed");
      assert.equal(result.message, message);
    });
  }

  test("getStatus() describes a body without a Content-Type, and one over maxBytes", async () => {
    const bytes = new TextEncoder().encode("<p>");
    assert.equal((await resultOf(async () => new Response(bytes))).message, `${NOT_JSON} (Content-Type: none)`);
    assert.equal(
      (await resultOf(answering({ jobID: "j", status: "running" }), 10)).message,
      "Response body is too large (see maxBytes)",
    );
  });
});

describe("the exception", (test) => {
  const exceptions: [string, unknown, object | undefined][] = [
    ["code in place of type", { code: "c" }, { type: "c" }],
    ["type before code", { code: "c", type: "t" }, { type: "t" }],
    ["code if type is empty", { code: "c", type: "" }, { type: "c" }],
    ["a code that is a number", { code: 404 }, undefined],
    ["description (pygeoapi)", { description: "d" }, { detail: "d" }],
    ["message (sepex)", { message: "m" }, { detail: "m" }],
    ["msg (FastAPI)", { msg: "m" }, { detail: "m" }],
    ["error (Honua)", { error: "e" }, { detail: "e" }],
    [
      "detail before the others",
      { error: "e", msg: "4", message: "3", description: "2", detail: "1" },
      { detail: "1" },
    ],
    ["description before the rest", { error: "e", msg: "4", message: "3", description: "2" }, { detail: "2" }],
    ["message before the rest", { error: "e", msg: "4", message: "3" }, { detail: "3" }],
    ["msg before error", { error: "e", msg: "4" }, { detail: "4" }],
    ["an object in detail (FastAPI)", { detail: { type: "t", status: 404 } }, { type: "t", status: 404 }],
    ["a list in detail (FastAPI)", { detail: [null, 5, "x", {}, { msg: "m" }, { msg: "n" }] }, { detail: "m" }],
    ["an object in error (gateways)", { error: { code: "c", message: "m" } }, { type: "c", detail: "m" }],
    ["a list in error", { error: [{ message: "m" }] }, { detail: "m" }],
    ["detail before error", { detail: { type: "d" }, error: { type: "e" } }, { type: "d" }],
    ["error if detail describes nothing", { detail: [{}], error: { type: "e" } }, { type: "e" }],
    ["the body before both", { title: "T", detail: { type: "d" }, error: { type: "e" } }, { title: "T" }],
    ["the body before both (Weaver)", { description: "d", error: { code: "404" } }, { detail: "d" }],
    ["nothing deeper", { detail: { detail: { type: "t" } } }, undefined],
    ["no list in a list", { detail: [[{ type: "t" }]] }, undefined],
    ["no list of exceptions", [{ type: "t" }], undefined],
    ["no string", '"boom"', undefined],
  ];
  for (const [name, body, exception] of exceptions) {
    test(`getStatus() reads an exception with ${name}`, async () => {
      for (const status of [200, 400, 404, 410, 500]) {
        const result = await resultOf(answering(body as object, { status }));
        assert.deepEqual(result.exception, exception);
        assert.equal("exception" in result, exception !== undefined);
      }
      const info = await resultOf(answering({ jobID: "j", status: "failed", exception: body }));
      assert.deepEqual(info.exception, exception);
    });
  }

  test("getStatus() reads the body of NotFound, http and malformed as an exception, if it is one", async () => {
    const exception = { type: "t", title: "T", detail: "d", instance: "i", status: 418 };
    for (const status of [200, 400, 404, 410, 500]) {
      const result = await resultOf(answering({ ...exception, code: "c" }, { status }));
      assert.deepEqual("exception" in result && result.exception, exception);
      const none = await resultOf(answering({ status: 500, instance: "i" }, { status }));
      assert.ok(!("exception" in none));
    }
  });
});

describe("the http member", (test) => {
  test("getStatus() returns the headers in a plain record, in lower case, without set-cookie", async () => {
    const headers = new Headers([
      ["Content-Type", "text/plain"],
      ["Retry-After", "17"],
      ["X-A", "1"],
      ["x-a", "2"],
    ]);
    headers.append("Set-Cookie", "a=1");
    headers.append("Set-Cookie", "b=2");
    const result = await resultOf(answering("", { status: 429, headers }));
    assert.deepEqual(result.http?.headers, { "content-type": "text/plain", "retry-after": "17", "x-a": "1, 2" });
  });

  test("getStatus() converts header names to lower case", async () => {
    const headers = new Map([
      ["Retry-After", "17"],
      ["Set-Cookie", "a=1"],
      ["Set-Cookie2", "a=1"],
    ]);
    const result = await resultOf(async () => ({ status: 429, url: "", headers, body: null }));
    assert.deepEqual(result.http?.headers, { "retry-after": "17", "set-cookie2": "a=1" });
  });

  test("getStatus() returns the URL after redirects, or the requested one if the platform reports none", async () => {
    for (const [url, expected] of [
      ["https://other/jobs/1", "https://other/jobs/1"],
      ["", REQUESTED_URL],
    ] as const) {
      for (const status of [200, 404, 500]) {
        const response = {
          status,
          url: url as string,
          headers: new Headers(),
          body: chunks(['{"jobID":"j","status":"running"}']),
        };
        assert.equal((await resultOf(async () => response)).http?.url, expected);
      }
    }
  });
});

describe("a result", (test) => {
  const cases: [string, Fetch][] = [
    ["StatusInfo", answering({ jobID: "j", status: "failed", links: [{ href: "x" }], exception: { type: "t" } })],
    ["NotFound", answering({ type: "t" }, { status: 404 })],
    ["http", answering({ type: "t" }, { status: 500 })],
    ["malformed", answering("[]")],
    ["network", () => Promise.reject(new Error("x"))],
  ];
  for (const [name, fetch] of cases) {
    test(`getStatus() returns ${name} as new plain data without undefined or null`, async () => {
      const first = await resultOf(fetch);
      const second = await resultOf(fetch);
      assert.deepEqual(first, second);
      const walk = (a: unknown, b: unknown, path: string): void => {
        assert.notEqual(a, undefined, path);
        assert.notEqual(a, null, path);
        if (typeof a !== "object" || a === null || path.endsWith(".cause")) return;
        assert.notEqual(a, b, `${path} is shared between two results`);
        assert.ok([Object.prototype, Array.prototype].includes(Object.getPrototypeOf(a)), path);
        // Of an array, the length is the one member that is not enumerable.
        for (const key of Reflect.ownKeys(a)) {
          assert.ok(typeof key === "string" && (Object.keys(a).includes(key) || Array.isArray(a)), String(key));
          walk(Reflect.get(a, key), Reflect.get(b as object, key), `${path}.${key}`);
        }
      };
      walk(first, second, "result");
    });
  }
});
