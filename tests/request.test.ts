import assert from "node:assert/strict";
import { Headers as UndiciHeaders } from "undici";
import { getStatus, type Fetch, type FetchInit, type RequestHeaders } from "../src/get-status.ts";
import { answering, rejection } from "./support/stub.ts";
import { describe } from "./support/suite.ts";

const STATUS = { jobID: "j", status: "running" };

async function sent(headers?: RequestHeaders): Promise<FetchInit> {
  const fetch = answering(STATUS);
  await getStatus("https://h", "j", headers === undefined ? { fetch } : { fetch, headers });
  assert.equal(fetch.calls.length, 1);
  return fetch.calls[0]![1];
}

describe("the request", (test) => {
  test("getStatus() sends one GET that accepts JSON, and nothing more", async () => {
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

  test("getStatus() passes the signal on where there is one, and leaves the member out where not", async () => {
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

  test("getStatus() calls fetch as a bare function", async () => {
    const seen: unknown[] = [];
    const opts = {
      async fetch(this: unknown): Promise<Response> {
        seen.push(this);
        return Response.json(STATUS);
      },
    };
    await getStatus("https://h", "j", opts as { fetch: Fetch });
    assert.deepEqual(seen, [undefined]);
  });

  test("getStatus() looks the platform's fetch up at the call", async () => {
    const platform = globalThis.fetch;
    try {
      globalThis.fetch = async () => Response.json({ jobID: "patched", status: "running" });
      const result = await getStatus("https://h", "j");
      assert.equal(result.kind === "StatusInfo" && result.jobID, "patched");
    } finally {
      globalThis.fetch = platform;
    }
  });

  test("getStatus() changes neither its options nor shares them with the request", async () => {
    const headers = Object.freeze({ "x-a": "1" });
    const fetch = answering(STATUS);
    await getStatus("https://h", "j", Object.freeze({ fetch, headers }));
    await getStatus("https://h", "j", Object.freeze({ fetch, headers }));
    const [first, second] = fetch.calls;
    assert.notEqual(first![1].headers, headers as object);
    assert.notEqual(first![1].headers, second![1].headers);
  });
});

describe("unusable options", (test) => {
  const refused: [string, unknown][] = [
    ["a value that is undefined", { "x-key": undefined }],
    ["a value that is null", { "x-key": null }],
    ["a value that is a number", { "x-key": 5 }],
    ["a value that is an array", { "x-key": ["secret"] }],
    ["a value that is an object", { "x-key": { toString: () => "secret" } }],
    ["a pair with an undefined value", [["x-key", undefined]]],
    ["a pair with one part", [["x-key"]]],
    ["a pair with three parts", [["x-key", "secret", "secret"]]],
    ["pairs that are none", ["secret"]],
    ["a null pair", [null]],
    ["a line break in a value", { "x-key": "secret\r\nx: 1" }],
    ["a NUL in a value", { "x-key": "secret\0" }],
    ["a value beyond Latin-1", { "x-key": "secret €" }],
    ["a space in a name", { "x key": "secret" }],
    ["an empty name", { "": "secret" }],
    ["null", null],
    ["a number", 5],
    ["a string", "secret: 1"],
    ["a boolean", true],
  ];
  for (const [name, headers] of refused) {
    test(`getStatus() rejects headers with ${name}, without repeating a value`, async () => {
      const fetch = answering(STATUS);
      const error = await rejection(getStatus("https://h", "j", { fetch, headers: headers as RequestHeaders }));
      assert.ok(error instanceof TypeError);
      assert.equal(error.message, "getStatus: headers cannot be sent");
      assert.equal(error.cause, undefined);
      assert.doesNotMatch(String(error.stack), /secret/);
      assert.deepEqual(fetch.calls, []);
    });
  }

  for (const fetch of [null, 5, "fetch", {}, true]) {
    test(`getStatus() rejects ${JSON.stringify(fetch)} as fetch`, async () => {
      const error = await rejection(getStatus("https://h", "j", { fetch: fetch as never }));
      assert.ok(error instanceof TypeError);
      assert.equal(error.message, "getStatus: fetch is no function");
    });
  }

  for (const maxBytes of [NaN, -1, -0.001, -Infinity, "5", null, {}, [5], true, 5n]) {
    test(`getStatus() rejects ${typeof maxBytes} ${String(maxBytes)} as maxBytes`, async () => {
      const fetch = answering(STATUS);
      const error = await rejection(getStatus("https://h", "j", { fetch, maxBytes: maxBytes as number }));
      assert.ok(error instanceof TypeError);
      assert.equal(error.message, "getStatus: maxBytes is no number >= 0");
      assert.deepEqual(fetch.calls, []);
    });
  }

  for (const maxBytes of [0, -0, 0.5, 1e9, Infinity, undefined]) {
    test(`getStatus() takes ${maxBytes} as maxBytes`, async () => {
      const result = await getStatus("https://h", "j", { fetch: answering(""), maxBytes });
      assert.equal(result.kind === "ServerError" && result.reason, "malformed");
    });
  }

  test("getStatus() rejects an unusable argument rather than with the signal's reason", async () => {
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
