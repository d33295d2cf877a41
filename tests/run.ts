/**
 * Runs test files, each in a process of its own, and does not rely on their exit codes: `npm test [pattern]`.
 * `--in` sets another folder, `--limit` the seconds that a file may take.
 *
 * A file passes only if it exits with 0, runs at least one test, and passes every test that it defines.
 */
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({
  options: { in: { type: "string", default: import.meta.dirname }, limit: { type: "string", default: "120" } },
  allowPositionals: true,
});
const patterns = positionals.map((pattern) => new RegExp(pattern));
const files = readdirSync(values.in)
  .filter((file) => file.endsWith(".test.js") && (!patterns.length || patterns.some((pattern) => pattern.test(file))))
  .sort();

const limit = Number(values.limit) * 1_000;
let passed = 0;
let failed = 0;

const queue = [...files];
await Promise.all(
  Array.from({ length: availableParallelism() }, async () => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) await run(file);
  }),
);
if (!files.length) {
  console.error(`no test file matches ${positionals.join(" ") || "*.test.js"} in ${values.in}`);
  failed++;
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;

async function run(file: string): Promise<void> {
  const start = Date.now();
  const { code, output } = await execute(resolve(values.in, file));
  const counted = /^tests: (\d+) of (\d+)$/m.exec(output);
  const [ran, defined] = counted ? [Number(counted[1]), Number(counted[2])] : [0, 0];
  const sum = (name: string): number =>
    [...output.matchAll(new RegExp(`^\\s*${name}:\\s+(\\d+)`, "gm"))].reduce(
      (total, match) => total + Number(match[1]),
      0,
    );
  const problem =
    !counted || !defined
      ? "ran no test"
      : ran !== defined
        ? `passed ${ran} of the ${defined} tests it defines`
        : sum("Total") !== defined || sum("Passed") !== defined || sum("Skipped")
          ? `uvu reports another count than ${defined}`
          : code !== 0
            ? `exited with ${code}`
            : "";
  passed += ran;
  failed += problem ? Math.max(1, defined - ran) : 0;
  console.log(
    `${problem ? "FAIL" : "ok  "} ${file.replace(".js", "")} ${ran} (${Date.now() - start} ms)${problem && `: ${problem}`}`,
  );
  for (const [, note] of output.matchAll(/^note: (.*)$/gm)) console.log(`     ${note}`);
  if (problem) console.log(output);
}

function execute(path: string): Promise<{ code: number | string; output: string }> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [path], { env: { ...process.env, NO_COLOR: "1" } });
    let output = "";
    const timer = setTimeout(() => child.kill("SIGKILL"), limit);
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      done({ code: code ?? signal ?? "no code", output });
    });
  });
}
