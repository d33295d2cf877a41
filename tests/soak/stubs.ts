/** Hostile values that an injected `fetch` may return, each with the outcome that getStatus must return for it. */
import type { Fetch } from "../../src/get-status.ts";

export interface Stub {
  readonly name: string;
  readonly outcome: string;
  /** Returns what `fetch` resolves with. Its stream calls `cancelled` when it is cancelled. */
  readonly respond: (id: string, cancelled: () => void) => unknown;
  /** Whether the stream must be cancelled. */
  readonly cancels: boolean;
}

type Chunk = (id: string) => unknown;

const headers = new Headers({ "content-type": "application/json" });
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const status = (id: string): string => JSON.stringify({ jobID: id, status: "running" });

/** A body of these chunks, whose `cancel` behaves as `end` specifies. */
function body(chunks: readonly unknown[], cancelled: () => void, end: () => unknown = () => {}): object {
  const rest = [...chunks];
  const read = async (): Promise<object> => (rest.length ? { done: false, value: rest.shift() } : { done: true });
  const cancel = (): unknown => {
    cancelled();
    return end();
  };
  return { getReader: () => ({ read, cancel }) };
}

function throwing(members: object, name: string): object {
  return Object.defineProperty({ ...members }, name, {
    get() {
      throw new Error(`${name} was read`);
    },
  });
}

/** Values that are not a Response. */
function invalid(name: string, members: object): Stub {
  return {
    name,
    outcome: "network without http",
    respond: (id, cancelled) => ({
      status: 200,
      url: "",
      headers,
      body: body([bytes(status(id))], cancelled),
      ...members,
    }),
    cancels: true,
  };
}

function unreadable(name: string, respond: () => unknown): Stub {
  return { name, outcome: "network without http", respond, cancels: false };
}

/** A body with a chunk that is not bytes: broken off in a 200, read as far as possible in a 503. */
function chunk(name: string, make: Chunk): Stub[] {
  return [200, 503].map((code) => ({
    name: `${name} in a ${code}`,
    outcome: code === 200 ? "network" : "http 503",
    respond: (id, cancelled) => ({
      status: code,
      url: "",
      headers,
      body: body([bytes(`<${id}>`), make(id)], cancelled),
    }),
    cancels: true,
  }));
}

/** A body over `maxBytes`, and what its `cancel` returns. */
function cancelling(name: string, end: () => unknown): Stub {
  return {
    name,
    outcome: "over",
    respond: (id, cancelled) => ({
      status: 200,
      url: "",
      headers,
      body: body([bytes(`<${id}>`), new Uint8Array(1_001)], cancelled, end),
    }),
    cancels: true,
  };
}

export const STUBS: readonly Stub[] = [
  ...[200.5, NaN, Infinity, "200", null, undefined, 200n, true, Symbol("200"), {}].map((value) =>
    invalid(`a status of ${typeof value} ${String(value)}`, { status: value }),
  ),
  invalid("a status that cannot be converted", {
    status: {
      valueOf() {
        throw new Error("valueOf was called");
      },
    },
  }),
  invalid("a url that is not a string", { url: new URL("http://h") }),
  invalid("headers as a record", { headers: { "content-type": "text/plain" } }),
  invalid("header values that are not strings", { headers: new Map([["x", 5]]) }),
  invalid("headers whose forEach throws", {
    headers: {
      forEach() {
        throw new Error("forEach was called");
      },
    },
  }),
  ...["status", "url", "headers"].map((name) => ({
    ...invalid(`a ${name} that throws`, {}),
    respond: (id: string, cancelled: () => void) =>
      throwing({ status: 200, url: "", headers, body: body([bytes(status(id))], cancelled) }, name),
  })),
  unreadable("a body that throws", () => throwing({ status: 200, url: "", headers }, "body")),
  unreadable("nothing", () => undefined),
  unreadable("null", () => null),
  unreadable("a string", () => "{}"),
  unreadable("a body of a string", () => ({ status: 200, url: "", headers, body: "{}" })),
  unreadable("a body without a reader", () => ({ status: 200, url: "", headers, body: new Uint8Array(9) })),
  unreadable("a getReader that throws", () => ({
    status: 200,
    url: "",
    headers,
    body: {
      getReader() {
        throw new Error("getReader was called");
      },
    },
  })),
  unreadable("a body that is locked", () => {
    const response = new Response("{}");
    response.body!.getReader();
    return response;
  }),
  unreadable("a Proxy that throws", () => new Proxy({}, { get: () => fail() })),
  unreadable("a fetch that throws", () => fail()),
  unreadable("a fetch that rejects with undefined", () => Promise.reject<unknown>(undefined)),
  ...chunk("a string", status),
  ...chunk("an ArrayBuffer", (id) => bytes(status(id)).buffer),
  ...chunk("a Uint16Array", () => new Uint16Array(9)),
  ...chunk("a DataView", () => new DataView(new ArrayBuffer(9))),
  ...chunk("an array of bytes", () => [123, 125]),
  ...chunk("null", () => null),
  ...chunk("undefined", () => undefined),
  cancelling("a cancel that never settles", () => new Promise(() => {})),
  cancelling("a cancel that rejects", () => Promise.reject(new Error("cancel was called"))),
  cancelling("a cancel that throws", () => fail()),
  cancelling("a cancel that returns nothing", () => undefined),
  {
    name: "a fetch that never settles",
    outcome: "TimeoutError",
    respond: () => new Promise(() => {}),
    cancels: false,
  },
  {
    // 60,000 relative links, which would have to be resolved against a URL of 15,000 characters: 900 MB.
    name: "a bomb of links",
    outcome: "running",
    respond: (id) => ({
      status: 200,
      url: `http://h/${"x".repeat(15_000)}/`,
      headers,
      body: body([bytes(`{"jobID":"${id}","status":"running","links":[${LINKS}]}`)], () => {}),
    }),
    cancels: false,
  },
];

const LINKS = Array.from({ length: 60_000 }, () => '{"href":"a"}').join();

function fail(): never {
  throw new Error("the stub failed on purpose");
}

/** The `fetch` of a stub; one that would never settle follows the signal, as every platform's does. */
export function fetchOf({ respond, outcome }: Stub, id: string, cancelled: () => void): Fetch {
  return async (_, { signal }) => {
    if (outcome === "TimeoutError" && signal) {
      return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    }
    return respond(id, cancelled) as Awaited<ReturnType<Fetch>>;
  };
}
