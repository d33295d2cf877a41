/** Installs actionlint by Go, and shellcheck and zizmor from PyPI, for Linux x64 only; then runs the test file. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { installPrivate } from "../support/install.ts";

const here = fileURLToPath(new URL("../../../tests/workflows/", import.meta.url));
const venv = join(here, ".venv");
const installed = join(venv, "installed");
const locks = ["tools.txt", "go.mod", "go.sum"].map((name) => join(here, name));

installPrivate(here);
if (!existsSync(installed) || locks.some((lock) => statSync(lock).mtimeMs > statSync(installed).mtimeMs)) {
  const env = { ...process.env, GOBIN: join(venv, "bin") };
  const options = { cwd: here, env, stdio: "inherit" } as const;
  rmSync(venv, { recursive: true, force: true });
  execFileSync("python3", ["-m", "venv", venv], options);
  const pip = ["install", "--quiet", "--require-hashes", "--only-binary", ":all:", "--requirement", "tools.txt"];
  execFileSync(join(venv, "bin/pip"), pip, options);
  execFileSync("go", ["install", "github.com/rhysd/actionlint/cmd/actionlint"], options);
  writeFileSync(installed, "");
}
const args = [join(import.meta.dirname, "../runner/run.js"), "--in", import.meta.dirname, ...process.argv.slice(2)];
process.exitCode = spawnSync(process.execPath, args, { stdio: "inherit" }).status ?? 1;
