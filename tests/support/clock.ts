/**
 * Runs `run` with a simulated clock: a pending `setTimeout` advances it at once, so that hours of waiting take no
 * time, and the signals of `AbortSignal.timeout` abort by it.
 * As on the platforms, a time that a timer cannot take is 1 ms.
 */
export async function withClock(run: (now: () => number) => Promise<void>): Promise<void> {
  const real = { setTimeout, clearTimeout, now: Date.now, timeout: AbortSignal.timeout };
  const start = 1_700_000_000_000;
  let now = start;
  const limits: { readonly at: number; readonly controller: AbortController }[] = [];
  const cancelled = new Set<unknown>();

  const moveTo = (time: number, timer: object): void => {
    for (const { at, controller } of limits) {
      if (at > time || cancelled.has(timer)) continue;
      now = Math.max(now, at);
      controller.abort(new DOMException("The operation was aborted due to timeout", "TimeoutError"));
    }
    if (!cancelled.has(timer)) now = time;
  };
  globalThis.setTimeout = ((callback: () => void, milliseconds: number) => {
    const timer = {};
    const at = now + possible(milliseconds);
    setImmediate(() => {
      if (cancelled.has(timer)) return;
      moveTo(at, timer);
      if (!cancelled.has(timer)) callback();
    });
    return timer;
  }) as unknown as typeof setTimeout;
  globalThis.clearTimeout = ((timer: unknown) => cancelled.add(timer)) as typeof clearTimeout;
  Date.now = () => now;
  AbortSignal.timeout = (milliseconds) => {
    const controller = new AbortController();
    limits.push({ at: now + possible(milliseconds), controller });
    limits.sort((a, b) => a.at - b.at);
    return controller.signal;
  };
  try {
    await run(() => now - start);
  } finally {
    globalThis.setTimeout = real.setTimeout;
    globalThis.clearTimeout = real.clearTimeout;
    Date.now = real.now;
    AbortSignal.timeout = real.timeout;
  }
}

function possible(milliseconds: number): number {
  return milliseconds < 2 ** 31 ? milliseconds : 1;
}
