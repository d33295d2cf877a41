import { getStatus, type GetStatusOptions, type Result } from "ogcapi-job-status";

export interface WatchOptions extends GetStatusOptions {
  /** Milliseconds between the first two requests, and the least between any two. */
  readonly interval?: number;
  /** Milliseconds after which watch() returns a failure with the reason "timeout". */
  readonly timeLimit?: number;
  /** Called after each request, with the milliseconds until the next one, if there is one. */
  readonly onResult?: (result: Result, pause?: number) => void;
  /** Whether a result is the last one. */
  readonly shouldStop?: (result: Result) => boolean;
}

const LONGEST = 2 ** 31 - 1; // milliseconds, about 24 days: a longer timer would fire at once

/**
 * Requests the status until the job has ended, a failure is permanent, six requests in a row have failed, or the time
 * limit expires. Rejects on cancellation.
 */
export async function watch(baseUrl: string | URL, jobId: string, opts: WatchOptions = {}): Promise<Result> {
  const { interval = 1_000, timeLimit = 3_600_000, onResult, shouldStop = isFinal } = opts;
  const limit = AbortSignal.timeout(Math.min(timeLimit, LONGEST));
  const signal = opts.signal ? AbortSignal.any([opts.signal, limit]) : limit;
  let failures = 0; // in a row
  for (let growing = interval; ; growing = Math.min(growing * 1.5, 30_000)) {
    const oneRequest = AbortSignal.any([signal, AbortSignal.timeout(60_000)]);
    const result = await getStatus(baseUrl, jobId, { ...opts, signal: oneRequest });
    failures = result.kind === "StatusInfo" ? 0 : failures + 1;
    const isLast = signal.aborted || failures > 5 || shouldStop(result);
    // With jitter, so that many watches do not send their requests at the same time.
    const pause = Math.min(Math.max(interval, growing, retryAfter(result)) * (1 + Math.random() / 10), LONGEST);
    onResult?.(result, isLast ? undefined : pause);
    if (isLast) return result;
    await sleep(pause, signal);
  }
}

/** Whether another request would change nothing: the job has ended, or the failure is permanent. */
export function isFinal(result: Result): boolean {
  // A job whose status is "unknown" may still be running, even if `finished` is set: some servers set it early.
  if (result.kind === "StatusInfo") return ["successful", "failed", "dismissed"].includes(result.status);
  // Some servers respond with 404 right after a job was created.
  if (result.kind === "NotFound") return result.reason === "gone";
  // Only these failures can be temporary: a wrong key or an HTML page does not go away.
  if (result.reason === "network" || result.reason === "timeout") return false;
  return ![408, 425, 429, 500, 502, 503, 504].includes(result.http.status);
}

/** Retry-After, which is a number of seconds or a date, in milliseconds; at most an hour. */
function retryAfter({ http }: Result): number {
  const value = http?.headers["retry-after"] ?? "";
  const milliseconds = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return Math.min(milliseconds || 0, 3_600_000);
}

/** Resolves after the time, or earlier if the signal aborts. */
function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
  });
}
