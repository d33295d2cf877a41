/** What a hostile `fetch` may return, and what getStatus() must return for it: for contract/body. */
import { bytes, fail as failWith, responseLike, streamOf } from "./fetches.ts";

export interface Hostile {
  readonly name: string;
  /**
   * - `"failed"`: `fetch` failed.
   * - `"no Response"`: a network failure without `http`, at any status.
   * - `"cut off"`: the body is read in part: a network failure if the status is 2xx.
   * - `"too large"`: the body is longer than `maxBytes`.
   */
  readonly outcome: "failed" | "no Response" | "cut off" | "too large";
  /** Whether the stream must be cancelled, once. */
  readonly cancels: boolean;
  /** Returns what `fetch` returns. Its stream calls `cancelled` when it is cancelled. */
  respond(status: number, cancelled: () => void): unknown;
}

const fail = (what = "it"): never => failWith(new Error(`${what} was called`));

/** An object whose property `name` throws when it is read. */
function throwing(properties: object, name: string): object {
  return Object.defineProperty({ ...properties }, name, { get: () => fail(name) });
}

/** A Response with a valid stream that `change` makes invalid. */
const invalid = (name: string, change: (response: object) => object): Hostile => ({
  name,
  outcome: "no Response",
  cancels: true,
  respond: (status, cancelled) => change(responseLike({ status, body: streamOf([bytes("start")], cancelled) })),
});

const wrong = (name: string, properties: object): Hostile =>
  invalid(name, (response) => ({ ...response, ...properties }));

const unreadable = (name: string, respond: (status: number) => unknown): Hostile => ({
  name,
  outcome: "no Response",
  cancels: false,
  respond,
});

const wrongBody = (name: string, body: unknown): Hostile =>
  unreadable(`a body that is ${name}`, (status) => responseLike({ status, body }));

const wrongChunk = (name: string, chunk: unknown): Hostile => ({
  name: `a chunk that is ${name}`,
  outcome: "cut off",
  cancels: true,
  respond: (status, cancelled) =>
    responseLike({ status, body: streamOf([bytes("start"), chunk, bytes("more")], cancelled) }),
});

const cancelling = (name: string, cancel: (() => unknown) | undefined): Hostile => ({
  name: `a cancel that ${name}`,
  outcome: "too large",
  cancels: cancel !== undefined,
  respond(status, cancelled) {
    const read = async (): Promise<object> => ({ done: false, value: bytes("start".padEnd(2_000, "x")) });
    const reader = { read, cancel: cancel && (() => (cancelled(), cancel())) };
    return responseLike({ status, body: { getReader: () => reader } });
  },
});

/** A Response whose body was read or is being read. */
const taken = (status: number, take: (response: Response) => unknown): Response => {
  const response = new Response("{}", { status });
  void take(response);
  return response;
};

export const HOSTILE: readonly Hostile[] = [
  { name: "a fetch that throws", outcome: "failed", cancels: false, respond: () => fail() },
  { name: "a fetch that rejects with undefined", outcome: "failed", cancels: false, respond: () => Promise.reject() },
  ...[200.5, NaN, Infinity, "200", null, undefined, 200n, true, Symbol("200"), {}].map((status) =>
    wrong(`a status that is ${typeof status} ${String(status)}`, { status }),
  ),
  ...[undefined, new URL("https://h")].map((url) => wrong(`a url that is ${typeof url}`, { url })),
  wrong("no headers", { headers: undefined }),
  wrong("headers that are a record", { headers: { "content-type": "text/plain" } }),
  ...[5, ["a"]].map((value) => wrong(`a header value that is ${typeof value}`, { headers: new Map([["x", value]]) })),
  ...[5, null, Symbol("x")].map((name) =>
    wrong(`a header name that is ${typeof name}`, { headers: new Map([[name, "a"]]) }),
  ),
  wrong("an invalid header after a valid one", { headers: new Map<string, unknown>(Object.entries({ a: "1", b: 2 })) }),
  wrong("headers whose forEach throws", { headers: { forEach: () => fail("forEach") } }),
  ...["status", "url", "headers"].map((name) =>
    invalid(`a ${name} that throws`, (response) => throwing(response, name)),
  ),
  wrong("a body that was used", { bodyUsed: true }),
  ...["body", "bodyUsed"].map((name) =>
    unreadable(`a ${name} that throws`, (status) => throwing(responseLike({ status, body: null }), name)),
  ),
  ...[undefined, null, true, 0, 5n, "", "{}", Symbol("x"), [], {}, () => {}, new Date()].map((value) =>
    unreadable(`${typeof value} ${String(value)}`, () => value),
  ),
  unreadable("{ ok, status, json }", (status) => ({ ok: true, status, json: async () => ({}) })),
  unreadable("a Proxy that throws", () => new Proxy({}, { get: (_, name) => (name === "then" ? undefined : fail()) })),
  unreadable("a Response that was read", (status) => taken(status, (response) => response.text())),
  unreadable("a Response that is locked", (status) => taken(status, ({ body }) => body!.getReader())),
  wrongBody("undefined, as in React Native", undefined),
  wrongBody("a stream of Node", { pipe() {}, on() {} }),
  ...[undefined, null, 0, "", false].map((reader) =>
    wrongBody(`one whose getReader returns ${String(reader)}`, { getReader: () => reader }),
  ),
  wrongBody("one whose getReader throws", { getReader: () => fail("getReader") }),
  ...["text", 5, null, undefined].map((chunk) => wrongChunk(`${typeof chunk} ${String(chunk)}`, chunk)),
  ...[ArrayBuffer, Uint16Array, Float64Array].map((Type) => wrongChunk(Type.name, new Type(5))),
  wrongChunk("an object that claims to be bytes", { BYTES_PER_ELEMENT: 1, length: 1, byteLength: 1 }),
  wrongChunk("one that cannot be decoded", Object.assign(bytes("x"), { subarray: () => "text" })),
  cancelling("never settles", () => new Promise(() => {})),
  cancelling("rejects", () => Promise.reject(new Error("cancel"))),
  cancelling("throws", () => fail("cancel")),
  cancelling("is missing", undefined),
];
