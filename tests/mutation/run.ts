/**
 * Changes the library in one small way at a time, and expects a test of `contract/` to fail each time.
 *
 * Stryker has no runner for uvu, so it runs a command for each mutant. It mutates the compiled file, which is the source
 * without its types. The mutants that no test can detect are listed in `accepted.json`, by the reason.
 */
import { spawnSync } from "node:child_process";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { installPrivate } from "../support/install.ts";

interface Mutant {
  readonly status: string;
  readonly replacement: string;
  readonly location: Readonly<Record<"start" | "end", { readonly line: number; readonly column: number }>>;
}

const MUTATED = "build/src/get-status.js";
const SUITE = "build/tests/runner/suite.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const here = join(root, "tests/mutation");
const sandbox = join(root, ".build/mutation");

installPrivate(here);
prepare();
const start = Date.now();
const stryker = join(here, "node_modules/@stryker-mutator/core/bin/stryker.js");
const { status } = spawnSync(process.execPath, [stryker, "run"], { cwd: sandbox, stdio: "inherit" });
if (status !== 0) throw new Error("Stryker failed");
const report = JSON.parse(readFileSync(join(sandbox, "reports/mutation/mutation.json"), "utf8"));
const { source, mutants }: { source: string; mutants: readonly Mutant[] } = report.files[MUTATED];
const timeouts = mutants.filter((mutant) => mutant.status === "Timeout").length;
const survivors = mutants.filter((mutant) => !["Killed", "Timeout"].includes(mutant.status)).map(toDiff);
const accepted = Object.values<[string, string][]>(JSON.parse(readFileSync(join(here, "accepted.json"), "utf8")));
const stale = accepted.flat().map((change) => diff(...change));

// Each entry accepts one survivor, so that the same change to an equal line elsewhere is not accepted.
const unexplained = survivors.filter((survivor) => {
  const index = stale.indexOf(survivor);
  if (index >= 0) stale.splice(index, 1);
  return index < 0;
});
for (const survivor of unexplained) console.log(`SURVIVED\n${survivor}`);
for (const entry of stale) console.log(`STALE: accepted.json lists what does not survive\n${entry}`);
console.log(
  `${mutants.length} mutants in ${Math.round((Date.now() - start) / 1_000)} s: ` +
    `${mutants.length - survivors.length} detected (${timeouts} by a timeout), ` +
    `${survivors.length - unexplained.length} accepted, ${unexplained.length} survived`,
);
const passed = unexplained.length + stale.length === 0;
console.log(passed ? "1 passed, 0 failed" : "0 passed, 1 failed");
process.exitCode = passed ? 0 : 1;

/** Copies the source and what was compiled, in the arrangement in which the tests find them. */
function prepare(): void {
  rmSync(sandbox, { recursive: true, force: true });
  for (const folder of ["src", "tests/contract", "tests/runner", "tests/support"]) {
    cpSync(join(root, ".build", folder), join(sandbox, "build", folder), { recursive: true });
  }
  cpSync(join(root, ".build/tests/mutation/suite.js"), join(sandbox, SUITE));
  cpSync(join(root, "src"), join(sandbox, "src"), { recursive: true });
  writeFileSync(join(sandbox, "package.json"), '{ "type": "module" }');
  const config = {
    testRunner: "command",
    commandRunner: { command: `"${process.execPath}" ${SUITE}` },
    mutate: [MUTATED],
    inPlace: true, // the sandbox is a copy already
    reporters: ["json", "progress-append-only"],
    logLevel: "warn",
    concurrency: availableParallelism(),
    timeoutMS: 10_000, // a slow run must not pass for a test that hangs
    timeoutFactor: 2,
  };
  writeFileSync(join(sandbox, "stryker.config.json"), JSON.stringify(config));
}

/** The lines that a mutant changes, before and after, without comments. */
function toDiff({ location: { start, end }, replacement }: Mutant): string {
  const lines = source.split("\n").slice(start.line - 1, end.line);
  const head = lines[0]!.slice(0, start.column - 1);
  const tail = lines.at(-1)!.slice(end.column - 1);
  return diff(lines.join("\n"), head + replacement + tail);
}

function diff(before: string, after: string): string {
  return [`- ${before}`, `+ ${after}`].map((text) => text.replace(/\s+(\/\/ .*)?/g, " ").trim()).join("\n");
}
