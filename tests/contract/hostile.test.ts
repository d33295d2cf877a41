import assert from "node:assert/strict";
import vm from "node:vm";
import { getStatus, type Result } from "../../src/get-status.ts";
import { describe } from "../runner/suite.ts";
import { accepted, answering, brief, returning } from "../support/fetches.ts";
import { HEADERS, HOSTILE, bytes, fetchOf, streamOf, throwing } from "../support/hostile.ts";

const STATUS = '{"jobID":"j","status":"running"}';
const NO_RESPONSE = "fetch did not return a Response with a readable body: see cause";

const read = (value: unknown, maxBytes?: number): Promise<Result> =>
  getStatus("https://h", "j", { fetch: returning(value), maxBytes });
const response = (properties: object = {}): object => ({
  status: 200,
  url: "",
  headers: HEADERS,
  body: streamOf([bytes(STATUS)]),
  ...properties,
});

const unhandled: unknown[] = [];
process.on("unhandledRejection", (reason) => unhandled.push(reason));

describe("a hostile fetch", (test) => {
  for (const hostile of HOSTILE) {
    test(`getStatus() returns a result for ${hostile.name}`, async () => {
      for (const status of [200, 404, 500]) {
        let cancelled = 0;
        const fetch = fetchOf(hostile, status, "1", () => cancelled++);
        const result = await getStatus("https://h", "j", { fetch, maxBytes: 1_000 });
        const ofStatus = status === 200 ? "malformed 200" : status === 404 ? "unspecified 404" : "http 500";
        const cutOff = status === 200 ? "network 200" : ofStatus;
        const [outcome, message] = {
          failed: ["network -", "Request failed: see cause"],
          "no Response": ["network -", NO_RESPONSE],
          "cut off": [cutOff, "Response body could not be read to the end: see cause"],
          "too large": [ofStatus, "Response body is too large (see maxBytes)"],
        }[hostile.outcome]!;
        assert.equal(brief(result), outcome);
        const said = result.message?.replace(/: ERR_\w+$/, ": see cause"); // an error of the engine may have a code
        assert.equal(said, outcome === ofStatus && status !== 200 ? `HTTP ${status}` : message);
        if (hostile.outcome === "no Response")
          assert.match(String(result.cause), /^TypeError\b|^Error: \w+ was called$/);
        if (hostile.outcome === "cut off" && status !== 200)
          assert.equal(result.kind !== "StatusInfo" && result.body, "<1>");
        assert.equal(cancelled, Number(hostile.cancels));
      }
      await new Promise((done) => setImmediate(done));
      assert.deepEqual(unhandled, []);
    });
  }

  for (const name of ["status", "url", "headers", "body", "bodyUsed", "then"]) {
    test(`getStatus() returns what a getter of ${name} throws as cause`, async () => {
      const result = await read(throwing(response(), name));
      assert.ok(result.kind === "ServerError" && result.cause instanceof Error);
      assert.equal(result.cause.message, `${name} was called`);
      assert.equal(result.message, name === "then" ? "Request failed: see cause" : NO_RESPONSE);
    });
  }

  for (const [name, properties, text] of [
    ["status", { status: "200" }, "Response.status must be an integer"],
    ["url", { url: 5 }, "Response.url must be a string"],
    ["header value", { headers: new Map([["x", 5]]) }, "Response.headers must be strings"],
    ["header name", { headers: new Map([[5, "x"]]) }, "Response.headers must be strings"],
    ["bodyUsed", { bodyUsed: true }, "Response.body must be an unread stream"],
    ["reader", { body: { getReader: () => ({}) } }, "Response.body must be an unread stream"],
    ["chunk", { body: streamOf(["text"]) }, "a chunk of Response.body must be a byte array"],
  ] as const) {
    test(`getStatus() says in a TypeError what is wrong with a ${name} for which nothing is thrown`, async () => {
      const result = await read(response(properties));
      assert.ok(result.kind === "ServerError" && result.cause instanceof TypeError);
      assert.equal(result.cause.message, `getStatus: ${text}`);
      assert.equal("http" in result, name === "chunk");
    });
  }

  test("getStatus() ignores that a forEach catches what its callback throws", async () => {
    const forEach = (callback: (value: unknown, name: string) => void): void => {
      try {
        callback(5, "x");
      } catch {}
    };
    assert.equal((await read(response({ headers: { forEach } }))).message, NO_RESPONSE);
  });

  test("getStatus() cancels the stream if the signal aborts and the fetch ignores it", async () => {
    for (const reason of ["stop", new DOMException("late", "TimeoutError")]) {
      const abort = new AbortController();
      let cancelled = 0;
      const read = (): Promise<object> => (abort.abort(reason), Promise.reject(new Error("x")));
      const body = { getReader: () => ({ read, cancel: async () => void cancelled++ }) };
      const opts = { fetch: returning(response({ body })), signal: abort.signal };
      await getStatus("https://h", "j", opts).catch(() => {});
      assert.equal(cancelled, 1);
    }
  });

  test("getStatus() returns network if the same Response is returned a second time, or was read in part", async () => {
    const once = new Response(STATUS);
    assert.equal(brief(await read(once)), "running");
    assert.equal((await read(once)).message, NO_RESPONSE);
    let cancelled = 0;
    const source = new ReadableStream({ pull: (to) => to.enqueue(bytes("x")), cancel: () => void cancelled++ });
    const part = new Response(source);
    const reader = part.body!.getReader();
    await reader.read();
    reader.releaseLock();
    assert.equal((await read(part)).message, NO_RESPONSE);
    assert.equal(cancelled, 1);
  });

  test("getStatus() reads each property of a response once", async () => {
    const reads: string[] = [];
    const proxy = new Proxy(new Response(STATUS), {
      get(target, name) {
        if (name !== "then") reads.push(String(name));
        return Reflect.get(target, name, target) as unknown;
      },
    });
    assert.equal(brief(await read(proxy)), "running");
    assert.deepEqual(reads.sort(), ["body", "bodyUsed", "headers", "status", "url"]);
  });

  test("getStatus() ignores what a forEach passes to its callback later", async () => {
    let callback: (value: unknown, name: string) => void = () => {};
    const headers = { forEach: (given: typeof callback) => (callback = given) };
    const result = await read(response({ headers }));
    callback(5, "x");
    assert.deepEqual(result.http?.headers, {});
  });

  test("getStatus() keeps the headers beside one named __proto__, and the prototype of the record", async () => {
    const headers = new Map(Object.entries({ a: "1", ["__proto__"]: "x", constructor: "2" }));
    const { http } = await read(response({ headers }));
    assert.equal(http!.headers["a"] + http!.headers["constructor"]!, "12");
    assert.equal(Object.getPrototypeOf(http!.headers), Object.prototype);
  });
});

describe("another realm", (test) => {
  const inRealm = (code: string): unknown => vm.runInNewContext(code) as unknown;

  test("getStatus() reads a response, and the guards accept a result, of another realm", async () => {
    const headers = inRealm("({ forEach(callback) { callback('1', 'X-A'); } })");
    const body = inRealm(`({ getReader() {
      const chunks = [new Uint8Array(${JSON.stringify([...bytes(STATUS)])})];
      return { read: async () => ({ done: !chunks.length, value: chunks.pop() }) };
    } })`);
    const result = await read(response({ headers, body }));
    assert.equal(brief(result), "running");
    assert.deepEqual(result.http?.headers, { "x-a": "1" });
    assert.deepEqual(accepted(inRealm(`(${JSON.stringify(result)})`)), ["StatusInfo"]);
  });

  test("getStatus() accepts a URL of another realm", async () => {
    const fetch = answering("");
    const url = inRealm('({ href: "https://h/ogc", toString() { return this.href; } })');
    await getStatus(url as URL, "j", { fetch });
    assert.equal(fetch.calls[0]![0], "https://h/ogc/jobs/j");
  });

  for (const code of [
    '({ "X-A": "1" })',
    '[["X-A", "1"]]',
    'new Map([["X-A", "1"]])',
    '({ forEach(callback) { callback("1", "X-A"); } })',
  ]) {
    test(`getStatus() sends the headers ${code} of another realm`, async () => {
      const fetch = answering("");
      await getStatus("https://h", "j", { fetch, headers: inRealm(code) as Record<string, string> });
      assert.deepEqual(fetch.calls[0]![1].headers, { accept: "application/json", "x-a": "1" });
    });
  }
});

describe("a hostile document", (test) => {
  const getJson = (body: string | object, status = 200): Promise<Result> =>
    getStatus("https://h", "j", { fetch: answering(body, { status }) });

  test("getStatus() reads nothing from __proto__, and changes no prototype", async () => {
    const proto = '"__proto__":{"jobID":"evil","status":"failed","progress":1}';
    const result = await getJson(`{${proto},"jobID":"j","status":"running"}`);
    assert.ok(result.kind === "StatusInfo");
    assert.deepEqual([result.jobID, result.status, "progress" in result], ["j", "running", false]);
    assert.ok(Object.hasOwn(result.document, "__proto__"));
    for (const value of [result, result.document]) assert.equal(Object.getPrototypeOf(value), Object.prototype);
    assert.equal(({} as { status?: string }).status, undefined);
    assert.equal(brief(await getJson(`{${proto}}`)), "malformed 200");
  });

  test("getStatus() is not confused by properties with the names of a result", async () => {
    const names = { kind: "ServerError", reason: "network", http: { status: 1 }, document: null, cause: 5, body: "x" };
    const result = await getJson({ ...names, links: { length: 9 }, jobID: "j", status: "running" });
    assert.equal(brief(result), "running");
    assert.deepEqual(Object.keys(result).sort(), ["document", "http", "jobID", "kind", "links", "status"]);
    assert.equal(result.http?.status, 200);
  });

  test("getStatus() ignores objects in place of strings, even if their toString would throw", async () => {
    const odd = { toString: 1, valueOf: 1 };
    const fields = { type: odd, progress: odd, links: [odd], exception: odd };
    assert.equal(brief(await getJson({ jobID: "j", status: "running", ...fields })), "running");
    const other = await getJson({ jobID: odd, status: odd, type: odd, detail: odd, error: odd, code: odd }, 404);
    assert.deepEqual([brief(other), other.message], ["unspecified 404", "HTTP 404"]);
  });

  for (const status of [200, 404, 500]) {
    test(`getStatus() reads 100,000 nested arrays of a ${status} without recursion`, async () => {
      const nested = "[".repeat(100_000) + "]".repeat(100_000);
      for (const body of [nested, nested.slice(1), `{"detail":${nested}}`, `{"error":${nested}}`]) {
        assert.notEqual((await getJson(body, status)).kind, "StatusInfo");
      }
      const inside = await getJson(`{"jobID":"j","status":"running","x":${nested}}`, status);
      assert.equal(inside.kind === "StatusInfo", status === 200);
    });
  }

  test("getStatus() takes linear time for strings that make a careless regular expression slow", async () => {
    // In quadratic time, this would take longer than a test file may.
    const result = await getJson({ jobID: "j", status: "running", progress: `${"1".repeat(400_000)}x` });
    assert.ok(result.kind === "StatusInfo" && !("progress" in result));
    const missing = await getJson({ type: `${"no-such-job".repeat(40_000)}!` }, 404);
    assert.equal(brief(missing), "unspecified 404");
  });

  test("getStatus() repeats neither the query of the base URL, nor a header, nor a cause in a message", async () => {
    for (const fetch of [
      answering("", { status: 500 }),
      answering("", { status: 404 }),
      answering(""),
      answering("<p>"),
      () => Promise.reject(new Error("secret")),
      returning(response({ body: streamOf(["secret"]) })),
    ]) {
      const headers = { authorization: "Bearer secret" };
      const result = await getStatus("https://h/?key=secret", "j", { headers, fetch });
      assert.ok(result.kind !== "StatusInfo");
      assert.doesNotMatch(result.message, /secret/);
    }
  });
});
