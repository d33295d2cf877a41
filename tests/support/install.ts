import { execFile, spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, delimiter, join } from "node:path";
import { promisify } from "node:util";
import { npm } from "./npm.ts";

const run = promisify(execFile);

/** Installs the private package of a folder by its lock, unless that has not changed since the last time. */
export function installPrivate(folder: string): void {
  const installed = join(folder, "node_modules/.package-lock.json");
  if (existsSync(installed) && statSync(installed).mtimeMs > statSync(join(folder, "package-lock.json")).mtimeMs)
    return;
  // Without scripts: what binaries there are come in the packages themselves.
  const args = ["ci", "--ignore-scripts", "--no-audit", "--loglevel=error"];
  npm(args, { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
}

/** Installs those packages of Debian that are missing. It repeats failed downloads and waits for the lock. */
export async function installDebian(packages: ReadonlySet<string>): Promise<void> {
  const query = ["--show", "--showformat", "${db:Status-Status}"];
  const statusOf = (name: string): string => String(spawnSync("dpkg-query", [...query, name]).stdout);
  const missing = [...packages].filter((name) => statusOf(name) !== "installed");
  if (!missing.length) return;
  console.log(`installing ${missing.join(" ")} with apt-get`);
  const options = ["--quiet=2", "--option=Acquire::Retries=3", "--option=DPkg::Lock::Timeout=300"];
  await run("apt-get", ["update", ...options]);
  await run("apt-get", ["install", ...options, "--yes", "--no-install-recommends", ...missing]);
}

/** Builds the command of a crate, without optimisation, which takes a third of the time. */
export function installCrate(root: string, crate: string): Promise<void> {
  return once(join(root, crate.split("@")[0]!), crate, async (folder) => {
    await run("cargo", ["install", "--quiet", "--debug", "--locked", "--root", folder, crate]);
  });
}

const UV = "uv==0.13.9";
/** The packages that others need are those of this day. */
const UPLOADED_BEFORE = "2026-11-25T00:00:00Z";

/** Installs each list of Python packages into an environment below `root`, named after its first package. */
export async function installPython(root: string, lists: ReadonlySet<string>): Promise<void> {
  // The commands of pyenv's versions need not be on the path.
  const pyenv = join(process.env["PYENV_ROOT"] ?? join(homedir(), ".pyenv"), "versions");
  const versions = existsSync(pyenv) ? readdirSync(pyenv).map((version) => join(pyenv, version, "bin")) : [];
  process.env["PATH"] = [...versions, process.env["PATH"]].join(delimiter);
  await once(join(root, "uv"), UV, async (folder) => {
    await run("python3", ["-m", "venv", folder]);
    await run(join(folder, "bin/pip"), ["install", UV]);
  });
  const uv = join(root, "uv/bin/uv");
  const install = (list: string): Promise<void> =>
    once(join(root, list.split("==")[0]!), `${list} uploaded before ${UPLOADED_BEFORE}`, async (folder) => {
      // Debian has QGIS for its own Python only.
      const python = /qgis/.test(list) ? ["/usr/bin/python3", "--system-site-packages"] : [">=3.12,<3.14"];
      await run(uv, ["venv", folder, "--no-python-downloads", "--python", ...python]);
      const packages = ["--exclude-newer", UPLOADED_BEFORE, ...list.split(" ")];
      await run(uv, ["pip", "install", "--python", folder, ...packages]);
    });
  await Promise.all([...lists].map(install));
}

/** Installs into a folder, unless it holds the same versions already. */
async function once(folder: string, versions: string, install: (folder: string) => Promise<void>): Promise<void> {
  const done = join(folder, "versions");
  if (existsSync(done) && readFileSync(done, "utf8") === versions) return;
  console.log(`installing ${basename(folder)}: ${versions}`);
  rmSync(folder, { recursive: true, force: true });
  await install(folder);
  writeFileSync(done, versions);
}
