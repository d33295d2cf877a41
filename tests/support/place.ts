/** Where tests run. What starts them sets the global `PLACE`, or an environment variable of this name. */
export interface Place {
  /** For example `Node 20`, `Deno`, `workerd 2024-01-01`, `Chromium`. */
  readonly runtime: string;
  /** The URL of the server of wire/server.ts; for a page, its own origin. */
  readonly server: string;
  /** The URL of the same server under another origin. */
  readonly away: string;
  /** A URL whose port refuses connections. */
  readonly refused: string;
  /** What runtimes, by the beginnings of their names, do differently on the wire. */
  readonly differences: readonly { exchange: string; runtimes: readonly string[]; outcome: string }[];
}

const given = globalThis as { PLACE?: Place; process?: { env?: { PLACE?: string } } };

export const place: Place = given.PLACE ?? JSON.parse(given.process?.env?.PLACE ?? "{}");

/** Whether this is one of the runtimes: `isIn("Node", "Bun")`. */
export const isIn = (...runtimes: readonly string[]): boolean =>
  runtimes.some((name) => place.runtime.startsWith(name));

/** Runs `run` while a global has another value. */
export async function withGlobal<T>(name: string, value: unknown, run: () => Promise<T>): Promise<T> {
  const before = Object.getOwnPropertyDescriptor(globalThis, name);
  const set = (descriptor: PropertyDescriptor): void => {
    // The edge VM does not let its globals be defined anew, but they can be written.
    if (before && !before.configurable) Reflect.set(globalThis, name, descriptor.value);
    else Object.defineProperty(globalThis, name, descriptor);
  };
  set({ value, configurable: true, writable: true });
  try {
    return await run();
  } finally {
    if (before) set(before);
    else Reflect.deleteProperty(globalThis, name);
  }
}

let count = 0;

/** The id of a job that no other test has. */
export const uniqueId = (): string => `${Math.random().toString(36).slice(2)}-${++count}`;

/** Asks the server what it has seen of a job, or makes it act. */
export const control = (action: "requests" | "arrived" | "closed" | "reset", id: string): Promise<Response> =>
  fetch(`${place.server}/control/${action}/${id}`);

/** A request that the server has received: a line such as `GET /status/200/jobs/j`, and headers in lower case. */
export type SeenRequest = { readonly line: string; readonly headers: { readonly [name: string]: unknown } };

export const requestsFor = async (id: string): Promise<SeenRequest[]> => (await control("requests", id)).json();
