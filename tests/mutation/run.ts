/**
 * Changes the library in one small way at a time, and expects a test of `contract/` to fail each time.
 *
 * Stryker has no runner for uvu, so it runs a command for each mutant. It mutates the compiled file, which is the source
 * without its types. `accepted.json` lists the mutants that no test can detect, by the reason, and no others.
 */
import { deepEqual } from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { installPrivate } from "../support/install.ts";

interface Mutant {
  readonly status: string;
  readonly replacement: string;
  readonly location: Readonly<Record<"start" | "end", { readonly line: number; readonly column: number }>>;
}

const build = join(import.meta.dirname, "../..");
const here = join(build, "../tests/mutation");
const read = (path: string): any => JSON.parse(readFileSync(path, "utf8"));

installPrivate(here);
const stryker = join(here, "node_modules/@stryker-mutator/core/bin/stryker.js");
const config = join(here, "stryker.config.json");
execFileSync(process.execPath, [stryker, "run", config], { cwd: build, stdio: "inherit" });
const report = read(join(build, "reports/mutation/mutation.json")).files["src/get-status.js"];
const mutants: readonly Mutant[] = report.mutants;
const survivors = mutants.filter(({ status }) => status !== "Killed" && status !== "Timeout");
console.log(`${mutants.length} mutants, of which ${survivors.length} survived`);
// Each once for each survivor, so that the same change to an equal line elsewhere is not accepted.
const accepted = Object.values(read(join(here, "accepted.json"))).flat();
deepEqual(survivors.map(changeOf).sort(), accepted.map(String).sort());
console.log("1 passed, 0 failed");

/** The lines that a mutant changes, before and after, without comments. */
function changeOf({ location: { start, end }, replacement }: Mutant): string {
  const lines: string[] = report.source.split("\n").slice(start.line - 1, end.line);
  const changed = lines[0]!.slice(0, start.column - 1) + replacement + lines.at(-1)!.slice(end.column - 1);
  return [lines.join("\n"), changed].map((text) => text.replace(/\s+(\/\/ .*)?/g, " ").trim()).join(" -> ");
}
