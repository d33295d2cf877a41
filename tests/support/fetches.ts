/** Functions that stand in for `fetch`, and what tests need to look at their calls and results. */
import { getStatus, isNotFound, isServerError, isStatusInfo } from "../../src/get-status.ts";
import type { Fetch, GetStatusOptions, Result } from "../../src/get-status.ts";

/** What a `fetch` is called with, and the type of what it returns. */
export type Init = Parameters<Fetch>[1];
export type ResponseLike = Awaited<ReturnType<Fetch>>;

export const STATUS = { jobID: "j", status: "running" } as const;

/** A `fetch` that always returns this response, and records its calls; an object is sent as JSON. */
export function answering(body: BodyInit | null | object, init?: ResponseInit) {
  const raw = body === null || typeof body === "string" || body instanceof Uint8Array || body instanceof ReadableStream;
  const content = raw ? (body as BodyInit | null) : JSON.stringify(body);
  const calls: [url: string, init: Init][] = [];
  const fetch: Fetch = async (...call) => {
    calls.push(call);
    return new Response(content, { headers: { "content-type": "application/json" }, ...init });
  };
  return Object.assign(fetch, { calls });
}

/** A `fetch` that returns this value, whatever it is. */
export function returning(value: unknown): Fetch {
  return async () => value as ResponseLike;
}

/** Gets the status from a `fetch` that returns this value. */
export function getFrom(value: unknown, opts?: GetStatusOptions): Promise<Result> {
  return getStatus("https://h", "j", { fetch: returning(value), ...opts });
}

export const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** What getStatus() reads of a Response: that of a running job, but for these properties. */
export function responseLike(properties: object = {}): ResponseLike {
  const body = streamOf([bytes(JSON.stringify(STATUS))]);
  return { status: 200, url: "", headers: new Headers(), body, ...properties } as ResponseLike;
}

/** The least of a stream: these chunks. `cancel` calls `cancelled`. */
export function streamOf(chunks: readonly unknown[], cancelled = (): void => {}): object {
  const rest = [...chunks];
  const read = async (): Promise<object> => (rest.length ? { done: false, value: rest.shift() } : { done: true });
  return { getReader: () => ({ read, cancel: async () => cancelled() }) };
}

/** A stream of these chunks that then ends or errors. */
export function chunks(
  parts: readonly (string | Uint8Array)[],
  end: "end" | { readonly error: unknown } = "end",
): ReadableStream<Uint8Array> {
  const rest = parts.map((part) => (typeof part === "string" ? bytes(part) : part));
  return new ReadableStream(
    {
      pull(controller) {
        const next = rest.shift();
        if (next) controller.enqueue(next);
        else if (end === "end") controller.close();
        else controller.error(end.error);
      },
    },
    { highWaterMark: 0 },
  );
}

/** Throws, where an expression is needed. */
export function fail(error: unknown = new Error("must not be called")): never {
  throw error;
}

/** Returns what a promise rejects with, and throws if it does not reject. */
export function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => fail(new Error(`expected a rejection, got ${JSON.stringify(value)}`)),
    (error: unknown) => error,
  );
}

/** The kinds whose guard accepts a value. */
export function accepted(value: unknown): string[] {
  return Object.entries({ StatusInfo: isStatusInfo, NotFound: isNotFound, ServerError: isServerError })
    .filter(([, guard]) => guard(value) === true)
    .map(([kind]) => kind);
}

/** For example `running`, `no-such-job 404`, `network -`. Throws unless exactly one guard accepts the result. */
export function brief(result: Result): string {
  if (accepted(result).join() !== result.kind) throw new Error(`${result.kind} is accepted as ${accepted(result)}`);
  return result.kind === "StatusInfo" ? result.status : `${result.reason} ${result.http?.status ?? "-"}`;
}
