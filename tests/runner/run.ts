/**
 * Runs test files, each in a process of its own, and does not rely on their exit codes:
 *
 *     npm test                  those that need only Node
 *     npm test contract/abort   those whose path matches a pattern
 *     npm test live             a longer suite: a folder of tests that has a run.ts
 *
 * A file passes only if it exits with 0, runs at least one test, and passes every test that it defines. `--in` names
 * another folder of compiled tests, `--limit` the seconds that a file may take.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

/** The tests of the runner come first, because they take the longest. */
const QUICK = ["runner", "contract", "project", "recipes"];

const tests = join(import.meta.dirname, "..");
const [suite = "", ...rest] = process.argv.slice(2);
const runsItself = /^\w+$/.test(suite) && suite !== "runner" && existsSync(join(tests, suite, "run.js"));
process.exitCode = runsItself ? runSuite(suite, rest) : await runFiles();

function runSuite(name: string, args: readonly string[]): number {
  const command = ["--enable-source-maps", join(tests, name, "run.js"), ...args];
  return spawnSync(process.execPath, command, { stdio: "inherit" }).status ?? 1;
}

async function runFiles(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { in: { type: "string" }, limit: { type: "string", default: "120" } },
    allowPositionals: true,
  });
  const root = values.in ?? tests;
  const patterns = positionals.map((pattern) => new RegExp(pattern));
  const files = (values.in === undefined ? QUICK : ["."])
    .flatMap((folder) => readdirSync(join(root, folder)).map((file) => join(folder, file)))
    .filter((file) => file.endsWith(".test.js") && (!patterns.length || patterns.some((one) => one.test(file))));
  const total = { passed: 0, failed: 0 };
  if (!files.length) {
    console.error(`no test file matches ${positionals.join(" ") || "*.test.js"} in ${root}`);
    total.failed++;
  }
  const queue = [...files];
  await Promise.all(
    // The tests of the runner mostly wait.
    Array.from({ length: availableParallelism() + Number(values.in === undefined) }, async () => {
      for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
        const { passed, failed } = await runFile(root, file, Number(values.limit));
        total.passed += passed;
        total.failed += failed;
      }
    }),
  );
  console.log(`${total.passed} passed, ${total.failed} failed`);
  return total.failed ? 1 : 0;
}

async function runFile(root: string, file: string, limit: number): Promise<{ passed: number; failed: number }> {
  const start = Date.now();
  const { ended, output } = await execute(join(root, file), limit);
  const [, ran, all] = /^tests: (\d+) of (\d+)$/m.exec(output) ?? [];
  const [passed, defined] = [Number(ran ?? 0), Number(all ?? 0)];
  const problem = findProblem(ended, output, passed, defined);
  const name = file.replace(/\.js$/, "");
  console.log(`${problem ? "FAIL" : "ok  "} ${name} ${passed} (${Date.now() - start} ms)${problem && `: ${problem}`}`);
  if (problem) console.log(output.replace(/running: .*\n/g, ""));
  return { passed, failed: problem ? Math.max(1, defined - passed) : 0 };
}

/** What is wrong with how a test file ended, or "". */
function findProblem(ended: number | string, output: string, passed: number, defined: number): string {
  const uvu: Record<string, number> = { Total: 0, Passed: 0, Skipped: 0 };
  for (const [, name = "", count] of output.matchAll(/^\s*(\w+):\s+(\d+)/gm)) uvu[name]! += Number(count);
  const unfinished = /^unfinished: (.*)$/m.exec(output)?.[1];
  if (typeof ended === "string")
    return `${ended} in "${[...output.matchAll(/running: (.*)/g)].at(-1)?.[1] ?? "no test"}"`;
  if (unfinished !== undefined) return `ended in "${unfinished}"`;
  if (!defined) return "ran no test";
  if (passed !== defined) return `passed ${passed} of the ${defined} tests it defines`;
  if (uvu["Total"] !== defined || uvu["Passed"] !== defined || uvu["Skipped"]) return "uvu reports another count";
  return ended === 0 ? "" : `exited with ${ended}`;
}

/** Runs a file, and returns its exit code, or how it was killed, and its output. */
function execute(path: string, limit: number): Promise<{ ended: number | string; output: string }> {
  return new Promise((done) => {
    const child = spawn(process.execPath, ["--enable-source-maps", path], { env: { ...process.env, NO_COLOR: "1" } });
    let output = "";
    let late = false;
    const timer = setTimeout(() => (late = child.kill("SIGKILL")), limit * 1_000);
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      done({ ended: late ? `killed after ${limit} s` : (code ?? `killed by ${signal}`), output });
    });
  });
}
