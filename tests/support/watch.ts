import { getStatus, type GetStatusOptions, type Result } from "../../src/get-status.ts";

/** Asks again and again until the job has ended or cannot be asked for; rejects only where `signal` aborts. */
export async function watch(
  baseUrl: string | URL,
  jobId: string,
  opts: GetStatusOptions & { onResult?: (result: Result) => void; interval?: number } = {},
): Promise<Result> {
  let pause = opts.interval ?? 1_000;
  let failures = 0; // in a row
  for (;;) {
    const result = await getStatus(baseUrl, jobId, opts);
    opts.onResult?.(result);
    failures = result.kind === "StatusInfo" ? 0 : failures + 1;
    if (hasEnded(result) || failures > 5) return result;
    await sleep(retryAfter(result) ?? pause, opts.signal);
    pause = Math.min(pause * 1.5, 30_000);
  }
}

function hasEnded(result: Result): boolean {
  switch (result.kind) {
    case "StatusInfo":
      // A word that nobody knows: the job goes on, unless the server says when it finished.
      if (result.status === "unknown") return result.finished !== undefined;
      return ["successful", "failed", "dismissed"].includes(result.status);
    case "NotFound":
      // Right after the 201, some servers do not know their own job yet.
      return result.reason === "gone";
    case "ServerError":
      // A broken connection, a busy or a restarting server may be well again; a wrong key will not.
      return result.reason !== "network" && ![408, 425, 429, 500, 502, 503, 504].includes(result.http.status);
  }
}

/** The milliseconds that the server asks for, in seconds or as a date; an hour at most. */
function retryAfter({ http }: Result): number | undefined {
  const value = http?.headers["retry-after"];
  if (!value) return undefined;
  const milliseconds = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return Number.isNaN(milliseconds) ? undefined : Math.min(Math.max(milliseconds, 0), 3_600_000);
}

function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const wake = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", wake);
      if (signal?.aborted) reject(signal.reason);
      else resolve();
    };
    const timer = setTimeout(wake, milliseconds);
    signal?.addEventListener("abort", wake);
    if (signal?.aborted) wake();
  });
}
