import assert from "node:assert/strict";
import vm from "node:vm";
import { getStatus, isNotFound, isServerError, isStatusInfo, type Fetch, type Result } from "../src/get-status.ts";
import { answering, chunks } from "./support/stub.ts";
import { describe } from "./support/suite.ts";

const guards = { StatusInfo: isStatusInfo, NotFound: isNotFound, ServerError: isServerError };

function which(value: unknown): string[] {
  return Object.entries(guards)
    .filter(([, guard]) => {
      const holds: unknown = guard(value);
      assert.equal(typeof holds, "boolean");
      return holds;
    })
    .map(([kind]) => kind);
}

const limit = new AbortController();
const expired = AbortSignal.abort(new DOMException("x", "TimeoutError"));
const fetches: [string, Fetch, AbortSignal?][] = [
  ["a bare StatusInfo", answering({ jobID: "j", status: "running" })],
  [
    "a full StatusInfo",
    answering({
      jobID: "j",
      status: "failed",
      type: "process",
      processID: "p",
      message: "m",
      created: "c",
      started: "s",
      finished: "f",
      updated: "u",
      progress: "12.5",
      exception: { type: "t", title: "T", detail: "d", instance: "i", status: 400 },
      links: [{ href: "r", rel: "self", type: "a/b", hreflang: "en", title: "T" }, { href: "x" }],
      extra: [null],
    }),
  ],
  ["an unknown StatusInfo", answering({ id: "j", status: "captured" })],
  ["a NotFound", answering({ type: "NoSuchJob", status: 404 }, { status: 404 })],
  ["a NotFound without a body", answering("", { status: 404 })],
  ["a gone job", answering("", { status: 410 })],
  ["an http error", answering({ title: "t" }, { status: 500 })],
  ["an http error without a body", answering("", { status: 503, headers: {} })],
  ["a malformed answer", answering("<p>")],
  ["a network failure without a head", () => Promise.reject(new Error("x"))],
  ["a network failure without a cause", () => Promise.reject()],
  ["a network failure with a head", async () => new Response(chunks(["{"], { error: new Error("x") }))],
  [
    "a timeout with a head",
    async () => (limit.abort(expired.reason), new Response(chunks(["{"], { error: new Error("x") }))),
    limit.signal,
  ],
  ["a timeout without a head", answering(""), expired],
];

const results: [string, Result][] = [];
for (const [name, fetch, signal] of fetches) results.push([name, await getStatus("https://h", "j", { fetch, signal })]);

describe("the guards", (test) => {
  for (const [name, result] of results) {
    test(`exactly one guard holds for ${name}, unchanged, as JSON and cloned`, () => {
      assert.deepEqual(which(result), [result.kind]);
      assert.deepEqual(which(JSON.parse(JSON.stringify(result))), [result.kind]);
      assert.deepEqual(which(structuredClone(result)), [result.kind]);
      assert.deepEqual(which(Object.freeze(result)), [result.kind]);
    });
    test(`a guard holds for ${name} with members that the type does not name`, () => {
      const more = { retryAfter: null, http2: 5 };
      assert.deepEqual(which({ ...result, ...more }), [result.kind]);
      for (const path of ["http", "exception", "document", "links.0"]) {
        const [name = "", index] = path.split(".");
        const nested = structuredClone(result) as unknown as Record<string, object[] | undefined>;
        const target = index === undefined ? nested[name] : nested[name]?.[Number(index)];
        if (target) Object.assign(target, more);
        assert.deepEqual(which(nested), [result.kind], path);
      }
    });
    test(`a guard ignores the cause of ${name}`, () => {
      const { cause: _, ...rest } = result as { cause?: unknown };
      for (const cause of [null, 5, "x", {}]) assert.deepEqual(which({ ...rest, cause }), [result.kind]);
      assert.deepEqual(which(rest), [result.kind]);
    });
    test(`no guard holds for ${name} of another or no kind`, () => {
      for (const kind of ["statusinfo", "", undefined, null, 5, "Result", "NetworkError", ["StatusInfo"]]) {
        assert.deepEqual(which({ ...result, kind }), []);
      }
      for (const kind of Object.keys(guards))
        if (kind !== result.kind) assert.deepEqual(which({ ...result, kind }), []);
    });
  }

  for (const value of [
    undefined,
    null,
    true,
    0,
    NaN,
    5n,
    "",
    "StatusInfo",
    Symbol("x"),
    [],
    {},
    () => {},
    new Date(),
    new Error("x"),
    Object.create(null),
    new Response(),
    [results[0]![1]],
    { kind: "StatusInfo" },
    { kind: "NotFound" },
    { kind: "ServerError" },
    { kind: "ServerError", reason: "network" },
  ]) {
    test(`no guard holds for ${typeof value} ${Object.prototype.toString.call(value)}`, () =>
      assert.deepEqual(which(value), []));
  }
});

/** Sets the member at a path to each value, one at a time. */
function set(value: unknown, path: string, member: unknown): unknown {
  const copy = structuredClone(value) as Record<string, unknown>;
  const names = path.split(".");
  const last = names.pop()!;
  let target = copy;
  for (const name of names) target = target[name] as Record<string, unknown>;
  if (member === REMOVED) delete target[last];
  else target[last] = member;
  return copy;
}
const REMOVED = Symbol("removed");

describe("a near miss", (test) => {
  const [, full] = results[1]!;
  const [, missing] = results[3]!;
  const [, http] = results[6]!;
  const [, network] = results[11]!;
  const [, timeout] = results[12]!;
  const required = [REMOVED, undefined, null, 5, true, {}, [], ""];
  const optional = [null, 5, true, {}, [], ""];
  const cases: [string, Result, string, unknown[]][] = [
    ["jobID", full, "jobID", required],
    [
      "status",
      full,
      "status",
      [...required, "Running", "queued", "captured", "constructor", { toString: 1 }, Object.create(null)],
    ],
    ...["type", "processID", "message", "created", "started", "finished", "updated"].map(
      (name): [string, Result, string, unknown[]] => [name, full, name, optional],
    ),
    ["progress", full, "progress", [null, "50", -1, 101, NaN, Infinity, "", true, {}, [], [5]]],
    ["exception", full, "exception", [null, 5, "x", {}, [], { status: 400 }, { instance: "i" }, { type: "" }]],
    ...["type", "title", "detail", "instance"].map((name): [string, Result, string, unknown[]] => [
      `exception.${name}`,
      full,
      `exception.${name}`,
      optional,
    ]),
    ["exception.status", full, "exception.status", [null, "400", 400.5, NaN, {}, true]],
    [
      "links",
      full,
      "links",
      [
        REMOVED,
        undefined,
        null,
        {},
        "x",
        5,
        { length: 0 },
        [null],
        ["x"],
        [{}],
        [[]],
        new Array(1),
        Object.assign(new Array(2), { 1: { href: "x" } }),
        [{ href: "" }],
        [{ href: 5 }],
        [{ href: "x" }, null],
      ],
    ],
    ...["rel", "type", "hreflang", "title"].map((name): [string, Result, string, unknown[]] => [
      `links.0.${name}`,
      full,
      `links.0.${name}`,
      optional,
    ]),
    [
      "document",
      full,
      "document",
      [REMOVED, undefined, null, {}, [], "x", 5, { status: "" }, { status: 5 }, { status: null }],
    ],
    ...[full, missing, http, network, timeout].flatMap((result): [string, Result, string, unknown[]][] => [
      ["http.status", result, "http.status", [REMOVED, undefined, null, "200", 200.5, NaN, Infinity, {}]],
      ["http.url", result, "http.url", required],
      [
        "http.headers",
        result,
        "http.headers",
        [REMOVED, undefined, null, [], "x", 5, true, new Date(), new Map(), { a: 5 }, { a: null }, { a: ["x"] }],
      ],
    ]),
    ...[full, missing, http].map((result): [string, Result, string, unknown[]] => ["http", result, "http", required]),
    ["http", network, "http", [null, 5, true, {}, [], ""]],
    ["http", timeout, "http", [null, 5, true, {}, [], ""]],
    ["reason", missing, "reason", [...required, "http", "network", "timeout", "malformed", "Gone", "not-found"]],
    ["reason", http, "reason", [...required, "gone", "unspecified", "network", "timeout", "HTTP"]],
    ["reason", network, "reason", [...required, "gone", "http", "malformed"]],
    ["reason", timeout, "reason", [...required, "gone", "http", "malformed", "TimeoutError"]],
    ...[missing, http, network, timeout].map((result): [string, Result, string, unknown[]] => [
      "message",
      result,
      "message",
      required,
    ]),
    ...[missing, http].map((result): [string, Result, string, unknown[]] => [
      "body",
      result,
      "body",
      [REMOVED, undefined, null, 5, true, {}, []],
    ]),
    ["body", network, "body", [null, 5, "", "x"]],
    ["body", timeout, "body", [null, 5, "", "x"]],
    ["reason that a StatusInfo has", full, "reason", [null, "", "gone", "http", {}]],
    ...[missing, http, network, timeout].map((result): [string, Result, string, unknown[]] => [
      "status that it has",
      result,
      "status",
      [null, "", "running", 404, {}],
    ]),
    ["exception", network, "exception", [null, {}, { type: "t" }]],
    ["exception", timeout, "exception", [null, {}, { type: "t" }]],
    ...[missing, http].map((result): [string, Result, string, unknown[]] => [
      "exception",
      result,
      "exception",
      [null, 5, {}, { type: 5 }],
    ]),
  ];
  for (const [name, result, path, members] of cases) {
    test(`no guard holds for ${result.kind} ${"reason" in result ? result.reason : ""} with a wrong ${name}`, () => {
      assert.deepEqual(which(result), [result.kind]);
      for (const member of members)
        assert.deepEqual(which(set(result, path, member)), [], `${path}: ${typeof member} ${JSON.stringify(member)}`);
    });
  }

  for (const [name, headers] of [
    ["a Headers", new Headers({ a: "1" })],
    ["a Headers without entries", new Headers()],
    ["a Map", new Map([["a", "1"]])],
    ["a Date", new Date()],
    ["an array", ["1"]],
    ["a function", Object.assign(() => {}, { a: "1" })],
    ["a function without a prototype", Object.setPrototypeOf(() => {}, null)],
    ["a URLSearchParams", new URLSearchParams("a=1")],
    [
      "an instance of a class",
      new (class {
        a = "1";
      })(),
    ],
    ["a Headers of another realm", vm.runInNewContext("new (class Headers {})()")],
    ["a Map of another realm", vm.runInNewContext("new Map()")],
  ] as [string, unknown][]) {
    test(`no guard holds for a result whose http.headers is ${name}`, () => {
      for (const result of [full, missing, http, network, timeout]) {
        assert.deepEqual(which({ ...result, http: { ...result.http, headers } }), []);
      }
    });
  }

  for (const [name, headers] of [
    ["an object without a prototype", Object.assign(Object.create(null), { a: "1" })],
    ["an object of another realm", vm.runInNewContext('({ a: "1" })')],
  ] as [string, unknown][]) {
    test(`a guard holds for a result whose http.headers is ${name}`, () => {
      for (const result of [full, missing, http, network, timeout]) {
        assert.deepEqual(which({ ...result, http: { ...result.http, headers } }), [result.kind]);
      }
    });
  }

  test("a guard rejects a sparse array of any length immediately", () => {
    assert.deepEqual(which({ ...full, links: new Array(2 ** 32 - 1) }), []);
  });

  test("a guard holds if an optional member is undefined, as after a spread", () => {
    assert.deepEqual(which({ ...full, message: undefined, progress: undefined, exception: undefined }), ["StatusInfo"]);
    assert.deepEqual(which({ ...network, http: undefined }), ["ServerError"]);
  });
});
