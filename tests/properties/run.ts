/** Installs the private package once, before the test files, which run side by side, need it. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { installPrivate } from "../support/install.ts";

installPrivate(join(import.meta.dirname, "../../../tests/properties"));
const args = [join(import.meta.dirname, "../runner/run.js"), "--in", import.meta.dirname, "--limit", "300"];
process.exitCode = spawnSync(process.execPath, [...args, ...process.argv.slice(2)], { stdio: "inherit" }).status ?? 1;
