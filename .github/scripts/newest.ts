/**
 * Raises what the tests are run with to the newest versions: `node .github/scripts/newest.ts`.
 *
 * Rewrites each private package.json below `tests` and its lock, and updates the root's lock within its ranges.
 * It is for the nightly run, which does not commit: there it shows what the next version of a peer breaks.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
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

function raise(folder: string): void {
  const file = `${folder}/package.json`;
  const manifest = JSON.parse(readFileSync(file, "utf8"));
  const pinned: Record<string, string> = manifest.dependencies ?? {};
  manifest.dependencies = Object.fromEntries(
    Object.entries(pinned).map(([name, version]) => [name, newestOf(folder, name, version)]),
  );
  writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
  npm(["install", ...LOCK_ONLY], { cwd: folder });
  const { packages } = JSON.parse(readFileSync(`${folder}/package-lock.json`, "utf8"));
  for (const [name, before] of Object.entries(pinned)) {
    const after: string = packages[`node_modules/${name}`].version;
    if (!before.endsWith(after)) console.log(`${folder}: ${name} ${before} -> ${after}`);
  }
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === import.meta.filename) {
  const files = String(execFileSync("git", ["ls-files", "tests/**/package.json"]));
  for (const file of files.trim().split("\n")) raise(dirname(file));
  npm(["update", ...LOCK_ONLY], {});
}
