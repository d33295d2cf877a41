/**
 * Installs real servers from their registries and runs the live tests against them: `npm run test:live [pattern]`.
 *
 * All versions are pinned, those of Python packages by a requirements file and those of crates by their own lock file.
 * Debian's packages come in the version of the machine.
 */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { aptGet } from "../support/install.ts";
import { groups, here, killGroup, work } from "./support.ts";

const environments = join(here, ".venv");
const patterns = process.argv.slice(2);

const children = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of children) child.kill();
  // The servers of a test file that was killed.
  for (const pid of readdirSync(groups)) killGroup(Number(pid), "SIGKILL");
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => process.exit(1));
rmSync(work, { recursive: true, force: true });
mkdirSync(groups, { recursive: true });
const installed = await Promise.allSettled([
  debian({
    nginx: "nginx-light",
    openssl: "openssl",
    "redis-server": "redis-server",
    "/usr/lib/postgresql": "postgresql",
  }),
  python("bbox", "bbox/requirements.txt"),
  python("clients", "clients/requirements.txt"),
  python("fastgeoapi", "fastgeoapi/requirements.txt"),
  python("fastprocesses", "fastprocesses/requirements.txt"),
  python("pygeoapi-0.21", "pygeoapi/requirements-0.21.txt"),
  python("pygeoapi-0.24", "pygeoapi/requirements-0.24.txt"),
  python("wraptile", "wraptile/requirements.txt"),
  crate("bbox-processes-server", "0.6.1"),
]);
const failures = installed.flatMap((result) => (result.status === "rejected" ? [String(result.reason)] : []));
for (const failure of failures) console.error(failure);
if (failures.length > 0) {
  console.log(`0 passed, ${failures.length} failed`);
  process.exitCode = 1;
} else {
  const runner = fileURLToPath(new URL("../run.js", import.meta.url));
  const tests = fileURLToPath(new URL(".", import.meta.url));
  const child = spawn(process.execPath, [runner, "--in", tests, "--limit", "600", ...patterns], { stdio: "inherit" });
  children.add(child);
  child.on("exit", (code) => (process.exitCode = code ?? 1));
}

/** Installs Debian's packages of those commands, or folders, that are missing. */
async function debian(packages: Readonly<Record<string, string>>): Promise<void> {
  const missing = Object.entries(packages).filter(([command]) => !find(command));
  if (missing.length === 0) return;
  for (const args of aptGet(missing.map(([, name]) => name))) await run("apt-get", args);
  for (const [command] of missing) if (!find(command)) throw new Error(`${command} is missing`);
}

/** Installs Python packages into a virtual environment of their own. */
async function python(name: string, requirements: string): Promise<void> {
  const environment = join(environments, name);
  const file = join(here, requirements);
  await once(environment, readFileSync(file, "utf8"), async () => {
    await run(findPython(), ["-m", "venv", environment]);
    const pip = join(environment, "bin/pip");
    await run(pip, ["install", "--quiet", "--disable-pip-version-check", "--requirement", file]);
  });
}

/** Builds the command of a crate, without optimisation, which takes a third of the time. */
async function crate(name: string, version: string): Promise<void> {
  if (!find("cargo")) throw new Error("cargo is missing");
  const root = join(environments, "cargo");
  await once(root, `${name} ${version}`, () =>
    run("cargo", ["install", "--quiet", "--debug", "--locked", "--root", root, "--version", version, name]),
  );
}

/** Installs into a folder, unless that was done for the same versions before. */
async function once(folder: string, versions: string, install: () => Promise<void>): Promise<void> {
  const done = join(folder, "installed");
  if (existsSync(done) && readFileSync(done, "utf8") === versions) return;
  console.log(`installing ${folder.slice(environments.length + 1)}`);
  rmSync(folder, { recursive: true, force: true });
  await install();
  writeFileSync(done, versions);
}

function run(command: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "ignore", "inherit"] });
    children.add(child);
    child.on("error", reject);
    child.on("exit", (code) =>
      code === 0 ? resolve() : reject(new Error(`${command} ${args.join(" ")}: exit code ${code}`)),
    );
  });
}

/** pygeoapi 0.24 and fastprocesses need Python 3.12 or later, which pyenv may have without a command on the path. */
function findPython(): string {
  const versions = join(process.env["PYENV_ROOT"] ?? join(homedir(), ".pyenv"), "versions");
  const ofPyenv = (minor: string): string[] =>
    existsSync(versions)
      ? readdirSync(versions)
          .filter((version) => version.startsWith(`${minor}.`))
          .map((version) => join(versions, version, "bin/python3"))
      : [];
  const candidates = ["python3.13", "python3.12", ...ofPyenv("3.13"), ...ofPyenv("3.12")];
  // A command of pyenv may be there, but not work, until its version is selected.
  const python = candidates.find((command) => spawnSync(command, ["--version"]).status === 0);
  if (python === undefined) throw new Error("Python 3.12 or 3.13 is missing");
  return python;
}

function find(command: string): boolean {
  if (isAbsolute(command)) return existsSync(command);
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => existsSync(join(folder, command)));
}
