/** Installs the private package once, before the test files, which run side by side, need it. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { installPrivate } from "../support/install.ts";

const runner = fileURLToPath(new URL("../runner/run.js", import.meta.url));
const folder = fileURLToPath(new URL(".", import.meta.url));

installPrivate(fileURLToPath(new URL("../../../tests/properties/", import.meta.url)));
const { status } = spawnSync(process.execPath, [runner, "--in", folder, "--limit", "300", ...process.argv.slice(2)], {
  stdio: "inherit",
});
process.exitCode = status ?? 1;
