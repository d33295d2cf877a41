/**
 * Makes the calls of the soak. Each must settle with what its response calls for, without an unhandled rejection and
 * without the response of another call; no connection may be held after its call, and the heap may not grow.
 */
import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { getHeapStatistics } from "node:v8";
import { Agent, setGlobalDispatcher } from "undici";
import { getStatus, type Fetch, type Result } from "../../src/get-status.ts";
import { brief } from "../support/fetches.ts";
import { control, isIn, place } from "../support/place.ts";
import { ENDING, ENDLESS, FLOOD, OWN, type Exchange } from "../wire/exchanges.ts";

const { values } = parseArgs({ options: { seconds: { type: "string", default: "20" } } });
const MAX_BYTES = 1_000;
/** The number of calls over the network in a wave. */
const FLIGHT = 500;
const end = Date.now() + Number(values.seconds) * 1_000;
const collect = (globalThis as { gc?: () => void }).gc!;

/** What went wrong, and how often. */
const problems = new Map<string, number>();
const note = (problem: string): unknown => problems.set(problem, (problems.get(problem) ?? 0) + 1);

process.on("unhandledRejection", (reason) => note(`a rejection is unhandled: ${String(reason)}`));

/** Those in which this runtime does not differ: here, it uses another version of undici. */
const FAULTS = [...ENDING, ...ENDLESS, FLOOD].filter(
  ({ name }) => !place.differences.some(({ exchange, runtimes }) => exchange === name && isIn(...runtimes)),
);

/** One in three calls has a fault, each in turn. */
const exchangeOf = (number: number): Exchange => FAULTS[(number / 3) % FAULTS.length] ?? OWN;

const LIMIT = new DOMException("The operation timed out", "TimeoutError");
let calls = 0;

async function check(call: Promise<Result>, name: string, expected: string, id: string): Promise<void> {
  calls++;
  const result = await call.catch(String);
  const outcome = typeof result === "string" ? result : brief(result);
  if (outcome !== expected) note(`${name}: ${outcome} instead of ${expected}`);
  else if (typeof result !== "string" && result.kind === "StatusInfo" && result.jobID !== id)
    note(`${name}: the response of another call`);
}

/** Calls over the network; those without an end are aborted when the others have settled. */
async function runWave(wave: number): Promise<void> {
  // A pool for each wave, since a connection that is kept alive is not held.
  const agent = new Agent();
  setGlobalDispatcher(agent);
  const controller = new AbortController();
  const { signal } = controller;
  setMaxListeners(0, signal);
  const byLimit = wave % 2 === 0;

  const ending: Promise<unknown>[] = [];
  const endless: Promise<void>[] = [];
  for (let number = wave * FLIGHT; number < (wave + 1) * FLIGHT; number++) {
    const exchange = exchangeOf(number);
    const { name, end, outcome } = exchange;
    const id = String(number);
    const hasHead = !outcome.endsWith("-");
    const aborts = end === "keep open" && exchange !== FLOOD;
    const sending: Fetch = async (target, init) => {
      const response = fetch(target, init);
      if (aborts && hasHead) ending.push(response.catch(() => {}));
      if (end === "reset" && hasHead) await response.then(() => control("reset", id));
      return response;
    };
    // A signal that others have would close their connections.
    const opts = { maxBytes: MAX_BYTES, fetch: sending, ...(aborts && { signal }) };
    const call = getStatus(`${place.server}/x/${encodeURIComponent(name)}`, id, opts);
    const expected = aborts && !byLimit ? "cancelled" : outcome;
    (aborts ? endless : ending).push(check(call, name, expected, exchange === OWN ? id : "j"));
  }
  if (!(await inTime(Promise.all(ending)))) note(`calls of wave ${wave} did not settle`);
  controller.abort(byLimit ? LIMIT : "cancelled");
  if (!(await inTime(Promise.all(endless)))) note(`calls of wave ${wave} did not settle when they were aborted`);
  if (!(await inTime(agent.close()))) note(`a connection of wave ${wave} was held`);
}

/** Whether the promise is fulfilled within half a minute. */
function inTime(promise: Promise<unknown>): Promise<boolean> {
  return Promise.race([promise.then(() => true), sleep(30_000, false)]);
}

const heaps: number[] = [];
while (heaps.length < 3 || Date.now() < end) {
  await runWave(heaps.length);
  collect();
  heaps.push(getHeapStatistics().used_heap_size / 1_048_576);
}
const [first = 0, last = 0] = [heaps[1], heaps.at(-1)];
const growth = `${first.toFixed(1)} MiB after the second wave, ${last.toFixed(1)} MiB after the last`;
if (last > first + 2) note("the heap grew");

for (const [problem, count] of problems) console.log(`FAIL ${problem}: ${count} times`);
console.log(`${calls} calls in ${heaps.length} waves; heap ${growth}`);
console.log(problems.size ? `0 passed, ${problems.size} failed` : "1 passed, 0 failed");
process.exit(problems.size ? 1 : 0);
