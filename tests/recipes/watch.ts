import { getStatus, type GetStatusOptions, type Result } from "ogcapi-job-status";

interface WatchOptions extends GetStatusOptions {
  interval?: number; // milliseconds between the first two requests, and the minimum between any two
  timeLimit?: number; // milliseconds after which watch() rejects with a TimeoutError
  onResult?: (result: Result, pause?: number) => void; // called after each request; no pause follows the last
}

/** Requests the status until the job has ended or cannot be read. Rejects on abort and at the time limit. */
export async function watch(baseUrl: string | URL, jobId: string, opts: WatchOptions = {}): Promise<Result> {
  const { interval = 1_000, timeLimit = 3_600_000, onResult } = opts;
  const longest = 2 ** 31 - 1; // milliseconds, about 24 days: a longer timer would fire at once
  const limit = AbortSignal.timeout(Math.min(timeLimit, longest));
  const signal = opts.signal ? AbortSignal.any([opts.signal, limit]) : limit;
  let failures = 0; // in a row
  for (let growing = interval; ; growing = Math.min(growing * 1.5, 30_000)) {
    const result = await getStatus(baseUrl, jobId, { ...opts, signal });
    failures = result.kind === "StatusInfo" ? 0 : failures + 1;
    const isLast = hasEnded(result) || failures > 5;
    const pause = Math.min(Math.max(interval, growing, retryAfter(result)), longest);
    onResult?.(result, isLast ? undefined : pause);
    if (isLast) return result;
    await sleep(pause, signal);
  }
}

function hasEnded(result: Result): boolean {
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

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      if (signal.aborted) reject(signal.reason);
      else resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
  });
}
