import { getStatus, type GetStatusOptions, type Result } from "ogcapi-job-status";

interface WatchOptions extends GetStatusOptions {
  /** Milliseconds to the second request, and the least between any two. The pauses grow to 30 seconds. */
  interval?: number;
  /** Milliseconds after which the promise rejects with a TimeoutError. */
  timeLimit?: number;
  /** Called after each request; `pause` is the time to the next one, or undefined after the last. */
  onResult?: (result: Result, pause: number | undefined) => void;
}

/** Requests the status until the job has ended or cannot be read. Rejects on abort and at the time limit. */
export async function watch(baseUrl: string | URL, jobId: string, opts: WatchOptions = {}): Promise<Result> {
  const { interval = 1_000, timeLimit = 3_600_000, onResult } = opts;
  const limit = AbortSignal.timeout(timeLimit);
  const signal = opts.signal ? AbortSignal.any([opts.signal, limit]) : limit;
  let failures = 0; // in a row
  for (let growing = interval; ; growing = Math.min(growing * 1.5, 30_000)) {
    const result = await getStatus(baseUrl, jobId, { ...opts, signal });
    failures = result.kind === "StatusInfo" ? 0 : failures + 1;
    const isLast = hasEnded(result) || failures > 5;
    const pause = Math.max(interval, growing, retryAfter(result));
    onResult?.(result, isLast ? undefined : pause);
    if (isLast) return result;
    await sleep(pause, signal);
  }
}

function hasEnded(result: Result): boolean {
  switch (result.kind) {
    case "StatusInfo": // Not "unknown", even if `finished` is set: some servers set it early.
      return ["successful", "failed", "dismissed"].includes(result.status);
    case "NotFound": // Right after a job was created, some servers answer 404.
      return result.reason === "gone";
    case "ServerError": // A server may recover; a wrong key or a page of HTML stays what it is.
      return result.reason !== "network" && ![408, 425, 429, 500, 502, 503, 504].includes(result.http.status);
  }
}

/** The milliseconds in Retry-After, which is a number of seconds or a date; at most an hour. */
function retryAfter({ http }: Result): number {
  const value = http?.headers["retry-after"] ?? "";
  const milliseconds = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return Math.min(milliseconds || 0, 3_600_000);
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    function stop(): void {
      clearTimeout(timer);
      reject(signal.reason);
    }
    signal.addEventListener("abort", stop);
  });
}
