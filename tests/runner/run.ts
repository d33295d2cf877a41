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
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, sep } from "node:path";
import { parseArgs } from "node:util";
import { execute, runAll } from "../support/execute.ts";
import { startPlace } from "../wire/server.ts";

/** The tests of the runner come first, because they take the longest. */
const QUICK = ["runner", "contract", "wire", "recipes", "project"];

const tests = join(import.meta.dirname, "..");
const [suite = "", ...rest] = process.argv.slice(2);
const folderOf = (file: string): string => file.split(sep)[0]!;
const isQuick = (file: string): boolean => QUICK.includes(folderOf(file));
const hasRun = (file: string): boolean => existsSync(join(tests, folderOf(file), "run.js"));
const isSuite = /^\w+$/.test(suite) && suite !== "runner" && hasRun(suite);
const total = { passed: 0, failed: 0 };
const code = isSuite ? runSuite(suite, rest) : await runFiles();
// When all is printed. The server would keep the process alive.
process.stdout.write("", () => process.exit(code));

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
    .filter((file) => values.in !== undefined || isQuick(file))
    .filter((file) => !patterns.length || patterns.some((one) => one.test(file)))
    .sort((a, b) => QUICK.indexOf(folderOf(a)) - QUICK.indexOf(folderOf(b)));
  const strays = values.in === undefined ? all.filter((file) => !isQuick(file) && !hasRun(file)) : [];
  const problems = strays.map((file) => `no suite runs ${file}`);
  if (!files.length) problems.push(`no test file matches ${positionals.join(" ") || "*.test.js"} in ${root}`);
  for (const problem of problems) console.error(problem);
  total.failed += problems.length;

  const place = JSON.stringify(await startPlace());
  const tasks = files.map((file) => () => runFile(root, file, Number(values.limit), place));
  // The tests of the runner mostly wait.
  await runAll(tasks, availableParallelism() + Number(values.in === undefined));
  console.log(`${total.passed} passed, ${total.failed} failed`);
  return total.failed ? 1 : 0;
}

async function runFile(root: string, file: string, limit: number, place: string): Promise<void> {
  const start = Date.now();
  const command = ["--enable-source-maps", join(tests, "runner/file.js"), join(root, file)];
  const { code, stdout, stderr } = await execute(process.execPath, command, ".", limit * 1_000, environment(place));
  const running = [...stderr.matchAll(/^running: (.*)/gm)].at(-1)?.[1];
  const output = stdout + stderr.replace(/^running: .*\n/gm, "");
  const reports = [...output.matchAll(/^report: (\d+) of (\d+), (\d+) unhandled$/gm)];
  const [, passed = 0, defined = 0, unhandled] = reports.at(-1)?.map(Number) ?? [];
  const at = running ? `in or after "${running}"` : "before its first test";
  let problem = "";
  if (typeof code !== "number") problem = `ended by ${String(code)} (the limit is ${limit} s), ${at}`;
  else if (unhandled === undefined) problem = `ended without a report, ${at}`;
  else problem = findProblem(code, output, passed, defined, unhandled);
  const name = file.replace(/\.js$/, "");
  console.log(`${problem ? "FAIL" : "ok  "} ${name} ${passed} (${Date.now() - start} ms)${problem && `: ${problem}`}`);
  if (problem) console.log(output);
  else output.match(/^warning: .*/gm)?.forEach((warning) => console.log(warning)); // such as of a budget
  total.passed += passed;
  if (problem) total.failed += Math.max(1, defined - passed);
}

/** What is wrong with a file that has reported, or "". */
function findProblem(exitCode: number, output: string, passed: number, defined: number, unhandled: number): string {
  if (!defined) return "ran no test";
  if (passed !== defined) return `passed ${passed} of the ${defined} tests it defines`;
  if (unhandled) return `left ${unhandled} rejections unhandled`;
  const summaries = [...output.matchAll(/^\s*Total:\s+(\d+)\s+Passed:\s+(\d+)\s+Skipped:\s+(\d+)$/gm)];
  const [, ...counts] = summaries.at(-1) ?? [];
  if (counts.join() !== [defined, defined, 0].join()) return "uvu reports another count";
  return exitCode === 0 ? "" : `exited with ${exitCode}`;
}

/** Colours, proxies and options of this process are not for the tests. */
function environment(place: string): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(FORCE_COLOR|NODE_OPTIONS|NODE_USE_ENV_PROXY|.*_proxy)$/i.test(name),
  );
  return { ...Object.fromEntries(own), PLACE: place };
}
