/**
 * Installs real servers, and runs the live tests against them: `npm run test:live [pattern]`.
 *
 * pygeoapi and wraptile come from PyPI into virtual environments of their own, nginx and openssl from the system.
 * The library is the packed tarball, and the recipes are those of `tests/recipes`.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const here = join(root, "tests/live");
const work = join(root, ".build/live");
const loud: { stdio: ("ignore" | "inherit")[] } = { stdio: ["ignore", "ignore", "inherit"] };

try {
  prepare();
} catch (error) {
  console.error((error as Error).message);
  console.log("0 passed, 1 failed");
  process.exit(1);
}
const runner = fileURLToPath(new URL("../run.js", import.meta.url));
const folder = fileURLToPath(new URL(".", import.meta.url));
const { status } = spawnSync(process.execPath, [runner, "--in", folder, "--limit", "300", ...process.argv.slice(2)], {
  stdio: "inherit",
});
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
  );
  writeFileSync(done, "");
}

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
  });
  if (status !== 0) throw new Error(stdout);
}

/** Servers of a test file that was killed, which could not stop them itself. */
function killLeftovers(): void {
  const list = join(work, "pids");
  for (const pid of existsSync(list) ? readFileSync(list, "utf8").trim().split("\n") : []) {
    try {
      process.kill(-Number(pid), "SIGKILL");
    } catch {
      // It has ended, as it should.
    }
  }
}
