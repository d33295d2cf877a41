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
