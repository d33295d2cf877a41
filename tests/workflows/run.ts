/** Installs actionlint by Go, and shellcheck and zizmor from PyPI, for Linux x64 only; then runs the test file. */
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { installPrivate, once } from "../support/install.ts";

const here = join(import.meta.dirname, "../../../tests/workflows");
const locks = ["tools.txt", "go.mod", "go.sum"].map((name) => readFileSync(join(here, name)));

installPrivate(here);
await once(join(here, ".venv"), createHash("sha256").update(Buffer.concat(locks)).digest("hex"), async (venv) => {
  const options = { cwd: here, env: { ...process.env, GOBIN: join(venv, "bin") }, stdio: "inherit" } as const;
  const pip = ["install", "--quiet", "--require-hashes", "--only-binary", ":all:", "--requirement", "tools.txt"];
  execFileSync("python3", ["-m", "venv", venv], options);
  execFileSync(join(venv, "bin/pip"), pip, options);
  execFileSync("go", ["install", "github.com/rhysd/actionlint/cmd/actionlint"], options);
});
const args = [join(import.meta.dirname, "../runner/run.js"), "--in", import.meta.dirname, ...process.argv.slice(2)];
process.exitCode = spawnSync(process.execPath, args, { stdio: "inherit" }).status ?? 1;
