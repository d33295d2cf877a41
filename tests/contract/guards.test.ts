import * as assert from "uvu/assert";
import { getStatus, isNotFound, isServerError, isStatusInfo, type Fetch, type Result } from "../../src/get-status.ts";
import { describe } from "../runner/suite.ts";
import { STATUS, accepted, answering, chunks } from "../support/fetches.ts";

const FULL = {
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
};
const LATE = new DOMException("x", "TimeoutError");
const broken = (): Response => new Response(chunks(["{"], { error: new Error("x") }));

const fetches: Readonly<Record<string, readonly [Fetch, AbortSignal?]>> = {
  "StatusInfo, bare": [answering(STATUS)],
  "StatusInfo, full": [answering(FULL)],
  "StatusInfo, unknown": [answering({ id: "j", status: "captured" })],
  "NotFound, no-such-job": [answering({ type: "NoSuchJob", status: 404 }, { status: 404 })],
  "NotFound, unspecified": [answering("", { status: 404 })],
  "NotFound, gone": [answering("", { status: 410 })],
  "ServerError, http": [answering({ title: "t" }, { status: 500 })],
  "ServerError, http without a body": [answering("", { status: 503, headers: {} })],
  "ServerError, malformed": [answering("<p>")],
  "ServerError, network without http": [() => Promise.reject(new Error("x"))],
  "ServerError, network without a cause": [() => Promise.reject()],
  "ServerError, network": [async () => broken()],
  "ServerError, timeout without http": [answering(""), AbortSignal.abort(LATE)],
  "ServerError, timeout": [async () => broken()],
};

/** A result of this kind and reason. */
function resultOf(name: string): Promise<Result> {
  const [fetch, signal] = fetches[name]!;
  if (name !== "ServerError, timeout") return getStatus("https://h", "j", { fetch, signal });
  const limit = new AbortController();
  const late: Fetch = (url, init) => (limit.abort(LATE), fetch(url, init));
  return getStatus("https://h", "j", { fetch: late, signal: limit.signal });
}

/** The objects in a value, itself included. */
const objectsIn = (value: unknown): object[] =>
  typeof value === "object" && value ? [value, ...Object.values(value).flatMap(objectsIn)] : [];

describe("the guards", (test) => {
  for (const name of Object.keys(fetches)) {
    const kind = name.split(",")[0]!;
    test(`exactly one guard accepts ${name}, also frozen, cloned and after JSON`, async () => {
      const result = await resultOf(name);
      assert.ok(name.startsWith(result.reason ? `${kind}, ${result.reason}` : kind));
      for (const copy of [result, JSON.parse(JSON.stringify(result)), structuredClone(result), Object.freeze(result)])
        assert.equal(accepted(copy), [kind]);
    });

    test(`a guard accepts ${name} with other properties, and with any or no cause`, async () => {
      const more = { retryAfter: null, http2: 5 };
      const copy = structuredClone(await resultOf(name)) as any;
      for (const target of [copy, copy.http, copy.exception, copy.document, copy.links?.[0]])
        if (target) assert.equal(accepted(Object.assign(target, more) && copy), [kind]);
      for (const cause of [undefined, null, 5, "x", {}]) assert.equal(accepted({ ...copy, cause }), [kind]);
      delete copy.cause;
      assert.equal(accepted(copy), [kind]);
    });

    test(`getStatus() returns ${name} as plain data without undefined, of which it keeps nothing`, async () => {
      const first = await resultOf(name);
      delete (first as { cause?: unknown }).cause; // any value
      const copy = JSON.parse(JSON.stringify(first));
      assert.equal(first, copy);
      assert.equal(objectsIn(first).map(Reflect.ownKeys), objectsIn(copy).map(Reflect.ownKeys));
      const others = objectsIn(await resultOf(name));
      assert.not(objectsIn(first).some((object) => others.includes(object)));
    });
  }

  test("guards reject values that are not a result, and always return a boolean", () => {
    const primitives = [undefined, null, true, 0, NaN, 5n, "", "StatusInfo", Symbol("x")];
    const objects = [[], {}, () => {}, new Error("x"), Object.create(null), new Response(), [{ kind: "StatusInfo" }]];
    const kinds = [{ kind: "StatusInfo" }, { kind: "NotFound" }, { kind: "ServerError", reason: "network" }];
    for (const value of [...primitives, ...objects, ...kinds])
      for (const guard of [isStatusInfo, isNotFound, isServerError]) assert.is(guard(value), false);
  });
});

const REMOVED = Symbol("removed");

/** A copy of `value` in which the property at a path is replaced or removed. */
function set(value: unknown, path: string, property: unknown): unknown {
  const copy = structuredClone(value) as any;
  const names = path.split(".");
  const last = names.pop()!;
  const target = names.reduce((object, name) => object[name], copy);
  if (property === REMOVED) delete target[last];
  else target[last] = property;
  return copy;
}

describe("a property", (test) => {
  const required = [REMOVED, undefined, null, 5, true, {}, [], ""];
  const optional = [null, 5, true, {}, [], ""];
  const strings = ["type", "processID", "message", "created", "started", "finished", "updated"];
  const notRecords = [
    ...[[], "x", 5, true, new Date(), new Map([["a", "1"]]), new Headers({ a: "1" }), new URLSearchParams("a=1")],
    Object.assign(() => {}, { a: "1" }),
    Object.setPrototypeOf(() => {}, null),
    Object.assign(new (class {})(), { a: "1" }),
  ];
  const http: [path: string, values: unknown[]][] = [
    ["http.status", [REMOVED, undefined, null, "200", 200.5, NaN, Infinity, {}]],
    ["http.url", required],
    ["http.headers", [REMOVED, undefined, null, ...notRecords, { a: 5 }, { a: null }, { a: ["x"] }]],
  ];
  const failure: [string, unknown[]][] = [["message", required], ["status", [null, "", "running", 404, {}]], ...http];
  const response: [string, unknown[]][] = [
    ...failure,
    ["body", [REMOVED, undefined, null, 5, true, {}, []]],
    ["http", required],
    ["exception", [null, 5, {}, { type: 5 }, { status: 5 }]],
  ];
  const incomplete: [string, unknown[]][] = [
    ...failure,
    ["body", [null, 5, "", "x"]],
    ["http", optional],
    ["exception", [null, {}, { type: "t" }]],
  ];
  const words = ["Running", "queued", "captured", "constructor", { toString: 1 }, Object.create(null)];
  const links = [{ length: 0 }, [null], ["x"], [{}], [[]], [{ href: "" }], [{ href: 5 }], [{ href: "x" }, null]];
  const wrong: Readonly<Record<string, [string, unknown[]][]>> = {
    "StatusInfo, full": [
      ["jobID", required],
      ["status", [...required, ...words]],
      ...strings.map((name): [string, unknown[]] => [name, optional]),
      ["progress", [null, "50", -1, 101, NaN, Infinity, "", true, {}, [], [5]]],
      ["exception", [null, 5, "x", {}, [], { status: 400 }, { instance: "i" }, { type: "" }, { code: "c" }]],
      ...["type", "title", "detail", "instance"].map((name): [string, unknown[]] => [`exception.${name}`, optional]),
      ["exception.status", [null, "400", 400.5, NaN, {}, true]],
      ["links", [REMOVED, undefined, null, {}, "x", 5, ...links]],
      ...["rel", "type", "hreflang", "title"].map((name): [string, unknown[]] => [`links.0.${name}`, optional]),
      ["document", [REMOVED, undefined, null, {}, [], "x", 5, { status: "" }, { status: 5 }, { status: null }]],
      ["http", required],
      ["reason", [null, "", "gone", "http", {}]],
      ...http,
    ],
    "NotFound, no-such-job": [
      ...response,
      ["reason", [...required, "http", "network", "timeout", "malformed", "Gone", "not-found"]],
    ],
    "ServerError, http": [...response, ["reason", [...required, "gone", "unspecified", "network", "timeout", "HTTP"]]],
    "ServerError, network": [...incomplete, ["reason", [...required, "gone", "http", "malformed"]]],
    "ServerError, timeout": [...incomplete, ["reason", [...required, "gone", "http", "malformed", "TimeoutError"]]],
  };
  for (const [name, properties] of Object.entries(wrong)) {
    const kind = name.split(",")[0]!;
    const others = ["StatusInfo", "NotFound", "ServerError"].filter((other) => other !== kind);
    const kinds: [string, unknown[]] = ["kind", [...required, kind.toLowerCase(), [kind], ...others]];
    for (const [path, values] of [kinds, ...properties])
      test(`guards reject ${name} with a missing or wrong ${path}`, async () => {
        const result = await resultOf(name);
        values.forEach((value, index) => assert.equal(accepted(set(result, path, value)), [], `value ${index}`));
      });
  }

  test("a guard accepts any part of an exception, undefined properties, and headers without a prototype", async () => {
    const full = await resultOf("StatusInfo, full");
    for (const exception of [{ type: "t" }, { title: "T" }, { detail: "d", type: undefined }, undefined])
      assert.equal(accepted({ ...full, exception, message: undefined, progress: undefined }), ["StatusInfo"]);
    assert.equal(accepted({ ...(await resultOf("ServerError, network")), http: undefined }), ["ServerError"]);
    const headers = Object.assign(Object.create(null), { a: "1" });
    assert.equal(accepted({ ...full, http: { ...full.http, headers } }), ["StatusInfo"]);
  });
});
