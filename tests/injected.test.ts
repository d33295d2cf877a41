import assert from "node:assert/strict";
import vm from "node:vm";
import { getStatus, isNotFound, isServerError, isStatusInfo, type Fetch, type Result } from "../src/get-status.ts";
import { describe } from "./support/suite.ts";

const STATUS = '{"jobID":"j","status":"running"}';
const NOT_A_RESPONSE = "fetch did not return a Response with a readable body";
const BROKEN = "Response body could not be read to the end: see cause";
const URL_REQUESTED = "https://h/jobs/j";

/** Calls getStatus() with a fetch that returns anything, and checks that exactly one guard accepts the result. */
async function read(response: unknown, maxBytes?: number): Promise<Result> {
  const result = await getStatus("https://h", "j", { fetch: (async () => response) as Fetch, maxBytes });
  const accepting = [isStatusInfo, isNotFound, isServerError].filter((guard) => guard(result));
  assert.equal(accepting.length, 1, JSON.stringify(result));
  return result;
}

interface Stream {
  readonly getReader: () => unknown;
  cancelled: number;
}

/** A stream of any chunks that counts how often it is cancelled. */
function stream(...parts: unknown[]): Stream {
  const body: Stream = {
    cancelled: 0,
    getReader: () => ({
      read: async () => (parts.length ? { done: false, value: parts.shift() } : { done: true }),
      cancel: async () => void body.cancelled++,
    }),
  };
  return body;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("a value that is not a Response", (test) => {
  const headers = new Headers();
  const throwing = (name: string): object =>
    Object.defineProperty({ status: 200, url: "", headers, body: null }, name, {
      get() {
        throw new Error(`${name} was read`);
      },
    });

  for (const status of [200, 404, 500]) {
    const cases: [string, unknown, number?][] = [
      ["a status that is a string", { status: String(status), url: "", headers }],
      ["a fractional status", { status: status + 0.5, url: "", headers }],
      ["a status NaN", { status: NaN, url: "", headers }],
      ["no status", { url: "", headers }],
      ["a status that is a symbol", { status: Symbol("200"), url: "", headers }],
      ["a status that is an object", { status: { valueOf: () => status }, url: "", headers }],
      ["no url", { status, headers }],
      ["a url that is a URL", { status, url: new URL("https://h"), headers }],
      ["no headers", { status, url: "" }],
      ["headers that are a record", { status, url: "", headers: { "content-type": "text/plain" } }],
      ["a header value that is a number", { status, url: "", headers: new Map<string, unknown>([["x", 5]]) }],
      ["a header value that is an array", { status, url: "", headers: new Map([["x", ["a"]]]) }],
      ["a header name that is a symbol", { status, url: "", headers: new Map<unknown, string>([[Symbol("x"), "a"]]) }],
      ["headers whose forEach throws", { status, url: "", headers: { forEach: () => assert.fail("boom") } }],
    ];
    for (const [name, response] of cases) {
      test(`getStatus() returns a network failure for a ${status} with ${name}, and cancels its stream`, async () => {
        const body = stream(bytes(STATUS));
        const result = await read({ ...(response as object), body });
        assert.ok(result.kind === "ServerError" && result.reason === "network");
        assert.equal(result.message, NOT_A_RESPONSE);
        assert.ok(!("http" in result));
        assert.equal(body.cancelled, 1);
        const withoutBody = await read({ ...(response as object), body: null });
        assert.equal(withoutBody.message, NOT_A_RESPONSE);
      });
    }

    for (const [name, body] of [
      ["undefined, as in React Native", undefined],
      ["a string", STATUS],
      ["bytes", bytes(STATUS)],
      ["an ArrayBuffer", bytes(STATUS).buffer],
      ["a Blob", new Blob([STATUS])],
      ["an object", {}],
      ["a stream of Node", { pipe() {}, on() {} }],
      ["false", false],
    ] as [string, unknown][]) {
      test(`getStatus() returns a network failure for a ${status} whose body is ${name}`, async () => {
        const result = await read({ status, url: "", headers, body });
        assert.equal(result.message, NOT_A_RESPONSE);
        assert.ok(!("http" in result));
      });
    }

    test(`getStatus() returns a network failure for a ${status} whose body is locked`, async () => {
      const response = new Response(STATUS, { status });
      response.body!.getReader();
      const result = await read(response);
      assert.equal(result.message, NOT_A_RESPONSE);
      assert.ok(result.kind === "ServerError" && result.cause instanceof TypeError);
      assert.ok(!("http" in result));
    });

    test(`getStatus() returns a network failure for a ${status} whose body was read before`, async () => {
      const response = new Response(STATUS, { status });
      await response.text();
      assert.equal((await read(response)).message, NOT_A_RESPONSE);
    });

    test(`getStatus() returns a network failure for a ${status} whose body was read in part, and cancels the rest`, async () => {
      let cancelled = 0;
      const source = new ReadableStream({
        pull: (controller) => controller.enqueue(bytes("x")),
        cancel: () => void cancelled++,
      });
      const response = new Response(source, { status });
      const reader = response.body!.getReader();
      await reader.read();
      reader.releaseLock();
      assert.equal((await read(response)).message, NOT_A_RESPONSE);
      assert.equal(cancelled, 1);
    });
  }

  test("getStatus() returns a network failure if the same Response is returned a second time", async () => {
    const response = new Response(STATUS);
    assert.equal((await read(response)).kind, "StatusInfo");
    assert.equal((await read(response)).message, NOT_A_RESPONSE);
  });

  for (const status of [200, 404, 500]) {
    for (const reader of [undefined, null, 0, "", false]) {
      test(`getStatus() returns a network failure for a ${status} whose getReader returns ${JSON.stringify(reader)}`, async () => {
        const result = await read({ status, url: "", headers, body: { getReader: () => reader } });
        assert.equal(result.message, NOT_A_RESPONSE);
        assert.ok(!("http" in result));
      });
    }
  }

  for (const name of ["status", "url", "headers", "body", "bodyUsed", "then"]) {
    test(`getStatus() returns what a getter for ${name} throws as cause`, async () => {
      const result = await read(throwing(name));
      assert.ok(result.kind === "ServerError" && result.reason === "network");
      assert.equal((result.cause as Error).message, `${name} was read`);
      assert.equal(result.message, name === "then" ? "Request failed: see cause" : NOT_A_RESPONSE);
    });
  }

  test("getStatus() reads each member of a response once", async () => {
    const reads: string[] = [];
    const response = new Proxy(new Response(STATUS), {
      get(target, name) {
        if (name !== "then") reads.push(String(name));
        const value: unknown = Reflect.get(target, name, target);
        return value;
      },
    });
    assert.equal((await read(response)).kind, "StatusInfo");
    assert.deepEqual(reads.sort(), ["body", "bodyUsed", "headers", "status", "url"]);
  });

  test("getStatus() ignores what a forEach passes to its callback later", async () => {
    let callback: (value: unknown, name: string) => void = () => {};
    const result = await read({
      status: 500,
      url: "",
      headers: { forEach: (given: typeof callback) => (callback = given) },
      body: null,
    });
    callback(5, "x");
    assert.deepEqual(result.http?.headers, {});
  });

  test("getStatus() keeps a response header named __proto__", async () => {
    const result = await read({ status: 500, url: "", headers: new Map([["__proto__", "x"]]), body: null });
    assert.ok(Object.hasOwn(result.http!.headers, "__proto__"));
    assert.equal(Object.getPrototypeOf(result.http!.headers), Object.prototype);
  });

  test("getStatus() does not reject, whatever a fetch returns", async () => {
    const values = [undefined, null, true, 0, 5n, "", "{}", Symbol("x"), [], {}, () => {}, new Date(), NaN, new Map()];
    for (const value of values) assert.equal((await read(value)).message, NOT_A_RESPONSE);
    for (const status of values) await read({ status, url: "", headers, body: null });
    for (const url of values) await read({ status: 200, url, headers, body: null });
    for (const given of values) await read({ status: 200, url: "", headers: given, body: null });
    for (const body of values) await read({ status: 200, url: "", headers, body });
    for (const reader of values) await read({ status: 200, url: "", headers, body: { getReader: () => reader } });
    for (const chunk of values) {
      const body = { getReader: () => ({ read: async () => chunk, cancel: async () => {} }) };
      await read({ status: 200, url: "", headers, body });
    }
    for (const chunk of values) await read({ status: 200, url: "", headers, body: stream(chunk) });
  });
});

describe("a header name that is not a string", (test) => {
  for (const name of [5, Symbol("x"), null]) {
    test(`getStatus() returns a network failure without a cause for ${String(name)}`, async () => {
      const result = await read({ status: 200, url: "", headers: new Map([[name, "a"]]), body: null });
      assert.deepEqual(result, { kind: "ServerError", reason: "network", message: NOT_A_RESPONSE });
    });
  }
});

describe("a status", (test) => {
  for (const [status, outcome] of [
    [-1, "ServerError http"],
    [20, "ServerError http"],
    [199, "ServerError http"],
    [200, "StatusInfo"],
    [299, "StatusInfo"],
    [300, "ServerError http"],
    [999, "ServerError http"],
    [2000, "ServerError http"],
  ] as const) {
    test(`getStatus() returns a ${outcome} for a status document with the status ${status}`, async () => {
      const response = { status, url: "", headers: new Headers(), body: stream(bytes(STATUS)) };
      const { kind, reason } = await read(response);
      assert.equal(reason === undefined ? kind : `${kind} ${reason}`, outcome);
    });
  }
});

describe("a chunk", (test) => {
  const headers = new Headers();

  for (const maxBytes of [500_000_000, 500_000_001, Infinity]) {
    test(`getStatus() reads at most 500,000,000 bytes if maxBytes is ${maxBytes}`, async () => {
      // Chunks that claim a length, without the memory.
      const claim = (length: number): unknown => Object.defineProperty(bytes(STATUS), "length", { value: length });
      const fits = await read({ status: 200, url: "", headers, body: stream(claim(500_000_000)) }, maxBytes);
      assert.equal(fits.kind, "StatusInfo");
      const over = await read({ status: 200, url: "", headers, body: stream(claim(500_000_001)) }, maxBytes);
      assert.equal(over.message, "Response body is too large (see maxBytes)");
    });
  }

  for (const [name, chunk] of [
    ["a string", "text"],
    ["a number", 5],
    ["null", null],
    ["undefined", undefined],
    ["an array", [123, 125]],
    ["an ArrayBuffer", new ArrayBuffer(5)],
    ["a DataView", new DataView(new ArrayBuffer(5))],
    ["16-bit integers", new Uint16Array(5)],
    ["floats", new Float64Array(5)],
    ["an object that claims to be bytes", { BYTES_PER_ELEMENT: 1, length: 1, byteLength: 1 }],
  ] as [string, unknown][]) {
    test(`getStatus() treats a chunk that is ${name} as a body that broke off, and cancels the stream`, async () => {
      const broken = stream(bytes("a"), chunk, bytes("b"));
      const success = await read({ status: 200, url: "", headers, body: broken });
      assert.ok(success.kind === "ServerError" && success.reason === "network");
      assert.equal(success.message, BROKEN);
      assert.ok(success.cause instanceof TypeError);
      assert.equal(success.cause.message, "Chunk is not a byte array");
      assert.deepEqual(success.http, { status: 200, url: URL_REQUESTED, headers: {} });
      assert.equal(broken.cancelled, 1);

      const other = stream(bytes("a"), chunk, bytes("b"));
      const error = await read({ status: 500, url: "", headers, body: other });
      assert.ok(error.kind === "ServerError" && error.reason === "http");
      assert.equal(error.body, "a");
      assert.equal(other.cancelled, 1);
    });
  }

  for (const [name, chunk] of [
    ["a Uint8Array", bytes(STATUS)],
    ["a Buffer", Buffer.from(STATUS)],
    ["a Uint8ClampedArray", new Uint8ClampedArray(bytes(STATUS))],
    ["an Int8Array", new Int8Array(bytes(STATUS))],
    ["a Uint8Array of another realm", vm.runInNewContext("new Uint8Array(bytes)", { bytes: [...bytes(STATUS)] })],
  ] as [string, unknown][]) {
    test(`getStatus() reads a chunk that is ${name}`, async () => {
      const result = await read({ status: 200, url: "", headers, body: stream(chunk) });
      assert.equal(result.kind, "StatusInfo");
    });
  }

  test("getStatus() returns a network failure if a chunk cannot be decoded", async () => {
    const chunk = Object.assign(bytes(STATUS), { subarray: () => "text" });
    const body = stream(chunk);
    const result = await read({ status: 200, url: "", headers, body });
    assert.equal(result.message, BROKEN);
    assert.equal(body.cancelled, 1);
  });

  test("getStatus() returns a network failure if the platform has no TextDecoder", async () => {
    const { TextDecoder: platform } = globalThis;
    try {
      Reflect.deleteProperty(globalThis, "TextDecoder");
      const result = await read(new Response(STATUS));
      assert.equal(result.message, BROKEN);
      assert.ok(result.kind === "ServerError" && result.cause instanceof ReferenceError);
    } finally {
      globalThis.TextDecoder = platform;
    }
  });
});

describe("a stream that is not read to its end", (test) => {
  const headers = new Headers();
  test("getStatus() cancels a body that is over maxBytes, and no body that has ended", async () => {
    for (const status of [200, 404, 500]) {
      const over = stream(bytes(STATUS), bytes("x"));
      await read({ status, url: "", headers, body: over }, 5);
      assert.equal(over.cancelled, 1);
      const whole = stream(bytes(STATUS));
      await read({ status, url: "", headers, body: whole });
      assert.equal(whole.cancelled, 0);
    }
  });

  test("getStatus() cancels a body whose read rejects", async () => {
    let cancelled = 0;
    const body = {
      getReader: () => ({ read: () => Promise.reject(new Error("x")), cancel: async () => void cancelled++ }),
    };
    await read({ status: 200, url: "", headers, body });
    assert.equal(cancelled, 1);
  });

  for (const [name, cancel] of [
    ["rejects", () => Promise.reject(new Error("cancel"))],
    [
      "throws",
      () => {
        throw new Error("cancel");
      },
    ],
    ["never settles", () => new Promise(() => {})],
    ["returns nothing", () => undefined],
    ["is missing", undefined],
  ] as [string, unknown][]) {
    test(`getStatus() ignores a cancel that ${name}`, async () => {
      const unhandled: unknown[] = [];
      const listen = (error: unknown): unknown => unhandled.push(error);
      process.on("unhandledRejection", listen);
      const body = { getReader: () => ({ read: async () => ({ done: false, value: "text" }), cancel }) };
      const broken = await read({ status: 200, url: "", headers, body });
      const invalid = await read({ status: "200", url: "", headers, body });
      await new Promise((done) => setImmediate(done));
      process.off("unhandledRejection", listen);
      assert.equal(broken.message, BROKEN);
      assert.equal(invalid.message, NOT_A_RESPONSE);
      assert.deepEqual(unhandled, []);
    });
  }
});

describe("another realm", (test) => {
  test("getStatus() and the guards do not depend on the realm of a value", async () => {
    const context = vm.createContext({ text: STATUS });
    const headers: unknown = vm.runInContext("({ forEach(callback) { callback('1', 'X-A'); } })", context);
    const body: unknown = vm.runInContext("({ getReader: () => ({ read: async () => ({ done: true }) }) })", context);
    const result = await read({ status: 500, url: "", headers, body });
    assert.deepEqual(result.http?.headers, { "x-a": "1" });
    const stored: unknown = vm.runInContext(`(${JSON.stringify(result)})`, context);
    assert.ok(isServerError(stored));
    const status = await getStatus("https://h", "j", { fetch: async () => new Response(STATUS) });
    assert.ok(isStatusInfo(vm.runInContext(`(${JSON.stringify(status)})`, context)));
  });

  test("getStatus() sends headers from another realm", async () => {
    for (const code of [
      '({ "X-A": "1" })',
      '[["X-A", "1"]]',
      'new Map([["X-A", "1"]])',
      '({ forEach(callback) { callback("1", "X-A"); } })',
    ]) {
      let sent: unknown;
      await getStatus("https://h", "j", {
        headers: vm.runInNewContext(code) as Record<string, string>,
        fetch: async (_, init) => {
          sent = init.headers;
          return new Response("");
        },
      });
      assert.deepEqual(sent, { accept: "application/json", "x-a": "1" });
    }
  });
});
