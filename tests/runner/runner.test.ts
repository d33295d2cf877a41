import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe } from "./suite.ts";

const runner = fileURLToPath(new URL("run.js", import.meta.url));
const folders = new URL("../../broken/", import.meta.url);
const SUITE = JSON.stringify(new URL("suite.js", import.meta.url).href);

const ours = (define: string): string => `import { describe } from ${SUITE}; describe("s", (test) => { ${define} });`;
const plain = (code: string): string => `import { suite } from "uvu"; const test = suite("s"); ${code}`;
const FAILING = 'test("a", () => { throw new Error("x"); });';

// uvu is green, or reports no test, in most of these states.
const broken: [state: string, code: string, problem: RegExp, ...args: string[]][] = [
  ["a test fails", ours(FAILING), /passed 0 of the 1/],
  ["a test fails late", ours('test("a", async () => { await null; throw new Error("x"); });'), /passed 0 of the 1/],
  ["a test throws a string", ours('test("a", () => { throw "boom"; }); test("b", () => {});'), /passed 1 of the 2/],
  ["a test throws undefined", ours('test("a", () => { throw undefined; });'), /passed 0 of the 1/],
  ["a test never settles", ours('test("a", () => new Promise(() => {}));'), /ended in "s: a"/],
  [
    "a test hangs",
    ours('test("a", () => new Promise(() => setInterval(() => {}, 9)));'),
    /killed .* "s: a"/,
    "--limit=10",
  ],
  ["a test blocks", ours('test("a", () => { for (;;); });'), /killed after 10 s in "s: a"/, "--limit=10"],
  ["a test exits", ours('test("a", () => process.exit(0));'), /ended in "s: a"/],
  [
    "a rejection is unhandled",
    ours(
      'test("a", () => void Promise.reject(new Error("x"))); test("b", () => new Promise((done) => setTimeout(done, 5)));',
    ),
    /ended in "s: b"/,
  ],
  ["a file defines no test", ours(""), /ran no test/],
  ["a file is empty", "export {};", /ran no test/],
  ["a file throws on import", "throw new Error('x');", /ran no test/],
  ["a file does not parse", "import {", /ran no test/],
  ["a file does not run its suite", plain('test("a", () => {});'), /ran no test/],
  ["a file leaves `only` in", plain(`${FAILING} test.only("b", () => {}); test.run();`), /ran no test/],
  ["a file skips a test", plain('test.skip("a", () => {}); test("b", () => {}); test.run();'), /ran no test/],
  [
    "a hook throws",
    plain(`test.before(() => { throw new Error("x"); }); test("a", () => {}); test.run();`),
    /ran no test/,
  ],
  [
    "a file runs uvu itself as well",
    `${ours('test("a", () => {});')} import { suite } from "uvu"; const t = suite("t"); t("c", () => {}); t.run();`,
    /uvu reports another count/,
  ],
  [
    "a file sets its exit code to 0",
    ours(`test("a", () => { process.exitCode = 0; throw new Error("x"); });`),
    /passed 0/,
  ],
  [
    "a file sets another exit code",
    ours('test("a", () => {}); process.on("exit", () => process.exit(3));'),
    /exited with 3/,
  ],
  ["a pattern matches no file", ours('test("a", () => {});'), /no test file matches nothing/, "nothing"],
];

/** Runs one test file with this source text, and returns how the run ended. */
function run(name: string, code: string, ...args: string[]): Promise<{ code: number; out: string }> {
  const folder = new URL(`${encodeURIComponent(name)}/`, folders);
  mkdirSync(fileURLToPath(folder), { recursive: true });
  writeFileSync(new URL("one.test.js", folder), code);
  return new Promise((done) => {
    execFile(process.execPath, [runner, "--in", fileURLToPath(folder), ...args], (error, stdout, stderr) =>
      done({ code: Number(error?.code ?? 0), out: stdout + stderr }),
    );
  });
}

rmSync(folders, { recursive: true, force: true });
// All at once, since one waits for its limit.
const green = run("green", ours('test("a", () => {}); test("b", async () => {});'));
const red = broken.map(([state, code, , ...args]) => run(state, code, ...args));

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

  test("prints the diff of a failed assertion once, and a trace into the source", async () => {
    const { out } = await run(
      "diff",
      `import assert from "node:assert/strict"; ${ours('test("a", () => assert.deepEqual([1], [2]));')}`,
    );
    assert.equal(out.match(/^.*[+-] +1\b/gm)?.length, 1, out);
    assert.match(out, /tests\/runner\/suite\.ts:\d+/);
  });
});
