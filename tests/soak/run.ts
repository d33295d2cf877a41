/**
 * Keeps thousands of calls in flight, in waves, against a server that fails one in three and stubs that return
 * anything: `npm run test:soak`. What holds for every call is one test, however many calls there are.
 */
import { spawn } from "node:child_process";
import { once, setMaxListeners } from "node:events";
import { fileURLToPath } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { getHeapStatistics } from "node:v8";
import { Agent, setGlobalDispatcher } from "undici";
import { getStatus, isNotFound, isServerError, isStatusInfo, type Fetch, type Result } from "../../src/get-status.ts";
import { FAULTS, faultOf } from "./faults.ts";
import { STUBS, fetchOf } from "./stubs.ts";

const { values } = parseArgs({
  options: { seconds: { type: "string", default: "300" }, flight: { type: "string", default: "10000" } },
});
const inFlight = Number(values.flight);
const end = Date.now() + Number(values.seconds) * 1_000;
const collect = (globalThis as { gc?: () => void }).gc!;

/** How often each stub is called in a wave. */
const STUB_CALLS = 3;

/** The maximum memory of the process: twice what 10,000 connections took when this was written. */
const RSS_BOUND = 1_200 * 1_048_576;

const TESTS = {
  settled: "every call settles",
  outcome: "every call over the network ends in the outcome that its response calls for",
  mixed: "no call returns the response of another call",
  guards: "exactly one guard accepts each result",
  stubs: "every call of a hostile stub ends in the outcome that the contract states",
  cancelled: "every stream that is not read to its end is cancelled, once",
  unhandled: "no rejection is unhandled",
  connections: "no connection is held after its call has settled",
  sockets: "no socket and no buffer is left after a wave",
  heap: "the heap does not grow from the second wave to the last",
  rss: `the process occupies less than ${mebibytes(RSS_BOUND)} MiB at any time`,
} as const;

/** For each test, what went wrong and how often. */
const problems = new Map<keyof typeof TESTS, Map<string, number>>();

function note(test: keyof typeof TESTS, problem: string): void {
  const found = problems.get(test) ?? new Map<string, number>();
  problems.set(test, found.set(problem, (found.get(problem) ?? 0) + 1));
}

process.on("unhandledRejection", (reason) => note("unhandled", String(reason)));

const server = spawn(process.execPath, [fileURLToPath(new URL("server.js", import.meta.url))], {
  stdio: ["ignore", "pipe", "inherit"],
});
process.on("exit", () => server.kill());
const [line] = await once(server.stdout, "data");
const port = String(line).trim();

let peak = 0;
setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 50).unref();

const calls = { network: 0, stubs: 0 };
const heaps: number[] = [];
for (let wave = 0; wave < 3 || Date.now() < end; wave++) {
  await runWave(wave);
  heaps.push(getHeapStatistics().used_heap_size);
}
const [first = 0, last = 0] = [heaps[1], heaps.at(-1)];
if (last > first * 1.2 + 2_000_000) note("heap", `from ${mebibytes(first)} to ${mebibytes(last)} MiB`);
if (peak > RSS_BOUND) note("rss", `it occupied ${mebibytes(peak)} MiB`);

for (const [test, title] of Object.entries(TESTS)) {
  const found = problems.get(test as keyof typeof TESTS);
  console.log(`${found ? "FAIL" : "ok  "} ${title}`);
  for (const [problem, count] of found ?? []) console.log(`     ${problem}: ${count} times`);
}
console.log(
  `${calls.network} calls over the network in ${heaps.length} waves, one in three with one of ${FAULTS.length} faults`,
);
console.log(`${calls.stubs} calls of ${STUBS.length} hostile stubs`);
console.log(`heap ${mebibytes(first)} MiB after the second wave, ${mebibytes(last)} MiB after the last`);
console.log(`memory of the process: ${mebibytes(peak)} MiB at most`);
console.log(`${Object.keys(TESTS).length - problems.size} passed, ${problems.size} failed`);
process.exit(problems.size ? 1 : 0);

async function runWave(wave: number): Promise<void> {
  // Calls without a response end soon; the others have time for a busy machine.
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new DOMException("a wave takes two minutes", "TimeoutError")), 120_000);
  const signals: Signals = { soon: AbortSignal.timeout(3_000), late: late.signal };
  for (const signal of Object.values(signals)) setMaxListeners(0, signal);
  // Connections of its own for each wave, since the platform never closes its pools.
  const agent = new Agent();
  setGlobalDispatcher(agent);
  const url = `http://127.0.0.${1 + (wave % 20)}:${port}`;
  let pending = 0;
  const track = async (call: Promise<void>): Promise<void> => {
    pending++;
    await call;
    pending--;
  };
  const all = [
    ...Array.from({ length: inFlight }, (_, i) => track(callNetwork(url, wave * inFlight + i, signals))),
    ...STUBS.flatMap((stub) => Array.from({ length: STUB_CALLS }, (_, i) => track(callStub(stub, i, signals)))),
  ];
  if (!(await inTime(Promise.all(all), 180_000))) note("settled", `${pending} calls of wave ${wave} are pending`);
  clearTimeout(timer); // it holds the signal, which holds its listeners
  // Waits for the connections that are still held.
  if (!(await inTime(agent.close(), 30_000))) note("connections", `in wave ${wave}`);
  await quiet(); // or the next wave would need more file descriptors than there are
}

interface Signals {
  readonly [name: string]: AbortSignal;
  readonly soon: AbortSignal;
  readonly late: AbortSignal;
}

async function callNetwork(url: string, number: number, signals: Signals): Promise<void> {
  const id = String(number);
  const expected = faultOf(number)?.[0] ?? "running";
  const outcome = await run(url, id, undefined, expected, signals);
  calls.network++;
  // A connection that breaks may take the head with it.
  const actual = outcome === "network without http" ? "network" : outcome;
  if (actual !== expected && !(expected === "http 503" && actual === "network"))
    note("outcome", `${outcome} instead of ${expected}`);
}

async function callStub(stub: (typeof STUBS)[number], number: number, signals: Signals): Promise<void> {
  const id = String(number);
  let cancelled = 0;
  const fetch = fetchOf(stub, id, () => cancelled++);
  const outcome = await run("http://h", id, fetch, stub.outcome, signals);
  calls.stubs++;
  if (outcome !== stub.outcome) note("stubs", `${stub.name}: ${outcome} instead of ${stub.outcome}`);
  if (cancelled !== Number(stub.cancels)) note("cancelled", `${stub.name}: cancelled ${cancelled} times`);
}

async function run(
  url: string,
  id: string,
  fetch: Fetch | undefined,
  expected: string,
  { soon, late }: Signals,
): Promise<string> {
  let result: Result;
  try {
    result = await getStatus(url, id, {
      fetch,
      signal: expected === "TimeoutError" ? soon : late,
      // Small, since so many are in flight; a stub that is to be read whole has more than the network sends.
      maxBytes: fetch && expected === "running" ? undefined : 1_000,
    });
  } catch (error) {
    return (error as Error).name;
  }
  const accepting = [isStatusInfo, isNotFound, isServerError].filter((guard) => guard(result));
  if (accepting.length !== 1) note("guards", `${accepting.length} guards accept ${result.kind}`);
  const mark = result.kind === "StatusInfo" ? result.jobID : /<(\d+)>/.exec(result.body ?? "")?.[1];
  if (mark !== undefined && mark !== id) note("mixed", `the response of ${mark} instead of ${id}`);
  return describe(result);
}

/** For example `running`, `unspecified 404`, `network without http`. */
function describe(result: Result): string {
  if (result.kind === "StatusInfo") return result.status;
  if (result.message === "Response body is too large (see maxBytes)") return "over";
  if (result.reason === "network" || result.reason === "timeout")
    return result.http ? "network" : "network without http";
  return `${result.reason} ${result.http.status}`;
}

/** Waits until all connections are closed, and Node has stopped inflating the bombs that nothing reads any more. */
async function quiet(): Promise<void> {
  const sockets = (): number => process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;
  const buffers = (): number => (collect(), getHeapStatistics().external_memory);
  for (const limit = Date.now() + 30_000; sockets() > 5 || buffers() > 20_000_000; await sleep(200)) {
    if (Date.now() > limit) {
      note("sockets", `${sockets()} sockets and ${mebibytes(buffers())} MiB of buffers`);
      return;
    }
  }
}

/** Whether the promise is fulfilled in time. */
function inTime(promise: Promise<unknown>, milliseconds: number): Promise<boolean> {
  return Promise.race([promise.then(() => true), sleep(milliseconds, false, { ref: false })]);
}

function mebibytes(bytes: number): string {
  return (bytes / 1_048_576).toFixed(1);
}
