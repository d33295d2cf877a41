import assert from "node:assert/strict";
import { Headers as UndiciHeaders } from "undici";
import { getStatus, type Fetch, type GetStatusOptions } from "../src/get-status.ts";
import { answering, rejection, type FetchInit } from "./support/stub.ts";
import { describe } from "./support/suite.ts";

type RequestHeaders = NonNullable<GetStatusOptions["headers"]>;
const STATUS = { jobID: "j", status: "running" };

async function sent(headers?: RequestHeaders): Promise<FetchInit> {
  const fetch = answering(STATUS);
  await getStatus("https://h", "j", headers === undefined ? { fetch } : { fetch, headers });
  assert.equal(fetch.calls.length, 1);
  return fetch.calls[0]![1];
}

describe("the request", (test) => {
  test("getStatus() sends a single GET that accepts JSON", async () => {
    assert.deepEqual(await sent(), { method: "GET", headers: { accept: "application/json" } });
  });

  const given: [string, RequestHeaders, Record<string, string>][] = [
    ["no headers", {}, { accept: "application/json" }],
    ["no pairs", [], { accept: "application/json" }],
    [
      "a record",
      { Authorization: "Bearer t", "X-A": "1" },
      { accept: "application/json", authorization: "Bearer t", "x-a": "1" },
    ],
    ["pairs", [["Authorization", "Bearer t"]], { accept: "application/json", authorization: "Bearer t" }],
    [
      "a Headers",
      new Headers({ Authorization: "Bearer t" }),
      { accept: "application/json", authorization: "Bearer t" },
    ],
    ["a Headers of undici", new UndiciHeaders({ "X-A": "1" }), { accept: "application/json", "x-a": "1" }],
    ["accept", { accept: "text/html" }, { accept: "text/html" }],
    ["Accept", { Accept: "text/html" }, { accept: "text/html" }],
    ["ACCEPT in pairs", [["ACCEPT", "text/html"]], { accept: "text/html" }],
    ["aCCept in a Headers", new Headers([["aCCept", "text/html"]]), { accept: "text/html" }],
    ["an empty Accept", { Accept: "" }, { accept: "" }],
    [
      "a name twice",
      [
        ["X-A", "1"],
        ["x-a", "2"],
      ],
      { accept: "application/json", "x-a": "1, 2" },
    ],
    ["a Map", new Map([["X-A", "1"]]), { accept: "application/json", "x-a": "1" }],
    [
      "a Set of pairs",
      new Set<[string, string]>([
        ["X-A", "1"],
        ["X-B", "2"],
      ]),
      { accept: "application/json", "x-a": "1", "x-b": "2" },
    ],
    ["a URLSearchParams", new URLSearchParams("x-a=1"), { accept: "application/json", "x-a": "1" }],
    [
      "a generator",
      (function* (): Generator<[string, string]> {
        yield ["X-A", "1"];
        yield ["X-B", "2"];
      })(),
      { accept: "application/json", "x-a": "1", "x-b": "2" },
    ],
    ["a pair that is a Set", [new Set(["X-A", "1"])] as never, { accept: "application/json", "x-a": "1" }],
    [
      "an object with nothing but forEach",
      {
        forEach(callback) {
          callback("Bearer t", "Authorization");
          callback("1", "X-A");
        },
      },
      { accept: "application/json", authorization: "Bearer t", "x-a": "1" },
    ],
    [
      "an object with the same name twice in forEach",
      {
        forEach(callback) {
          callback("1", "X-A");
          callback("2", "X-A");
          callback("3", "x-a");
        },
      },
      { accept: "application/json", "x-a": "1, 2, 3" },
    ],
    [
      "an instance of a class with forEach",
      new (class {
        forEach(callback: (value: string, name: string) => void): void {
          callback("1", "X-A");
        }
      })(),
      { accept: "application/json", "x-a": "1" },
    ],
    ["a header named forEach", { forEach: "1" } as never, { accept: "application/json", foreach: "1" }],
    [
      "a header named __proto__",
      [["__proto__", "1"]],
      JSON.parse('{"accept":"application/json","__proto__":"1"}') as Record<string, string>,
    ],
    ["Latin-1 in a value", { "x-name": "Jürgen" }, { accept: "application/json", "x-name": "Jürgen" }],
    ["a name of Object.prototype", { constructor: "1" } as never, { accept: "application/json", constructor: "1" }],
  ];
  for (const [name, headers, expected] of given) {
    test(`getStatus() sends ${name} as given, in a plain record of lower-case names`, async () => {
      const init = await sent(headers);
      assert.deepEqual(init.headers, expected);
      assert.deepEqual({ ...init.headers }, expected);
    });
  }

  test("getStatus() reads the headers of the caller once", async () => {
    let reads = 0;
    const pairs: [string, string][] = [["X-A", "1"]];
    const count = (): [string, string][] => (reads++, pairs);
    const once: [string, RequestHeaders][] = [
      ["an iterable", { [Symbol.iterator]: () => count().values() }],
      ["an object with forEach", { forEach: (callback) => count().forEach(([name, value]) => callback(value, name)) }],
      ["a record", Object.defineProperty({}, "X-A", { enumerable: true, get: () => count()[0]![1] })],
    ];
    for (const [name, headers] of once) {
      reads = 0;
      assert.equal((await sent(headers)).headers["x-a"], "1", name);
      assert.equal(reads, 1, name);
    }
    reads = 0;
    const opts = {
      fetch: answering(STATUS),
      get headers() {
        return count();
      },
    };
    await getStatus("https://h", "j", opts);
    assert.equal(reads, 1, "the option");
  });

  test("getStatus() sets no timer", async () => {
    const { setTimeout, setInterval, setImmediate } = globalThis;
    const timers: string[] = [];
    try {
      for (const name of ["setTimeout", "setInterval", "setImmediate"])
        Object.assign(globalThis, { [name]: () => timers.push(name) });
      // Not a Response, whose platform may set timers itself.
      const body = { getReader: () => ({ read: async () => ({ done: true }), cancel: async () => {} }) };
      for (const status of [200, 404, 429, 503])
        await getStatus("https://h", "j", { fetch: async () => ({ status, url: "", headers: new Map(), body }) });
      await getStatus("https://h", "j", { fetch: () => Promise.reject(new Error("x")) });
    } finally {
      Object.assign(globalThis, { setTimeout, setInterval, setImmediate });
    }
    assert.deepEqual(timers, []);
  });

  test("getStatus() passes the signal on, and omits the member if there is none", async () => {
    const { signal } = new AbortController();
    const fetch = answering(STATUS);
    await getStatus("https://h", "j", { fetch, signal });
    await getStatus("https://h", "j", { fetch, signal: undefined });
    await getStatus("https://h", "j", { fetch, signal: null as never });
    assert.equal(fetch.calls[0]![1].signal, signal);
    assert.deepEqual(
      fetch.calls.map(([, init]) => Object.keys(init)),
      [
        ["method", "headers", "signal"],
        ["method", "headers"],
        ["method", "headers"],
      ],
    );
  });

  test("getStatus() calls fetch as a bare function, with two arguments", async () => {
    const seen: unknown[] = [];
    const opts = {
      async fetch(this: unknown, ...args: unknown[]): Promise<Response> {
        seen.push(this, args.length);
        return Response.json(STATUS);
      },
    };
    await getStatus("https://h", "j", opts as { fetch: Fetch });
    assert.deepEqual(seen, [undefined, 2]);
  });

  test("getStatus() looks up the platform's fetch when called", async () => {
    const platform = globalThis.fetch;
    try {
      globalThis.fetch = async () => Response.json({ jobID: "patched", status: "running" });
      for (const opts of [undefined, {}, { fetch: undefined }]) {
        const result = await getStatus("https://h", "j", opts);
        assert.equal(result.kind === "StatusInfo" && result.jobID, "patched");
      }
    } finally {
      globalThis.fetch = platform;
    }
  });

  test("getStatus() neither changes its options nor shares them with the request", async () => {
    const headers = Object.freeze({ "x-a": "1" });
    const fetch = answering(STATUS);
    await getStatus("https://h", "j", Object.freeze({ fetch, headers }));
    await getStatus("https://h", "j", Object.freeze({ fetch, headers }));
    const [first, second] = fetch.calls;
    assert.notEqual(first![1].headers, headers as object);
    assert.notEqual(first![1].headers, second![1].headers);
  });
});

type Add = (value: unknown, name: unknown) => void;

function formDataWithFile(): FormData {
  const data = new FormData();
  data.set("x-key", new Blob(["secret"]));
  return data;
}

describe("invalid options", (test) => {
  const refused: [string, unknown][] = [
    ["a value that is undefined", { "x-key": undefined }],
    ["a value that is null", { "x-key": null }],
    ["a value that is a number", { "x-key": 5 }],
    ["a value that is an array", { "x-key": ["secret"] }],
    ["a value that is an object", { "x-key": { toString: () => "secret" } }],
    ["a pair with an undefined value", [["x-key", undefined]]],
    ["a pair with one part", [["x-key"]]],
    ["a pair with three parts", [["x-key", "secret", "secret"]]],
    ["strings in place of pairs", ["secret"]],
    ["strings of two characters in place of pairs", ["ab"]],
    ["a pair with a name that is a number", [[5, "secret"]]],
    ["a null pair", [null]],
    ["a pair with a hole", [["x-key", ,]]],
    ["a pair that is not iterable", [{ 0: "x-key", 1: "secret", length: 2 }]],
    ["a line break in a value", { "x-key": "secret\r\nx: 1" }],
    ["a NUL in a value", { "x-key": "secret\0" }],
    ["a value beyond Latin-1", { "x-key": "secret €" }],
    ["a space in a name", { "x key": "secret" }],
    ["an empty name", { "": "secret" }],
    ["null", null],
    ["a number", 5],
    ["a string", "secret: 1"],
    ["a boolean", true],
    ["a function", () => "secret"],
    ["a symbol", Symbol("secret")],
    ["a Map of a value that is a number", new Map([["x-key", 5]])],
    ["a Map of a value that is undefined", new Map([["x-key", undefined]])],
    [
      "a generator of values that are numbers",
      (function* () {
        yield ["x-key", 5];
      })(),
    ],
    ["a FormData with a file", formDataWithFile()],
    ["a forEach that gives a value that is undefined", { forEach: (add: Add) => add(undefined, "x-key") }],
    ["a forEach that gives a name that is a number", { forEach: (add: Add) => add("secret", 5) }],
    [
      "a forEach that throws",
      {
        forEach() {
          throw new Error("secret");
        },
      },
    ],
    [
      "an iterator that throws",
      {
        [Symbol.iterator]() {
          throw new Error("secret");
        },
      },
    ],
  ];
  for (const [name, headers] of refused) {
    test(`getStatus() rejects headers with ${name}, without repeating a value`, async () => {
      const fetch = answering(STATUS);
      const error = await rejection(getStatus("https://h", "j", { fetch, headers: headers as RequestHeaders }));
      assert.ok(error instanceof TypeError);
      assert.equal(error.message, "getStatus: headers must have valid names and string values");
      assert.equal(error.cause, undefined);
      assert.doesNotMatch(String(error.stack), /secret/);
      assert.deepEqual(fetch.calls, []);
    });
  }

  for (const fetch of [null, 5, "fetch", {}, true]) {
    test(`getStatus() rejects ${JSON.stringify(fetch)} as fetch`, async () => {
      const error = await rejection(getStatus("https://h", "j", { fetch: fetch as never }));
      assert.ok(error instanceof TypeError);
      assert.equal(error.message, "getStatus: fetch must be a function (pass one if the platform has none)");
    });
  }

  test("getStatus() rejects a missing fetch if the platform has none", async () => {
    const platform = globalThis.fetch;
    try {
      for (const remove of [
        () => Reflect.deleteProperty(globalThis, "fetch"),
        () => Object.assign(globalThis, { fetch: undefined }),
      ]) {
        remove();
        const error = await rejection(getStatus("https://h", "j"));
        assert.ok(error instanceof TypeError);
        assert.equal(error.message, "getStatus: fetch must be a function (pass one if the platform has none)");
        assert.equal((await getStatus("https://h", "j", { fetch: answering(STATUS) })).kind, "StatusInfo");
      }
    } finally {
      globalThis.fetch = platform;
    }
  });

  for (const opts of [null, 5, "x", true, () => {}, Symbol("x")]) {
    test(`getStatus() rejects ${typeof opts} ${String(opts)} as opts`, async () => {
      const error = await rejection(getStatus("x", "", opts as never));
      assert.ok(error instanceof TypeError);
      assert.equal(error.message, "getStatus: opts must be an object");
    });
  }

  for (const [name, signal] of [
    ["the controller", new AbortController()],
    ["an object", {}],
    ["an object whose throwIfAborted is not a function", { throwIfAborted: true, aborted: false }],
    ["a number", 5],
    ["zero", 0],
    ["a string", "abort"],
    ["an empty string", ""],
    ["false", false],
  ]) {
    test(`getStatus() rejects ${String(name)} as signal, and sends nothing`, async () => {
      const fetch = answering(STATUS);
      const error = await rejection(getStatus("https://h", "j", { fetch, signal: signal as never }));
      assert.ok(error instanceof TypeError);
      assert.equal(error.message, "getStatus: signal must be an AbortSignal");
      assert.deepEqual(fetch.calls, []);
    });
  }

  test("getStatus() checks its arguments in the order opts, baseUrl, jobId, headers, fetch, signal, maxBytes", async () => {
    const invalid = { headers: 5, fetch: 5, signal: 5, maxBytes: NaN };
    const calls: [string, Promise<unknown>][] = [
      ["opts", getStatus("x", "", null as never)],
      ["baseUrl", getStatus("x", "", invalid as never)],
      ["baseUrl", getStatus("https://user@h", "", invalid as never)],
      ["jobId", getStatus("https://h", "", invalid as never)],
      ["headers", getStatus("https://h", "j", invalid as never)],
      ["fetch", getStatus("https://h", "j", { ...invalid, headers: {} } as never)],
      ["signal", getStatus("https://h", "j", { ...invalid, headers: {}, fetch: answering(STATUS) } as never)],
      ["maxBytes", getStatus("https://h", "j", { maxBytes: NaN, fetch: answering(STATUS) })],
    ];
    for (const [name, call] of calls)
      assert.match(String(await rejection(call)), new RegExp(`^TypeError: getStatus: ${name} `));
  });

  for (const maxBytes of [NaN, -1, -0.001, -Infinity, "5", null, {}, [5], true, 5n]) {
    test(`getStatus() rejects ${typeof maxBytes} ${String(maxBytes)} as maxBytes`, async () => {
      const fetch = answering(STATUS);
      const error = await rejection(getStatus("https://h", "j", { fetch, maxBytes: maxBytes as number }));
      assert.ok(error instanceof TypeError);
      assert.equal(error.message, "getStatus: maxBytes must be a non-negative number");
      assert.deepEqual(fetch.calls, []);
    });
  }

  for (const maxBytes of [0, -0, 0.5, 1e9, Infinity, undefined]) {
    test(`getStatus() accepts ${maxBytes} as maxBytes`, async () => {
      const result = await getStatus("https://h", "j", { fetch: answering(""), maxBytes });
      assert.equal(result.kind === "ServerError" && result.reason, "malformed");
    });
  }

  test("getStatus() rejects an invalid argument rather than with the signal's reason", async () => {
    const signal = AbortSignal.abort(new Error("late"));
    for (const call of [
      getStatus("x", "j", { signal }),
      getStatus("https://h", "", { signal }),
      getStatus("https://h", "j", { signal, maxBytes: NaN }),
      getStatus("https://h", "j", { signal, fetch: null as never }),
      getStatus("https://h", "j", { signal, headers: null as never }),
    ])
      assert.ok((await rejection(call)) instanceof TypeError);
  });
});
