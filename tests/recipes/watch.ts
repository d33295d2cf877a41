/**
 * Waits for the end of a job: requests its status again and again.
 *
 * It goes on as long as the job may be healthy. A failure that may be temporary ends it only after six failures in a
 * row and two minutes without a status. It does not start, dismiss or repeat a job, and does not request its results.
 */
import { getStatus, type GetStatusOptions, type Result } from "ogcapi-job-status"; // of a copy: "./get-status.ts"

type RequestHeaders = GetStatusOptions["headers"];

export interface WatchOptions extends Omit<GetStatusOptions, "headers"> {
  /** As for getStatus(), or a function that is called before each request, for a token that expires. */
  readonly headers?: RequestHeaders | (() => RequestHeaders | Promise<RequestHeaders>);
  /** Milliseconds between the first two requests, and the least between any two. 1,000 by default. */
  readonly interval?: number | undefined;
  /** Milliseconds after which watch() returns a failure with the reason "timeout". An hour by default. */
  readonly timeLimit?: number | undefined;
  /** Called after each request, with the milliseconds until the next one, if there is one. */
  readonly onResult?: ((result: Result, pause?: number) => unknown) | undefined;
  /** Whether a result is the last one. isFinal() by default. */
  readonly shouldStop?: ((result: Result) => boolean) | undefined;
}

const LONGEST = 2 ** 31 - 1; // milliseconds, about 24 days: a longer timer would fire at once

/** Returns the last result. Rejects if the caller cancels, or with what a function of the caller throws. */
export async function watch(baseUrl: string | URL, jobId: string, opts: WatchOptions = {}): Promise<Result> {
  const { headers, interval = 1_000, timeLimit = 3_600_000, onResult, shouldStop = isFinal, ...rest } = opts;
  for (const [name, value] of Object.entries({ interval, timeLimit })) {
    if (!(typeof value === "number" && value > 0))
      throw new TypeError(`watch: ${name} must be a positive number of milliseconds`);
  }
  const getHeaders = typeof headers === "function" ? headers : repeatable(headers);
  return await withLimit(opts.signal, Math.ceil(Math.min(timeLimit, LONGEST)), async (signal) => {
    let failures = 0; // in a row
    let lastStatus = performance.now();
    for (let growing = interval; ; growing = Math.min(growing * 1.5, 30_000)) {
      const current = await untilAborted(signal, getHeaders);
      const result = await withLimit(signal, 60_000, (oneRequest) =>
        getStatus(baseUrl, jobId, { ...rest, headers: current, signal: oneRequest }),
      );
      if (result.kind === "StatusInfo") {
        failures = 0;
        lastStatus = performance.now();
      } else failures++;
      // A `fetch` may ignore the signal, and return a status after the limit: the next call returns the timeout.
      const isLate = signal.aborted && result.reason === "timeout";
      const givesUp = failures >= 6 && performance.now() - lastStatus >= 120_000;
      const isLast = isLate || givesUp || shouldStop(result);
      // With jitter, so that many watches do not send their requests at the same time.
      const pause = Math.min(Math.max(interval, growing, retryAfter(result)) * (1 + Math.random() / 10), LONGEST);
      await onResult?.(result, isLast ? undefined : pause);
      if (isLast) return result;
      await sleep(pause, signal);
    }
  });
}

/** Whether another request would change nothing: the job has ended, or the failure is permanent. */
export function isFinal(result: Result): boolean {
  // "unknown" may be final, but some servers set `finished` early. "failed" is final in the standard; Swoop retries.
  if (result.kind === "StatusInfo") return ["successful", "failed", "dismissed"].includes(result.status);
  // Some servers respond with 404 right after a job was created.
  if (result.kind === "NotFound") return result.reason === "gone";
  // A proxy may send an empty or an HTML 200, so "malformed" is temporary, too.
  if (result.reason !== "http") return false;
  const { status } = result.http;
  if (status >= 500 && status <= 599) return status === 501 || status === 505;
  return ![408, 425, 429].includes(status);
}

/** Retry-After in milliseconds, at most an hour. It is a date or a number of seconds, to which some add decimals. */
export function retryAfter({ http }: Result): number {
  const value = http?.headers["retry-after"] ?? "";
  let milliseconds = Math.ceil(Number(/^\d+(\.\d+)?$/.test(value) ? value : NaN) * 1_000);
  if (/[a-z]/i.test(value)) milliseconds = Date.parse(value) - Date.now();
  return Math.max(0, Math.min(milliseconds || 0, 3_600_000));
}

/** Runs with a signal that also aborts after this time. */
async function withLimit<T>(
  signal: AbortSignal | undefined,
  milliseconds: number,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = AbortSignal.timeout(milliseconds);
  const keep = (): void => {};
  limit.addEventListener("abort", keep); // else Node 20 may drop it, since AbortSignal.any() does not hold it
  try {
    return await run(signal ? AbortSignal.any([signal, limit]) : limit);
  } finally {
    limit.removeEventListener("abort", keep); // else Deno waits for it before it exits
  }
}

/** An iterator can be read only once. */
function repeatable(headers: RequestHeaders): () => RequestHeaders {
  const copy = Symbol.iterator in Object(headers) ? [...(headers as Iterable<readonly [string, string]>)] : headers;
  return () => copy;
}

/** Waits for this time, but not longer than until the signal aborts. */
async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  let stop = (): void => {};
  await untilAborted(signal, () => {
    return new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      stop = () => clearTimeout(timer);
    });
  });
  stop();
}

/** Waits for `run`, but not longer than until the signal aborts. */
async function untilAborted<T>(signal: AbortSignal, run: () => T | Promise<T>): Promise<T | undefined> {
  let stop = (): void => {};
  const aborted = new Promise<undefined>((resolve) => (stop = () => resolve(undefined)));
  signal.addEventListener("abort", stop);
  try {
    return signal.aborted ? undefined : await Promise.race([run(), aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
