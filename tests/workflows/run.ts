/**
 * Checks the workflows of GitHub Actions and runs the steps of a release: `npm run test:workflows [pattern]`.
 *
 * actionlint is built by Go from the lock beside this file; zizmor and shellcheck come from PyPI. Linux x64 only.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { installPrivate } from "../support/install.ts";

const here = fileURLToPath(new URL("../../../tests/workflows/", import.meta.url));
const environment = join(here, ".venv");

try {
  installPrivate(here);
  installTools();
} catch (error) {
  console.error((error as Error).message);
  console.log("0 passed, 1 failed");
  process.exit(1);
}
const runner = fileURLToPath(new URL("../run.js", import.meta.url));
const folder = fileURLToPath(new URL(".", import.meta.url));
const { status } = spawnSync(process.execPath, [runner, "--in", folder, ...process.argv.slice(2)], {
  stdio: "inherit",
});
process.exitCode = status ?? 1;

/** Installs again only if a lock has changed. */
function installTools(): void {
  const locks = ["tools.txt", "go.mod", "go.sum"].map((name) => join(here, name));
  const done = join(environment, "installed");
  if (existsSync(done) && locks.every((lock) => statSync(done).mtimeMs > statSync(lock).mtimeMs)) return;
  console.log("installing actionlint, shellcheck and zizmor");
  rmSync(environment, { recursive: true, force: true });
  run("python3", ["-m", "venv", environment]);
  const requirements = ["--require-hashes", "--only-binary", ":all:", "--requirement", join(here, "tools.txt")];
  run(join(environment, "bin/pip"), ["install", "--quiet", "--disable-pip-version-check", ...requirements]);
  run("go", ["install", "github.com/rhysd/actionlint/cmd/actionlint"], { GOBIN: join(environment, "bin") });
  writeFileSync(done, "");
}

function run(command: string, args: string[], env: Record<string, string> = {}): void {
  execFileSync(command, args, {
    cwd: here,
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "inherit"],
  });
}
