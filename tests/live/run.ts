/**
 * Installs real servers from their registries and runs the live tests against them: `npm run test:live [pattern]`.
 *
<<<<<<< HEAD
 * pygeoapi and wraptile come from PyPI into virtual environments of their own, nginx and openssl from the system.
 * The library is the packed tarball, and the recipes are those of `tests/recipes`.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
=======
 * All versions are pinned, those of Python packages by a requirements file and those of crates by their own lock file.
 * Debian's packages come in the version of the machine.
 */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, isAbsolute, join } from "node:path";
>>>>>>> 8e793d9 (Test five more servers live)
import { fileURLToPath } from "node:url";
import { groups, here, killGroup, work } from "./support.ts";

const environments = join(here, ".venv");
const patterns = process.argv.slice(2);

const children = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of children) child.kill();
  // The servers of a test file that was killed.
  for (const pid of readdirSync(groups)) killGroup(Number(pid), "SIGKILL");
});
<<<<<<< HEAD
killLeftovers();
process.exitCode = status ?? 1;

function prepare(): void {
  if (spawnSync("python3", ["--version"]).status !== 0)
    throw new Error("Cannot run the live tests: python3 is missing");
  for (const name of ["pygeoapi", "wraptile"]) virtualEnvironment(name);
  virtualEnvironment("clients", "clients/requirements.txt", findPython());
  system("nginx", ["-v"], "nginx-light");
  system("openssl", ["version"], "openssl");
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  library();
  recipes();
}

/** Installed anew where its lock has changed. */
function virtualEnvironment(name: string, requirements = `${name}.txt`, python = "python3"): void {
  const lock = join(here, requirements);
  const environment = join(here, ".venv", name);
  const done = join(environment, "installed");
  if (existsSync(done) && statSync(done).mtimeMs > statSync(lock).mtimeMs) return;
  console.log(`installing ${name}`);
  rmSync(environment, { recursive: true, force: true });
  execFileSync(python, ["-m", "venv", environment], loud);
  execFileSync(
    join(environment, "bin/pip"),
    ["install", "--quiet", "--disable-pip-version-check", "--requirement", lock],
    loud,
=======
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
  await run("apt-get", ["update", "--quiet=2"]);
  await run("apt-get", [
    ...["install", "--quiet=2", "--yes", "--no-install-recommends"],
    ...missing.map(([, name]) => name),
  ]);
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
>>>>>>> 8e793d9 (Test five more servers live)
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

<<<<<<< HEAD
/** cuiman needs Python 3.12 or later, which pyenv may have without a command on the path. */
function findPython(): string {
  const versions = join(process.env["PYENV_ROOT"] ?? join(homedir(), ".pyenv"), "versions");
  const ofPyenv = existsSync(versions)
    ? readdirSync(versions)
        .filter((version) => /^3\.1[23]\./.test(version))
        .map((version) => join(versions, version, "bin/python3"))
    : [];
  const candidates = ["python3.13", "python3.12", ...ofPyenv];
  const python = candidates.find((command) => spawnSync(command, ["--version"]).status === 0);
  if (python === undefined) throw new Error("Cannot run the live tests: Python 3.12 or 3.13 is missing");
  return python;
}

function system(command: string, args: string[], packaged: string): void {
  const there = (): boolean => spawnSync(command, args).status === 0;
  if (there()) return;
  console.log(`installing ${packaged}`);
  spawnSync("apt-get", ["update", "-qq"], loud);
  spawnSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", packaged], loud);
  if (!there()) throw new Error(`Cannot run the live tests: ${command} is missing`);
}

function library(): void {
  const { name, version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  writeFileSync(join(work, "package.json"), '{"private":true,"type":"module"}');
  execFileSync("npm", ["pack", "--silent", "--pack-destination", work], { cwd: root, ...loud });
  execFileSync("npm", ["install", "--silent", "--no-audit", `./${name}-${version}.tgz`], { cwd: work, ...loud });
  writeFileSync(join(work, "library.ts"), `export * from "${name}";\n`);
}

/** The recipes as they are, which import the installed package by its name. */
function recipes(): void {
  for (const name of ["watch.ts", "location.ts", "results.ts"]) {
    cpSync(join(root, "tests/recipes", name), join(work, name));
  }
  writeFileSync(
    join(work, "tsconfig.json"),
    JSON.stringify({
      extends: "../../tests/tsconfig.json",
      compilerOptions: { rootDir: ".", outDir: ".", noUnusedLocals: false },
      include: ["*.ts"],
      exclude: [],
    }),
  );
  const { status, stdout } = spawnSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", work], {
    encoding: "utf8",
=======
function run(command: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "ignore", "inherit"] });
    children.add(child);
    child.on("error", reject);
    child.on("exit", (code) =>
      code === 0 ? resolve() : reject(new Error(`${command} ${args.join(" ")}: exit code ${code}`)),
    );
>>>>>>> 8e793d9 (Test five more servers live)
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
