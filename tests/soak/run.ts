/**
 * Ten thousand calls in flight, wave upon wave, against a server that fails one in three: `npm run test:soak`.
 * Each call must settle as its own answer says, and heap and sockets must be as they were.
 */
import { spawn } from "node:child_process";
import { once, setMaxListeners } from "node:events";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { getHeapStatistics } from "node:v8";
import { Agent, setGlobalDispatcher } from "undici";
import { getStatus } from "../../src/get-status.ts";

const { values } = parseArgs({ options: { seconds: { type: "string", default: "300" }, flight: { type: "string", default: "10000" } } });
const inFlight = Number(values.flight);
const end = Date.now() + Number(values.seconds) * 1_000;
const collect = (globalThis as { gc?: () => void }).gc!;

const server = spawn(process.execPath, [fileURLToPath(new URL("server.js", import.meta.url))], { stdio: ["ignore", "pipe", "inherit"] });
process.on("exit", () => server.kill());
const [line] = await once(server.stdout, "data");
const port = String(line).trim();

const problems = new Map<string, number>();
const note = (problem: string): unknown => problems.set(problem, (problems.get(problem) ?? 0) + 1);
let calls = 0;
let late = 0;
const heaps: number[] = [];

for (let wave = 0; wave < 3 || Date.now() < end; wave++) {
  // All at once, and the last to be given up after a while: the server never answers one in 24.
  const signal = AbortSignal.timeout(6_000);
  setMaxListeners(0, signal);
  // Connections of its own for each wave, since the platform keeps its pools for ever.
  const agent = new Agent();
  setGlobalDispatcher(agent);
  await Promise.all(Array.from({ length: inFlight }, (_, i) => call(`http://127.0.0.${1 + wave % 20}:${port}`, wave * inFlight + i, signal)));
  await agent.destroy();
  await quiet(); // or the next wave would need more file descriptors than there are
  collect();
  heaps.push(getHeapStatistics().used_heap_size);
}
if (late > calls / 5) note(`${late} answers came too late`);
const [first = 0, last = 0] = [heaps[1], heaps.at(-1)];
if (last > first * 1.2 + 10_000_000) note(`the heap grew from ${first} to ${last}`);
for (const [problem, count] of problems) console.log(`FAIL ${problem}: ${count} times`);
console.log(`${calls} calls in ${heaps.length} waves; heap ${mebibytes(first)} MiB after the second wave, ${mebibytes(last)} MiB after the last`);
const failed = [...problems.values()].reduce((sum, count) => sum + count, 0);
console.log(`${calls - Math.min(failed, calls)} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);

async function call(url: string, number: number, signal: AbortSignal): Promise<void> {
  const id = String(number);
  const expected = number % 3 ? "running" : ["not-found", "http 500", "malformed 200", "network", "network", "http 503", "over", "TimeoutError"][number / 3 % 8]!;
  let outcome: string;
  let told = id;
  try {
    const result = await getStatus(url, id, { signal, maxBytes: 1_000 });
    calls++;
    if (result.kind === "StatusInfo") [outcome, told] = [result.status, result.jobID];
    else if (result.kind === "NotFound") [outcome, told] = [result.reason, result.body];
    else if (result.reason === "network") outcome = "network";
    else if (result.message === "body over maxBytes") outcome = "over";
    else [outcome, told] = [`${result.reason} ${result.http.status}`, result.body.replace("<p>", "")];
  } catch (error) {
    calls++;
    outcome = (error as Error).name;
  }
  if (told !== id && told !== "") note("an answer of another job");
  if (outcome === "TimeoutError" && expected !== outcome) late++;
  // A connection that breaks may take the head with it, and a busy machine may be late.
  if (outcome !== expected && !(expected === "http 503" && outcome === "network") && outcome !== "TimeoutError") note(`${outcome} instead of ${expected}`);
}

/** Waits until the connections that were kept alive have been let go. */
async function quiet(): Promise<void> {
  const open = (): number => process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;
  for (const limit = Date.now() + 30_000; open() > 5; await new Promise((done) => setTimeout(done, 200))) {
    if (Date.now() > limit) {
      note(`${open()} sockets stay open`);
      return;
    }
  }
}

function mebibytes(bytes: number): string {
  return (bytes / 1_048_576).toFixed(1);
}
