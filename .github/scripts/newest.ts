/**
 * Raises what the tests are run with to the newest versions: `node .github/scripts/newest.ts`.
 *
 * Rewrites each private package.json below `tests` but that of `workflows`, and its lock, and updates the root's lock
 * within its ranges. It is for the nightly run, which commits nothing: it shows what the next version of a runtime or a
 * tool breaks.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { npm } from "../../tests/support/npm.ts";

/**
 * What to install instead of a pinned version. A version that the name of an alias ends in stays, such as `node22` or
 * `prettier3.6`. So does the major version of TypeScript, since version 7 has no API for the tools that need an older
 * one.
 */
export function newestOf(name: string, pinned: string): string {
  const [, alias = "", major = ""] = /^(npm:@?[^@]+@)?(\d+)/.exec(pinned) ?? [];
  const named = alias && /\d+(?:\.\d+)?$/.exec(name)?.[0];
  return alias + (named || (name === "typescript" ? major : "latest"));
}

const LOCK_ONLY = [
  "--package-lock-only",
  "--ignore-scripts",
  "--omit-lockfile-registry-resolved",
  "--no-audit",
  "--loglevel=error",
];

function dependencies(folder: string): Record<string, string> {
  return JSON.parse(readFileSync(`${folder}/package.json`, "utf8")).dependencies ?? {};
}

function raise(folder: string): void {
  const pinned = dependencies(folder);
  const newest = Object.entries(pinned).map(([name, version]) => `${name}@${newestOf(name, version)}`);
  npm(["install", ...LOCK_ONLY, "--save-exact", ...newest], { cwd: folder });
  for (const [name, version] of Object.entries(dependencies(folder))) {
    if (version !== pinned[name]) console.log(`${folder}: ${name} ${pinned[name]} -> ${version}`);
  }
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === import.meta.filename) {
  const files = String(execFileSync("git", ["ls-files", "tests/**/package.json"]));
  for (const folder of files.trim().split("\n").map(dirname)) {
    // That folder has the versions that a release is made with.
    if (folder !== "tests/workflows") raise(folder);
  }
  npm(["update", ...LOCK_ONLY], {});
}
