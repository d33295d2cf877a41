/**
 * Makes one small change to the library at a time, and expects a test to fail for each: `npm run test:mutation`.
 *
 * No mutation testing tool supports uvu. This one mutates the compiled file, which is the source without its types, and
 * runs the tests that need no socket until the first one fails. A mutant that survives is a failure, unless
 * `equivalent.ts` explains why no test can detect it.
 */
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { installPrivate } from "../support/install.ts";
import { EQUIVALENT } from "./equivalent.ts";
import { findMutants, type Mutant, type Node } from "./mutants.ts";

/** Those that find the most come first. */
const TESTS = ["outcomes", "status", "request", "url", "guards", "body", "abort", "hostile", "injected"];
const root = fileURLToPath(new URL("../../../", import.meta.url));
const here = join(root, "tests/mutation");
const work = join(root, ".build/mutation");

installPrivate(here);
const { parse } = createRequire(join(here, "package.json"))("acorn") as {
  parse(source: string, options: object): Node;
};
const source = withoutComments(readFileSync(join(root, ".build/src/get-status.js"), "utf8"));
const mutants = findMutants(source, (code) => parse(code, { ecmaVersion: "latest", sourceType: "module" }));
const survivors: Mutant[] = [];
let timeouts = 0;

const start = Date.now();
rmSync(work, { recursive: true, force: true });
const queue = [...mutants];
await Promise.all(
  Array.from({ length: availableParallelism() }, async (_, worker) => {
    const folder = prepare(worker);
    const baseline = Date.now();
    if ((await test(folder, 60_000, "inherit")) !== "passed")
      throw new Error("Cannot mutate: the tests fail without a change");
    const limit = 5 * (Date.now() - baseline) + 2_000;
    for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
      writeFileSync(join(folder, "src/get-status.js"), mutant.code);
      const outcome = await test(folder, limit);
      if (outcome === "passed") survivors.push(mutant);
      if (outcome === "timeout") timeouts++;
    }
  }),
);

const unexplained = survivors.filter(({ key }) => !(key in EQUIVALENT));
for (const { line, key } of unexplained) console.log(`SURVIVED line ${line}: ${key}`);
const stale = Object.keys(EQUIVALENT).filter((known) => !survivors.some(({ key }) => key === known));
for (const known of stale) console.log(`STALE ${known}`);
console.log(
  `${mutants.length} mutants in ${Math.round((Date.now() - start) / 1_000)} s: ${mutants.length - survivors.length} detected ` +
    `(${timeouts} by a timeout), ${survivors.length - unexplained.length} equivalent`,
);
console.log(`${mutants.length - unexplained.length} passed, ${unexplained.length + stale.length} failed`);
process.exit(unexplained.length + stale.length ? 1 : 0);

/** Replaces comments with spaces, so that positions do not change. */
function withoutComments(code: string): string {
  let blank = code;
  const onComment = (_block: boolean, _text: string, from: number, to: number): void => {
    blank = blank.slice(0, from) + blank.slice(from, to).replace(/[^\n]/g, " ") + blank.slice(to);
  };
  parse(code, { ecmaVersion: "latest", sourceType: "module", onComment });
  return blank;
}

/** Copies the compiled tests to a folder in which they find their data. */
function prepare(worker: number): string {
  const folder = join(work, `${worker}/.build`);
  mkdirSync(join(folder, "src"), { recursive: true });
  cpSync(join(root, ".build/tests"), join(folder, "tests"), { recursive: true });
  cpSync(join(root, ".build/tests/mutation/suite.js"), join(folder, "tests/support/suite.js"));
  for (const name of ["tests", "node_modules", "package.json"])
    symlinkSync(join(root, name), join(work, String(worker), name));
  // A test that never settles ends the process early, with the exit code 13.
  writeFileSync(
    join(folder, "all.js"),
    `import { finished } from "./tests/support/suite.js";
for (const name of ${JSON.stringify(TESTS)}) {
  await import(\`./tests/\${name}.test.js\`);
  await finished();
}
`,
  );
  writeFileSync(join(folder, "src/get-status.js"), source);
  return folder;
}

function test(
  folder: string,
  limit: number,
  errors: "ignore" | "inherit" = "ignore",
): Promise<"passed" | "failed" | "timeout"> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [join(folder, "all.js")], { stdio: ["ignore", "ignore", errors] });
    const timer = setTimeout(() => child.kill("SIGKILL"), limit);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      done(code === 0 ? "passed" : signal === "SIGKILL" ? "timeout" : "failed");
    });
  });
}
