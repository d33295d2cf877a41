import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { npm } from "./npm.ts";

/** Installs the private package of a folder by its lock, unless that has not changed since the last time. */
export function installPrivate(folder: string): void {
  const installed = join(folder, "node_modules/.package-lock.json");
  if (existsSync(installed) && statSync(installed).mtimeMs > statSync(join(folder, "package-lock.json")).mtimeMs)
    return;
  // Without scripts: what binaries there are come in the packages themselves.
  npm(["ci", "--ignore-scripts", "--no-audit", "--loglevel=error"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
  });
}

/** The arguments of the two runs of apt-get that install packages. They repeat failed downloads and wait for the lock. */
export function aptGet(packages: readonly string[]): string[][] {
  const options = ["--quiet=2", "--option=Acquire::Retries=3", "--option=DPkg::Lock::Timeout=300"];
  return [
    ["update", ...options],
    ["install", ...options, "--yes", "--no-install-recommends", ...packages],
  ];
}
