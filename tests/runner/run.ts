/**
 * Runs test files, each in a process of its own, and does not rely on their exit codes:
 *
 *     npm test                  those that need only Node
 *     npm test contract/abort   those whose path matches a pattern
 *     npm test live             a longer suite: a folder of tests that has a run.ts
 *
 * A file passes only if it exits with 0, reports at its end that it ran at least one test and that each of its tests
 * passed, and uvu counts the same. `--in` names another folder of compiled tests, `--limit` the seconds that a file may
 * take.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, sep } from "node:path";
import { parseArgs } from "node:util";
import { startPlace } from "../wire/server.ts";

/** The tests of the runner come first, because they take the longest. */
const QUICK = ["runner", "contract", "wire", "recipes", "project"];

const tests = join(import.meta.dirname, "..");
const [suite = "", ...rest] = process.argv.slice(2);
const hasRun = (folder: string): boolean => existsSync(join(tests, folder, "run.js"));
const folderOf = (file: string): string => file.split(sep)[0]!;
const isSuite = /^\w+$/.test(suite) && suite !== "runner" && hasRun(suite);
const code = isSuite ? runSuite(suite, rest) : await runFiles();
setImmediate(() => process.exit(code)); // the server would keep the process alive

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
  const all = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".test.js"));
  const patterns = positionals.map((pattern) => new RegExp(pattern));
  const files = all
    .filter((file) => values.in !== undefined || QUICK.includes(folderOf(file)))
    .filter((file) => !patterns.length || patterns.some((one) => one.test(file)))
    .sort((a, b) => QUICK.indexOf(folderOf(a)) - QUICK.indexOf(folderOf(b)));
  const total = { passed: 0, failed: 0 };
  const fail = (problem: string): void => {
    console.error(problem);
    total.failed++;
  };
  if (!files.length) fail(`no test file matches ${positionals.join(" ") || "*.test.js"} in ${root}`);
  if (values.in === undefined)
    for (const file of all)
      if (!QUICK.includes(folderOf(file)) && !hasRun(folderOf(file))) fail(`no suite runs ${file}`);

  const place = JSON.stringify(await startPlace());
  const queue = [...files];
  await Promise.all(
    // The tests of the runner mostly wait.
    Array.from({ length: availableParallelism() + Number(values.in === undefined) }, async () => {
      for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
        const { passed, failed } = await runFile(root, file, Number(values.limit), place);
        total.passed += passed;
        total.failed += failed;
      }
    }),
  );
  console.log(`${total.passed} passed, ${total.failed} failed`);
  return total.failed ? 1 : 0;
}

async function runFile(root: string, file: string, limit: number, place: string) {
  const start = Date.now();
  const { ended, output, running } = await execute(join(root, file), limit, place);
  const reports = [...output.matchAll(/^report: (\d+) of (\d+), (\d+) unhandled$/gm)];
  const [, ran, all, unhandled] = reports.at(-1) ?? [];
  const [passed, defined] = [Number(ran ?? 0), Number(all ?? 0)];
  const at = running ? `in or after "${running}"` : "before its first test";
  const problem =
    typeof ended === "string"
      ? `${ended} ${at}`
      : all === undefined
        ? `ended without a report, ${at}`
        : findProblem(ended, output, passed, defined, Number(unhandled));
  const name = file.replace(/\.js$/, "");
  console.log(`${problem ? "FAIL" : "ok  "} ${name} ${passed} (${Date.now() - start} ms)${problem && `: ${problem}`}`);
  if (problem) console.log(output);
  else output.match(/^warning: .*/gm)?.forEach((warning) => console.log(warning)); // such as of a budget
  return { passed, failed: problem ? Math.max(1, defined - passed) : 0 };
}

/** What is wrong with a file that has reported, or "". */
function findProblem(exitCode: number, output: string, passed: number, defined: number, unhandled: number): string {
  if (!defined) return "ran no test";
  if (passed !== defined) return `passed ${passed} of the ${defined} tests it defines`;
  if (unhandled) return `left ${unhandled} rejections unhandled`;
  const uvu: Record<string, number> = {};
  for (const [, name = "", count] of output.matchAll(/^\s*(Total|Passed|Skipped):\s+(\d+)/gm))
    uvu[name] = Number(count);
  if (uvu["Total"] !== defined || uvu["Passed"] !== defined || uvu["Skipped"]) return "uvu reports another count";
  return exitCode === 0 ? "" : `exited with ${exitCode}`;
}

/** Colours, proxies and options of this process are not for the tests. */
function environment(place: string): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(FORCE_COLOR|NODE_OPTIONS|NODE_USE_ENV_PROXY|.*_proxy)$/i.test(name),
  );
  return { ...Object.fromEntries(own), NO_COLOR: "1", PLACE: place };
}

interface Execution {
  /** The exit code, or how it was killed. */
  readonly ended: number | string;
  readonly output: string;
  /** The test that it started last. */
  readonly running: string | undefined;
}

function execute(path: string, limit: number, place: string): Promise<Execution> {
  return new Promise((done) => {
    const command = ["--enable-source-maps", join(tests, "runner/file.js"), path];
    const child = spawn(process.execPath, command, { env: environment(place) });
    let [output, errors] = ["", ""];
    let late = false;
    const timer = setTimeout(() => (late = child.kill("SIGKILL")), limit * 1_000);
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (errors += chunk));
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      const running = [...errors.matchAll(/^running: (.*)/gm)].at(-1)?.[1];
      output += errors.replace(/^running: .*\n/gm, "");
      done({ ended: late ? `killed after ${limit} s` : (code ?? `killed by ${signal}`), output, running });
    });
  });
}
