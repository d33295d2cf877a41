import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
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

/**
 * Installs Python packages into a virtual environment, unless the same ones were installed there before, and returns its
 * interpreter.
 */
export function installPython(folder: string, packages: readonly string[]): string {
  const python = join(folder, "bin/python");
  const done = join(folder, "installed");
  const wanted = packages.join("\n");
  if (existsSync(done) && readFileSync(done, "utf8") === wanted) return python;
  rmSync(folder, { recursive: true, force: true });
  execFileSync(findPython(), ["-m", "venv", folder]);
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
  execFileSync(python, [...pip, ...packages], { stdio: ["ignore", "ignore", "inherit"] });
  writeFileSync(done, wanted);
  return python;
}

/** Python 3.12 or later, which pyenv may have without a command on the path. */
function findPython(): string {
  const versions = join(process.env["PYENV_ROOT"] ?? join(homedir(), ".pyenv"), "versions");
  const ofPyenv = existsSync(versions)
    ? readdirSync(versions)
        .filter((version) => /^3\.1[2-9]\./.test(version))
        .map((version) => join(versions, version, "bin/python3"))
    : [];
  // A command of pyenv may be there, but not work, until its version is selected.
  const python = ["python3.13", "python3.12", ...ofPyenv].find(
    (command) => spawnSync(command, ["--version"]).status === 0,
  );
  if (python === undefined) throw new Error("Python 3.12 or later is missing");
  return python;
}
