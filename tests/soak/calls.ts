/** Makes the calls of the soak, and checks what must hold for all of them. */
import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { getHeapStatistics } from "node:v8";
import { Agent, setGlobalDispatcher } from "undici";
import { getStatus, type Fetch, type Result } from "../../src/get-status.ts";
import { brief } from "../support/fetches.ts";
import { HOSTILE, fetchOf, type Hostile } from "../support/hostile.ts";
import { control, isIn, place } from "../support/place.ts";
import { ENDING, ENDLESS, FLOOD, OWN, type Exchange } from "../wire/exchanges.ts";

const { values } = parseArgs({ options: { seconds: { type: "string", default: "20" } } });
const MAX_BYTES = 1_000;
/** The number of calls over the network in a wave. */
const FLIGHT = 500;
const end = Date.now() + Number(values.seconds) * 1_000;
const collect = (globalThis as { gc?: () => void }).gc!;

/** For each check, what went wrong and how often. */
const checks = {
  "every call settles": new Map<string, number>(),
  "every call ends as its response calls for, and is accepted by exactly one guard": new Map<string, number>(),
  "no call returns the response of another call": new Map<string, number>(),
  "no rejection is unhandled": new Map<string, number>(),
  "no connection is held after its call has settled": new Map<string, number>(),
  "the heap does not grow after the second wave": new Map<string, number>(),
};
const [settled, outcomes, mixed, unhandled, connections, heap] = Object.values(checks);

const note = (check = new Map<string, number>(), problem: string): unknown =>
  check.set(problem, (check.get(problem) ?? 0) + 1);

process.on("unhandledRejection", (reason) => note(unhandled, String(reason)));

/** Those in which this runtime does not differ: here, it uses another version of undici. */
const FAULTS = [...ENDING, ...ENDLESS, FLOOD].filter(
  ({ name }) => !place.differences.some(({ exchange, runtimes }) => exchange === name && isIn(...runtimes)),
);

/** One in three calls has a fault, each in turn. */
const exchangeOf = (number: number): Exchange => FAULTS[(number / 3) % FAULTS.length] ?? OWN;
const isEndless = ({ end, name }: Exchange): boolean => end === "keep open" && name !== FLOOD.name;

const LIMIT = new DOMException("The operation timed out", "TimeoutError");
let calls = 0;

/** Checks one call. `id` is that of a status, or stands in angle brackets in a body. */
async function check(call: Promise<Result>, name: string, expected: string, id: string): Promise<void> {
  calls++;
  let outcome: string;
  try {
    const result = await call;
    outcome = brief(result);
    const found = result.kind === "StatusInfo" ? result.jobID : /<(\d+)>/.exec(result.body ?? "")?.[1];
    if (found !== undefined && found !== id) note(mixed, name);
  } catch (error) {
    outcome = String(error);
  }
  if (outcome !== expected) note(outcomes, `${name}: ${outcome} instead of ${expected}`);
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
    const baseUrl = `${place.server}/x/${encodeURIComponent(name)}`;
    const id = String(number);
    const found = exchange === OWN ? id : "j";
    const hasHead = !outcome.endsWith("-");
    if (!isEndless(exchange)) {
      const sending: Fetch = async (target, init) => {
        const response = await fetch(target, init);
        if (end === "reset" && hasHead) await control("reset", id);
        return response;
      };
      // No signal, which would close connections.
      ending.push(check(getStatus(baseUrl, id, { maxBytes: MAX_BYTES, fetch: sending }), name, outcome, found));
      continue;
    }
    const sending: Fetch = (target, init) => {
      const response = fetch(target, init);
      if (hasHead) ending.push(response.catch(() => {}));
      return response;
    };
    const call = getStatus(baseUrl, id, { signal, fetch: sending });
    endless.push(check(call, name, byLimit ? outcome : "cancelled", found));
  }
  for (const [index, hostile] of HOSTILE.entries()) {
    for (const status of [200, 500]) ending.push(callHostile(hostile, status, index));
  }
  if (!(await inTime(Promise.all(ending)))) note(settled, `wave ${wave}, before it was aborted`);
  controller.abort(byLimit ? LIMIT : "cancelled");
  if (!(await inTime(Promise.all(endless)))) note(settled, `wave ${wave}, after it was aborted`);
  if (!(await inTime(agent.close()))) note(connections, `in wave ${wave}`);
}

function callHostile(hostile: Hostile, status: number, id: number): Promise<void> {
  const other = status === 200 ? "malformed 200" : `http ${status}`;
  const cutOff = status === 200 ? "network 200" : other;
  const expected = { failed: "network -", "no Response": "network -", "cut off": cutOff, "too large": other };
  const fetch = fetchOf(hostile, status, String(id), () => {});
  const call = getStatus("https://h", "j", { fetch, maxBytes: MAX_BYTES });
  return check(call, hostile.name, expected[hostile.outcome], String(id));
}

/** Whether the promise is fulfilled within half a minute. */
function inTime(promise: Promise<unknown>): Promise<boolean> {
  return Promise.race([promise.then(() => true), sleep(30_000, false, { ref: false })]);
}

const heaps: number[] = [];
while (heaps.length < 3 || Date.now() < end) {
  await runWave(heaps.length);
  collect();
  heaps.push(getHeapStatistics().used_heap_size / 1_048_576);
}
const [first = 0, last = 0] = [heaps[1], heaps.at(-1)];
const growth = `${first.toFixed(1)} MiB after the second wave, ${last.toFixed(1)} MiB after the last`;
if (last > first + 2) note(heap, growth);

for (const [name, found] of Object.entries(checks)) {
  console.log(`${found.size ? "FAIL" : "ok  "} ${name}`);
  for (const [problem, count] of found) console.log(`     ${problem}: ${count} times`);
}
console.log(`${calls} calls in ${heaps.length} waves; heap ${growth}`);
const failed = Object.values(checks).filter(({ size }) => size).length;
console.log(`${Object.keys(checks).length - failed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
