/**
 * Breaks the library in every small way it knows, one at a time, and expects the tests to see each: `npm run test:mutation`.
 *
 * A mutation tester of its own, since none drives uvu. It mutates the compiled file, which has the code of the source
 * without its types, and runs the tests that need no socket, all in one process. A mutant that survives is a failure,
 * unless `equivalent.ts` says why it cannot be told apart.
 */
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { EQUIVALENT } from "./equivalent.ts";

const TESTS = ["guards", "url", "request", "status", "outcomes", "body", "abort", "hostile", "servers"];
const LIMIT = 20_000;
const root = fileURLToPath(new URL("../../../", import.meta.url));
const work = join(root, ".build/mutation");
/** Without its comments, in which there is nothing to break. */
const source = readFileSync(join(root, ".build/src/get-status.js"), "utf8").replace(
  /(?<=^|\s)(?:\/\*[\s\S]*?\*\/|\/\/.*)/gm,
  (comment) => comment.replace(/[^\n]/g, " "),
);

interface Mutant {
  readonly line: number;
  readonly from: string;
  readonly to: string;
  readonly code: string;
}

/** Patterns, and what becomes of what they match. */
const MUTATIONS: readonly [RegExp, ...((match: string) => string)[]][] = [
  [/===/g, () => "!=="],
  [/!==/g, () => "==="],
  [/&&/g, () => "||"],
  [/\|\|/g, () => "&&"],
  [/\?\?/g, () => "&&"],
  [/\?\./g, () => "."],
  [/>=/g, () => ">", () => "<"],
  [/<=/g, () => "<", () => ">"],
  [/ < /g, () => " <= ", () => " >= "],
  [/-=/g, () => "+="],
  [/(?<![=!<>])!(?=[a-z/])/g, () => ""],
  [/\btrue\b/g, () => "false"],
  [/\bfalse\b/g, () => "true"],
  [/\bundefined\b/g, () => "null", () => "0"],
  [/\.every\(/g, () => ".some("],
  [/\.filter\(/g, () => ".map("],
  [/\b(\d[\d_]*)\b/g, (number) => String(Number(number.replaceAll("_", "")) + 1)],
  [/"[^"\n]*"/g, (text) => (text === '""' ? '"x"' : '"mutated"')],
  [/if \(([^{}]*)\)(?=[ \n])/g, () => "if (true)", () => "if (false)"],
  [/^ *(?:check|return|throw|break)\b.*;$/gm, () => ""],
  [/^ *[a-z]\w* [-+]?= .*;$/gm, () => ""],
  [/^ *signal\?\.throwIfAborted\(\);$/gm, () => ""],
  [/^ *\.\.\..*,$/gm, () => ""],
  [/\/\^/g, () => "/"],
  [/\$\//g, () => "/"],
  [/(?<=\/)i(?=\.test)/g, () => ""],
  [/\.toLowerCase\(\)/g, () => ""],
  [/\[\^\/@\]/g, () => "[^/]", () => "[^@]"],
  [/\(\?<!\\\/\)/g, () => ""],
  [/\(\\\.\\d\+\)\?/g, () => ""],
];

const mutants = allMutants();
const survivors: Mutant[] = [];
const queue = [...mutants];
await Promise.all(
  Array.from({ length: availableParallelism() }, async (_, worker) => {
    const folder = await prepare(worker);
    for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
      writeFileSync(join(folder, "src/get-status.js"), mutant.code);
      if (await passes(folder)) survivors.push(mutant);
    }
  }),
);
const key = ({ from, to, line }: Mutant): string => `${source.split("\n")[line - 1]!.trim()} | ${from} -> ${to}`.trim();
const unexplained = survivors.filter((mutant) => !(key(mutant) in EQUIVALENT));
for (const mutant of unexplained) console.log(`SURVIVED line ${mutant.line}: ${key(mutant)}`);
const stale = Object.keys(EQUIVALENT).filter((known) => !survivors.some((mutant) => key(mutant) === known));
for (const known of stale) console.log(`STALE ${known}`);
console.log(
  `${mutants.length} mutants, ${mutants.length - survivors.length} seen by a test, ${survivors.length - unexplained.length} explained`,
);
console.log(`${mutants.length - unexplained.length} passed, ${unexplained.length + stale.length} failed`);
process.exit(unexplained.length + stale.length ? 1 : 0);

function allMutants(): Mutant[] {
  const found: Mutant[] = [];
  for (const [pattern, ...changes] of MUTATIONS) {
    for (const match of source.matchAll(pattern)) {
      for (const change of changes) {
        const to = change(match[0]);
        found.push({
          line: source.slice(0, match.index + match[0].search(/\S/)).split("\n").length,
          from: match[0].trim(),
          to: to.trim(),
          code: source.slice(0, match.index) + to + source.slice(match.index + match[0].length),
        });
      }
    }
  }
  return found;
}

/** A copy of the compiled tests, which find their data where they would find it in the original. */
async function prepare(worker: number): Promise<string> {
  const folder = join(work, `${worker}/.build`);
  rmSync(join(work, String(worker)), { recursive: true, force: true });
  mkdirSync(join(folder, "src"), { recursive: true });
  cpSync(join(root, ".build/tests"), join(folder, "tests"), { recursive: true });
  for (const name of ["tests", "node_modules", "package.json"])
    symlinkSync(join(root, name), join(work, String(worker), name));
  writeFileSync(join(folder, "all.js"), TESTS.map((name) => `import "./tests/${name}.test.js";`).join("\n"));
  writeFileSync(join(folder, "src/get-status.js"), source);
  if (!(await passes(folder))) throw new Error("Cannot mutate: the tests fail as it is");
  return folder;
}

function passes(folder: string): Promise<boolean> {
  return new Promise((done) => {
    const child = spawn(process.execPath, ["--unhandled-rejections=strict", join(folder, "all.js")], {
      stdio: "ignore",
    });
    const timer = setTimeout(() => child.kill("SIGKILL"), LIMIT);
    child.on("close", (code) => {
      clearTimeout(timer);
      done(code === 0);
    });
  });
}
