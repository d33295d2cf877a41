import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execute, writeFiles } from "../support/execute.ts";
import { describe } from "./suite.ts";

const runner = join(import.meta.dirname, "run.js");
const folders = join(import.meta.dirname, "../../broken");
const SUITE = JSON.stringify(new URL("suite.js", import.meta.url).href);

const ours = (define: string): string => `import { describe } from ${SUITE}; describe("s", (test) => { ${define} });`;
const plain = (code: string): string => `import { suite } from "uvu"; const test = suite("s"); ${code}`;
const [LIMIT, KILLED] = ["--limit=10", /ended by SIGKILL .* in or after "s: a"/];
const PASSES = 'test("a", () => {});';
const FAILS = 'test("a", () => { throw new Error("x"); });';
const WITH_UVU = 'import { suite } from "uvu"; const t = suite("t"); t("c", () => {}); t.run();';
const EXITS = 'test("b", () => setImmediate(process.exit, 0));';
const EVENT = '"unhandledRejection"';
const REJECTS = 'test("a", () => void Promise.reject(new Error("x")));';
// A second suite, which waits until the program has ended.
const LATER = 'describe("t", (test) => test("c", () => new Promise((done) => setTimeout(done, 1e3))));';
const NO_REPORT = /ended without a report, in or after "s: a"/;

// uvu is green, or reports no test, in most of these states.
const broken: [state: string, code: string, problem: RegExp, ...args: string[]][] = [
  ["a test fails", ours(FAILS), /passed 0 of the 1/],
  ["a test fails late", ours('test("a", async () => { await null; throw new Error("x"); });'), /passed 0 of the 1/],
  ["a test throws a string", ours('test("b", () => { throw "boom"; });' + PASSES), /passed 1 of the 2/],
  ["a test throws undefined", ours('test("a", () => { throw undefined; });'), /passed 0 of the 1/],
  ["a test never settles", ours('test("a", () => new Promise(() => {}));'), NO_REPORT],
  ["a test hangs", ours('setInterval(() => {}, 9); test("a", () => new Promise(() => {}));'), KILLED, LIMIT],
  ["a test blocks", ours('test("a", () => { for (;;); });'), KILLED, LIMIT],
  ["a test exits", ours('test("a", () => process.exit(0));'), NO_REPORT],
  ["a program exits between two suites", ours(`${PASSES} ${EXITS}`) + LATER, /without a report, in or after "t: c"/],
  ["a top-level await never settles", `${ours(PASSES)} await new Promise(() => {});`, /without a report, before its/],
  ["a rejection is unhandled", ours(REJECTS), /left 1 rejections unhandled/],
  ["a rejection has a listener of its own", `process.on(${EVENT}, () => {}); ${ours(REJECTS)}`, /left 1 rejections/],
  ["a file removes all listeners", `process.removeAllListeners(${EVENT}); ${ours(REJECTS)}`, /FAIL/],
  ["a file defines no test", ours(""), /ran no test/],
  ["a file is empty", "export {};", /ran no test/],
  ["a file throws on import", "throw new Error('x');", /ended without a report/],
  ["a file does not parse", "import {", /ended without a report/],
  ["a file does not run its suite", plain(PASSES), /ran no test/],
  ["a file leaves `only` in", plain(`${FAILS} test.only("b", () => {}); test.run();`), /ran no test/],
  ["a file skips a test", plain(`test.skip("b", () => {}); ${PASSES} test.run();`), /ran no test/],
  ["a hook throws", plain(`test.before(() => { throw new Error("x"); }); ${PASSES} test.run();`), /ran no test/],
  ["a file runs uvu itself as well", ours(PASSES) + WITH_UVU, /uvu reports another count/],
  ["a file sets its exit code to 0", ours(`${FAILS} process.on("exit", () => (process.exitCode = 0));`), /passed 0/],
  ["a file sets another exit code", ours(`${PASSES} process.on("exit", () => process.exit(3));`), /exited with 3/],
  ["a file prints a report", ours(FAILS) + 'console.log("report: 1 of 1, 0 unhandled");', /passed 0 of the 1/],
  ["a pattern matches no file", ours(PASSES), /no test file matches nothing/, "nothing"],
];

/** Runs one test file with this source text, and returns how the run ended. */
function run(
  name: string,
  code: string,
  args: readonly string[] = [],
  env = process.env,
): Promise<{ code: unknown; out: string }> {
  const folder = writeFiles(join(folders, encodeURIComponent(name)), { "one.test.js": code });
  return runTests(["--in", folder, ...args], env);
}

async function runTests(args: readonly string[], env = process.env): Promise<{ code: unknown; out: string }> {
  const { code, stdout, stderr } = await execute(process.execPath, [runner, ...args], ".", 120_000, env);
  return { code, out: stdout + stderr };
}

rmSync(folders, { recursive: true, force: true });
// All at once, since one waits for its limit.
const green = run("green", ours('test("a", () => {}); test("b", async () => {});'));
const red = broken.map(([state, code, , ...args]) => run(state, code, args));

describe("the runner", (test) => {
  test("is green if every test passes", async () => {
    const { code, out } = await green;
    assert.match(out, /^2 passed, 0 failed$/m);
    assert.equal(code, 0);
  });

  broken.forEach(([state, , problem], index) => {
    test(`is red if ${state}`, async () => {
      const { code, out } = await red[index]!;
      assert.equal(code, 1, out);
      assert.match(out, problem);
      assert.match(out, /^\d+ passed, [1-9]\d* failed$/m);
    });
  });

  test("gives the tests neither colours, nor options of Node, nor a proxy", async () => {
    const names = ["FORCE_COLOR", "NODE_OPTIONS", "HTTP_PROXY", "https_proxy", "NODE_USE_ENV_PROXY"];
    const set = Object.fromEntries(names.map((name) => [name, name === "NODE_OPTIONS" ? "--no-warnings" : "1"]));
    const code = ours(`test("a", () => { const set = ${JSON.stringify(names)}.filter((name) => process.env[name]);
      if (set.length) throw new Error(set.join()); });`);
    const { out } = await run("environment", code, [], { ...process.env, ...set });
    assert.match(out, /^1 passed, 0 failed$/m);
  });

  test("is red if there is a test file that no suite runs", async () => {
    const stray = new URL("../support/stray.test.js", import.meta.url);
    writeFileSync(stray, ours(PASSES));
    try {
      const { code, out } = await runTests(["runner/nothing|contract/guards"]);
      assert.equal(code, 1, out);
      assert.match(out, /^no suite runs support.stray\.test\.js$/m);
      assert.match(out, /^[1-9]\d* passed, 1 failed$/m);
    } finally {
      rmSync(stray);
    }
  });

  test("prints the diff of a failed assertion once, and a trace into the source", async () => {
    const code = ours('test("a", () => assert.deepEqual([1], [2]));');
    const { out } = await run("diff", `import assert from "node:assert/strict"; ${code}`);
    assert.equal(out.match(/^.*[+-] +1\b/gm)?.length, 1, out);
    assert.match(out, /tests\/runner\/suite\.ts:\d+/);
  });
});
