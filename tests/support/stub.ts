import type { Fetch } from "../../src/get-status.ts";

/** What a `fetch` is called with. */
export type FetchInit = Parameters<Fetch>[1];

/** A `fetch` that responds without a network and records its calls. */
export function stub(answer: () => Response | Promise<Response>): Fetch & { readonly calls: [string, FetchInit][] } {
  const calls: [string, FetchInit][] = [];
  const fetch: Fetch = async (url, init) => {
    calls.push([url, init]);
    return answer();
  };
  return Object.assign(fetch, { calls });
}

/** A `fetch` that always returns this response. */
export function answering(
  body: BodyInit | null | object,
  init?: ResponseInit,
): Fetch & { readonly calls: [string, FetchInit][] } {
  const raw = body === null || typeof body === "string" || body instanceof Uint8Array || body instanceof ReadableStream;
  const bytes = raw ? (body as BodyInit | null) : JSON.stringify(body);
  return stub(() => new Response(bytes, { headers: { "content-type": "application/json" }, ...init }));
}

/** A stream of these chunks that then ends, errors, or never continues. */
export function chunks(
  parts: readonly (string | Uint8Array)[],
  end: "end" | "hang" | { readonly error: unknown } = "end",
): ReadableStream<Uint8Array> {
  const rest = parts.map((part) => (typeof part === "string" ? new TextEncoder().encode(part) : part));
  return new ReadableStream(
    {
      pull(controller) {
        const next = rest.shift();
        if (next) controller.enqueue(next);
        else if (end === "end") controller.close();
        else if (end !== "hang") controller.error(end.error);
        else return new Promise(() => {});
        return undefined;
      },
    },
    { highWaterMark: 0 },
  );
}

/** Returns what a promise rejects with, and throws if it does not reject. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  throw new Error(`expected a rejection, got ${JSON.stringify(value)}`);
}
