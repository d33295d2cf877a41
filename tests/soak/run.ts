/**
 * Ten thousand calls in flight, wave upon wave, against a server that fails one in three: `npm run test:soak`.
 * Each call must settle as its own answer says, and heap and sockets must be as they were.
 */
import { spawn } from "node:child_process";
import { once, setMaxListeners } from "node:events";
import { fileURLToPath } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { getHeapStatistics } from "node:v8";
import { Agent, setGlobalDispatcher } from "undici";
import { getStatus } from "../../src/get-status.ts";
import { FAULTS, faultOf } from "./faults.ts";

const { values } = parseArgs({
  options: { seconds: { type: "string", default: "300" }, flight: { type: "string", default: "10000" } },
});
const inFlight = Number(values.flight);
const end = Date.now() + Number(values.seconds) * 1_000;
const collect = (globalThis as { gc?: () => void }).gc!;

const server = spawn(process.execPath, [fileURLToPath(new URL("server.js", import.meta.url))], {
  stdio: ["ignore", "pipe", "inherit"],
});
process.on("exit", () => server.kill());
const [line] = await once(server.stdout, "data");
const port = String(line).trim();

const problems = new Map<string, number>();
const note = (problem: string): unknown => problems.set(problem, (problems.get(problem) ?? 0) + 1);
let calls = 0;
const heaps: number[] = [];

for (let wave = 0; wave < 3 || Date.now() < end; wave++) {
  // Who is never answered gives up soon; the others have all the time that a busy machine may need.
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new DOMException("the wave takes two minutes", "TimeoutError")), 120_000);
  const signals = { soon: AbortSignal.timeout(3_000), late: late.signal };
  for (const signal of Object.values(signals)) setMaxListeners(0, signal);
  // Connections of its own for each wave, since the platform keeps its pools for ever.
  const agent = new Agent();
  setGlobalDispatcher(agent);
  await Promise.all(
    Array.from({ length: inFlight }, (_, i) =>
      call(`http://127.0.0.${1 + (wave % 20)}:${port}`, wave * inFlight + i, signals),
    ),
  );
  clearTimeout(timer); // it holds the signal, which holds what has listened to it
  // Waits for whatever still holds its connection; nothing may, since each call has settled.
  if (!(await Promise.race([agent.close().then(() => true), sleep(30_000, false, { ref: false })])))
    note("a call still holds its connection");
  await quiet(); // or the next wave would need more file descriptors than there are
  heaps.push(getHeapStatistics().used_heap_size);
}
const [first = 0, last = 0] = [heaps[1], heaps.at(-1)];
if (last > first * 1.2 + 2_000_000) note(`the heap grew from ${first} to ${last}`);
for (const [problem, count] of problems) console.log(`FAIL ${problem}: ${count} times`);
console.log(`${calls} calls in ${heaps.length} waves, one in three with one of ${FAULTS.length} faults`);
console.log(`heap ${mebibytes(first)} MiB after the second wave, ${mebibytes(last)} MiB after the last`);
const failed = [...problems.values()].reduce((sum, count) => sum + count, 0);
console.log(`${calls - Math.min(failed, calls)} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);

async function call(url: string, number: number, signals: { soon: AbortSignal; late: AbortSignal }): Promise<void> {
  const id = String(number);
  const expected = faultOf(number)?.[0] ?? "running";
  let outcome: string;
  let told: string | undefined;
  try {
    const result = await getStatus(url, id, {
      signal: expected === "TimeoutError" ? signals.soon : signals.late,
      maxBytes: 1_000,
    });
    if (result.kind === "StatusInfo") [outcome, told] = [result.status, result.jobID];
    else if (result.kind === "ServerError" && result.reason === "network") outcome = "network";
    else {
      outcome = result.message === "body over maxBytes" ? "over" : `${result.reason} ${result.http.status}`;
      told = /<(\d+)>/.exec(result.body)?.[1];
    }
  } catch (error) {
    outcome = (error as Error).name;
  }
  calls++;
  if (told !== undefined && told !== id) note("an answer of another job");
  // A connection that breaks may take the head with it.
  if (outcome !== expected && !(expected === "http 503" && outcome === "network"))
    note(`${outcome} instead of ${expected}`);
}

/** Waits until the connections have been let go, and what Node still inflates of the bombs although nobody reads it. */
async function quiet(): Promise<void> {
  const sockets = (): number => process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;
  const buffers = (): number => (collect(), getHeapStatistics().external_memory);
  for (const limit = Date.now() + 30_000; sockets() > 5 || buffers() > 20_000_000; await sleep(200)) {
    if (Date.now() > limit) {
      note(`${sockets()} sockets and ${mebibytes(buffers())} MiB of buffers stay`);
      return;
    }
  }
}

function mebibytes(bytes: number): string {
  return (bytes / 1_048_576).toFixed(1);
}
