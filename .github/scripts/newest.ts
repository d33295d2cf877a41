/**
 * Raises what the tests are run with to the newest versions: `node .github/scripts/newest.ts`.
 *
 * Rewrites each private package.json below `tests` and its lock, and updates the root's lock within its ranges. It is
 * for the nightly run, which commits nothing: it shows what the next version of a peer or of a runtime breaks.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { npm } from "../../tests/support/npm.ts";

/** What stays at its major version, and why. */
const MAJORS: Readonly<Record<string, string>> = {
  "tests/bench typescript": "5", // the generator of hey-api needs the compiler API, which 7 does not have
  "tests/types/node22 undici": "7", // the other folder has 8
  "tests/types/node22 @types/node": "22",
  "tests/types/node24 @types/node": "24",
};

/** What to install instead of a pinned version. An alias that ends in a number, such as `node22`, keeps that major. */
export function newestOf(folder: string, name: string, pinned: string): string {
  const alias = /^(npm:@?[^@]+@)/.exec(pinned)?.[1] ?? "";
  const major = MAJORS[`${folder} ${name}`] ?? (alias && /\d+$/.exec(name)?.[0]);
  return alias + (major || "latest");
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
  const newest = Object.entries(pinned).map(([name, version]) => `${name}@${newestOf(folder, name, version)}`);
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
