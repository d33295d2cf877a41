import assert from "node:assert/strict";
import { getStatus, type Fetch, type Result } from "../../src/get-status.ts";
import { describe } from "../runner/suite.ts";
import { STATUS, answering, brief, chunks, returning } from "../support/fetches.ts";

const URL_REQUESTED = "https://h/jobs/requested";

const getResult = (fetch: Fetch, maxBytes?: number): Promise<Result> =>
  getStatus("https://h", "requested", { fetch, maxBytes });

describe("the kind and the reason", (test) => {
  const bodies = ["", "<p>", "null", "true", "5", '"running"', "[]", "{}", "{} x", '{"jobID":"j","status":"running"'];
  // contract/wire has every status from 200 to 599.
  const others = [300, 302, 399, 401, 403, 405, 429, 499, 500, 503, 599];
  const outcomes: [status: number, body: string | object, outcome: string][] = [
    ...[200, 201, 202, 203, 206, 299].map((status): [number, object, string] => [status, STATUS, "running"]),
    ...[...bodies, [STATUS]].map((body): [number, string | object, string] => [200, body, "malformed 200"]),
    [202, "", "malformed 202"],
    ...others.map((status): [number, object, string] => [status, STATUS, `http ${status}`]),
    [400, STATUS, "http 400"],
    [404, STATUS, "unspecified 404"],
    [410, STATUS, "gone 410"],
  ];
  for (const [status, body, outcome] of outcomes) {
    test(`getStatus() returns ${outcome} for a ${status} with ${JSON.stringify(body)}, after one request`, async () => {
      const fetch = answering(body, { status });
      const result = await getResult(fetch);
      assert.equal(brief(result), outcome);
      assert.equal(fetch.calls.length, 1);
      assert.deepEqual(result.http, { status, url: URL_REQUESTED, headers: { "content-type": "application/json" } });
      if (result.kind === "StatusInfo") assert.deepEqual(result.document, body);
      else assert.equal(result.body, typeof body === "string" ? body : JSON.stringify(body));
    });
  }

  // The constructor of Response rejects most of these, but a fetch may return any object of its shape.
  for (const [status, outcome] of [
    [-1, "http -1"],
    [0, "http 0"],
    [101, "http 101"],
    [199, "http 199"],
    [200, "running"],
    [299, "running"],
    [300, "http 300"],
    [999, "http 999"],
    [2000, "http 2000"],
  ] as const) {
    test(`getStatus() returns ${outcome} for a status document with the status ${status}`, async () => {
      const { headers, body } = Response.json(STATUS);
      assert.equal(brief(await getResult(returning({ status, url: "", headers, body }))), outcome);
    });
  }

  for (const status of [0, 204, 205, 304]) {
    test(`getStatus() reads a ${status} without a body`, async () => {
      const result = await getResult(returning({ status, url: "", headers: new Headers(), body: null }));
      const ok = status === 204 || status === 205;
      assert.deepEqual(result, {
        kind: "ServerError",
        reason: ok ? "malformed" : "http",
        message: ok ? "Response body is empty" : `HTTP ${status}`,
        body: "",
        http: { status, url: URL_REQUESTED, headers: {} },
      });
    });
  }
});

describe("the message of a malformed response", (test) => {
  const json = { "content-type": "application/json" };
  const notJson = (type: string): string => `Response body is not JSON (Content-Type: ${type})`;
  const notStatus = "Response body is not a job status: it has no status or no job id";
  for (const [body, headers, message] of [
    ["", json, "Response body is empty"],
    [null, json, "Response body is empty"],
    ["\ufeff", json, "Response body is empty"],
    [" ", json, notJson("application/json")],
    ["<p>", { "Content-Type": "text/html; charset=utf-8" }, notJson("text/html; charset=utf-8")],
    ['{"jobID":', json, notJson("application/json")],
    ["<p>", { "content-type": "" }, notJson("none")],
    ["<p>", {}, notJson("none")],
    ["null", {}, notStatus],
    ["[]", {}, notStatus],
    ['{"status":"running"}', {}, notStatus],
    ['{"jobID":"j"}', {}, notStatus],
    ['{"detail":"other"}', {}, notStatus],
    ['{"status":"error","message":"Invalid API key"}', {}, notStatus],
    ["x".repeat(101), {}, "Response body is too large (see maxBytes)"],
  ] as [string | null, Record<string, string>, string][]) {
    test(`getStatus() says "${message}" for ${JSON.stringify(body)}`, async () => {
      const content = body === null ? null : new TextEncoder().encode(body); // a string would set a Content-Type
      const result = await getResult(async () => new Response(content, { headers }), 100);
      assert.equal(brief(result), "malformed 200");
      assert.equal(result.message, message);
    });
  }
});

describe("a fetch that fails", (test) => {
  for (const cause of [new TypeError("x"), "text", "", 5, 0, false, null, { code: 5 }, Symbol("x")]) {
    test(`getStatus() returns what the fetch rejects with or throws as cause: ${String(cause)}`, async () => {
      const throws = (): never => {
        throw cause;
      };
      for (const fetch of [throws, async () => throws()]) {
        const result = await getResult(fetch);
        const expected = { kind: "ServerError", reason: "network", message: "Request failed: see cause", cause };
        assert.deepEqual(result, expected);
        assert.equal(result.cause, cause);
      }
    });
  }

  const thrower = new Proxy({}, { get: () => assert.fail("read") });
  const code = (value: unknown): object => ({ code: value });
  const inner = (value: unknown): object => ({ cause: { code: value } });
  for (const [name, cause, expected] of [
    ["the code of the cause, as in Bun", code("ConnectionRefused"), "ConnectionRefused"],
    ["the code of its cause, as in Node", inner("ECONNREFUSED"), "ECONNREFUSED"],
    ["the outer one of two codes", { ...code("A"), ...inner("B") }, "A"],
    ["the inner one if the outer is not one", { ...code("a b"), ...inner("B") }, "B"],
    ["the inner one if the outer is a number", { ...code(20), ...inner("B") }, "B"],
    ["a code of 40 characters", code("E".repeat(40)), "E".repeat(40)],
    ["a code of word characters", code("err_9"), "err_9"],
    ["no code of 41 characters", code("E".repeat(41)), undefined],
    ["no empty code", code(""), undefined],
    ["no code with another character", code("E-1"), undefined],
    ["no code with a line end", code("E\n"), undefined],
    ["no code with a letter outside ASCII", code("É"), undefined],
    ["no String object", code(new String("E")), undefined],
    ["no code below the second level", { cause: inner("E") }, undefined],
    ["no code of a function's cause that is a text", { cause: "ECONNREFUSED" }, undefined],
    ["no code if reading it throws", thrower, undefined],
    ["no code if reading the cause throws", { ...code(5), cause: thrower }, undefined],
  ] as [string, unknown, string?][]) {
    test(`getStatus() says in the message of a network failure ${name}`, async () => {
      const failed = await getResult(() => Promise.reject(cause));
      assert.equal(failed.message, `Request failed: ${expected ?? "see cause"}`);
      const cutOff = await getResult(async () => new Response(chunks(["{"], { error: cause })));
      assert.equal(cutOff.message, `Response body could not be read to the end: ${expected ?? "see cause"}`);
      for (const result of [failed, cutOff]) assert.equal(result.cause, cause);
      // What is not a Response has no code.
      const body = { getReader: () => assert.fail(cause as Error) };
      const none = await getResult(returning({ status: 200, url: "", headers: new Headers(), body }));
      assert.equal(none.message, "fetch did not return a Response with a readable body: see cause");
    });
  }

  test("getStatus() omits the cause if the fetch rejects with undefined", async () => {
    const result = await getResult(() => Promise.reject());
    assert.deepEqual(result, { kind: "ServerError", reason: "network", message: "Request failed: see cause" });
  });

  test("getStatus() accepts a fetch that does not return a promise", async () => {
    assert.equal(brief(await getResult((() => Response.json(STATUS)) as unknown as Fetch)), "running");
  });
});

describe("http", (test) => {
  test("getStatus() returns the headers as a plain record, names in lower case, without set-cookie", async () => {
    const platform = new Headers({ "Content-Type": "text/plain", "X-A": "1", "Set-Cookie": "a=1" });
    for (const [name, value] of Object.entries({ "x-a": "2", "Set-Cookie": "b=2" })) platform.append(name, value);
    const { http } = await getResult(answering("", { status: 429, headers: platform }));
    assert.deepEqual(http?.headers, { "content-type": "text/plain", "x-a": "1, 2" });
    const headers = new Map(Object.entries({ "Retry-After": "17", "SET-COOKIE": "a=1", "Set-Cookie2": "a=1" }));
    const custom = await getResult(returning({ status: 429, url: "", headers, body: null }));
    assert.deepEqual(custom.http?.headers, { "retry-after": "17", "set-cookie2": "a=1" });
  });

  test("getStatus() returns the URL after redirects, or the requested one if the platform gives none", async () => {
    for (const url of ["https://other/jobs/1", ""]) {
      for (const status of [200, 404, 500]) {
        const { headers, body } = Response.json(STATUS);
        assert.equal((await getResult(returning({ status, url, headers, body }))).http?.url, url || URL_REQUESTED);
      }
    }
  });
});

describe("a result", (test) => {
  const limit = AbortSignal.abort(new DOMException("x", "TimeoutError"));
  const cases: [string, Fetch, AbortSignal?][] = [
    ["StatusInfo", answering({ ...STATUS, links: [{ href: "x" }], exception: { type: "t" }, progress: 1 })],
    ["NotFound", answering({ type: "t" }, { status: 404 })],
    ["http", answering({ type: "t" }, { status: 500 })],
    ["malformed", answering("[]")],
    ["network", async () => new Response(chunks(["{"], { error: new Error("x") }))],
    ["timeout", answering(""), limit],
  ];
  for (const [name, fetch, signal] of cases) {
    test(`getStatus() returns ${name} as new plain data without undefined or null`, async () => {
      const first = await getStatus("https://h", "j", { fetch, signal });
      const second = await getStatus("https://h", "j", { fetch, signal });
      const walk = (a: unknown, b: unknown, path: string): void => {
        assert.ok(a !== undefined && a !== null, path);
        if (typeof a !== "object" || path.endsWith(".cause")) return;
        assert.notEqual(a, b, `${path} is shared between two results`);
        assert.ok([Object.prototype, Array.prototype].includes(Object.getPrototypeOf(a)), path);
        // Of an array, the length is the one property that is not enumerable.
        for (const key of Reflect.ownKeys(a)) {
          assert.ok(typeof key === "string" && (Object.keys(a).includes(key) || Array.isArray(a)), String(key));
          walk(Reflect.get(a, key), Reflect.get(b as object, key), `${path}.${key}`);
        }
      };
      walk(first, second, "result");
      assert.equal(first.reason ?? first.kind, name === "NotFound" ? "unspecified" : name);
    });
  }
});
