/**
 * `npm run test:properties`: installs the private package, then runs the test files.
 *
 * The files run side by side. If each of them installed the package, one would delete what another is writing.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { installPrivate } from "../support/install.ts";

const runner = fileURLToPath(new URL("../run.js", import.meta.url));
const folder = fileURLToPath(new URL(".", import.meta.url));

try {
  installPrivate(fileURLToPath(new URL("../../../tests/properties/", import.meta.url)));
} catch (error) {
  console.error((error as Error).message);
  console.log("0 passed, 1 failed");
  process.exit(1);
}
const { status } = spawnSync(process.execPath, [runner, "--in", folder, "--limit", "300", ...process.argv.slice(2)], {
  stdio: "inherit",
});
process.exitCode = status ?? 1;
