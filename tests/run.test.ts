import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe } from "./support/suite.ts";

const runner = fileURLToPath(new URL("run.js", import.meta.url));
const folder = new URL("../broken/", import.meta.url);
const SUITE = JSON.stringify(new URL("support/suite.js", import.meta.url).href);

/** Runs one test file with this source text, and returns how the run ended. */
function run(code: string, ...patterns: string[]): { status: number | null; out: string } {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL("one.test.js", folder), code);
  const { status, stdout, stderr } = spawnSync(process.execPath, [runner, "--in", fileURLToPath(folder), ...patterns], {
    encoding: "utf8",
  });
  return { status, out: stdout + stderr };
}

const ours = (define: string): string => `import { describe } from ${SUITE}; describe("s", (test) => { ${define} });`;
const plain = (code: string): string => `import { suite } from "uvu"; const test = suite("s"); ${code}`;

describe("the runner", (test) => {
  test("is green if every test passes", () => {
    const { status, out } = run(ours('test("a", () => {}); test("b", async () => {});'));
    assert.match(out, /^2 passed, 0 failed$/m);
    assert.equal(status, 0);
  });

  for (const [name, code, ...patterns] of [
    ["a test fails", ours('test("a", () => { throw new Error("x"); });')],
    ["a test fails late", ours('test("a", async () => { await null; throw new Error("x"); });')],
    ["a test throws a value that is not an Error", ours('test("a", () => { throw "boom"; }); test("b", () => {});')],
    ["a test throws nothing", ours('test("a", () => { throw undefined; });')],
    ["a test never ends", ours('test("a", () => new Promise(() => {}));')],
    ["a test exits", ours('test("a", () => process.exit(0));')],
    [
      "a rejection is unhandled",
      ours(
        'test("a", () => void Promise.reject(new Error("x"))); test("b", () => new Promise((done) => setTimeout(done, 5)));',
      ),
    ],
    ["a file defines no test", ours("")],
    ["a file holds none", "export {};"],
    ["a file throws at import", "throw new Error('x');"],
    ["a file does not parse", "import {"],
    ["a file forgets to run its suite", plain('test("a", () => {});')],
    [
      "a file leaves `only` in",
      plain('test("a", () => { throw new Error("x"); }); test.only("b", () => {}); test.run();'),
    ],
    ["a file skips a test", plain('test.skip("a", () => {}); test("b", () => {}); test.run();')],
    ["a hook throws", plain('test.before(() => { throw new Error("x"); }); test("a", () => {}); test.run();')],
    [
      "a file evades the count",
      `${ours('test("a", () => {});')} import { suite } from "uvu"; const t = suite("t"); t.only("b", () => {}); t("c", () => {}); t.run();`,
    ],
    ["a file sets its exit code", ours('test("a", () => { process.exitCode = 0; throw new Error("x"); });')],
    ["a pattern matches no file", ours('test("a", () => {});'), "nothing"],
  ] as const) {
    test(`is red if ${name}`, () => {
      const { status, out } = run(code, ...patterns);
      assert.equal(status, 1, out);
      assert.match(out, /^\d+ passed, [1-9]\d* failed$/m);
    });
  }

  // Test files that install the same package would delete each other's files.
  test("starts no test file that installs packages, since test files run side by side", () => {
    const built = fileURLToPath(new URL(".", import.meta.url));
    const files = readdirSync(built, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".test.js"));
    assert.ok(files.length > 30, `${files.length} test files`);
    const installing = files.filter((file) => /from ".*\/install\.js"/.test(readFileSync(join(built, file), "utf8")));
    assert.deepEqual(installing, []);
  });
});
