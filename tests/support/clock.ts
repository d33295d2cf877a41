/**
 * Runs `run` with a simulated clock: a pending `setTimeout` advances it as soon as nothing else is to be done, so that
 * hours of waiting take no time, and the signals of `AbortSignal.timeout` abort by it. As on the platforms, a time that a
 * timer cannot take is 1 ms, and a fraction of a millisecond is a RangeError for AbortSignal.timeout (Node 20 and 22).
 * `now` returns the milliseconds since it started, and `timers` how many are pending.
 */
export async function withClock<T>(run: (clock: { now(): number; timers(): number }) => Promise<T>): Promise<T> {
  const real = { setTimeout, clearTimeout, now: Date.now, performance: performance.now, timeout: AbortSignal.timeout };
  const later = real.setTimeout.bind(globalThis); // Workers refuse it as a method of something else
  const start = 1_700_000_000_000;
  let now = start;
  const limits: { readonly at: number; readonly controller: AbortController }[] = [];
  const pending = new Set<object>();

  const possible = (milliseconds: number): number => (milliseconds < 2 ** 31 ? milliseconds : 1);
  const turn = (): Promise<unknown> => new Promise((done) => later(done, 0));
  /** Advances to a time, unless the timer that waits for it is cleared in the meantime. */
  const moveTo = async (time: number, timer: object): Promise<void> => {
    await turn();
    while (pending.has(timer) && limits[0] && limits[0].at <= time) {
      const { at, controller } = limits.shift()!;
      now = Math.max(now, at);
      controller.abort(new DOMException("The operation was aborted due to timeout", "TimeoutError"));
      await turn();
    }
    if (pending.has(timer)) now = time;
  };
  globalThis.setTimeout = ((callback: () => void, milliseconds: number) => {
    const timer = {};
    pending.add(timer);
    const at = now + possible(milliseconds);
    void moveTo(at, timer).then(() => pending.delete(timer) && callback());
    return timer;
  }) as unknown as typeof setTimeout;
  globalThis.clearTimeout = ((timer: object) => void pending.delete(timer)) as typeof clearTimeout;
  Date.now = () => now;
  performance.now = () => now - start;
  AbortSignal.timeout = (milliseconds) => {
    if (!Number.isInteger(milliseconds)) throw new RangeError(`${milliseconds} is not an integer`);
    const controller = new AbortController();
    limits.push({ at: now + possible(milliseconds), controller });
    limits.sort((a, b) => a.at - b.at);
    return controller.signal;
  };
  try {
    return await run({ now: () => now - start, timers: () => pending.size });
  } finally {
    Object.assign(globalThis, { setTimeout: real.setTimeout, clearTimeout: real.clearTimeout });
    Date.now = real.now;
    performance.now = real.performance;
    AbortSignal.timeout = real.timeout;
  }
}
