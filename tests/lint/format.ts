/** Formats the repository: `npm run format`. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { installPrivate } from "../support/install.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const here = join(root, "tests/lint");

installPrivate(here);
const prettier = join(here, "node_modules/prettier/bin/prettier.cjs");
execFileSync(process.execPath, [prettier, "--write", "--log-level=warn", "."], { cwd: root, stdio: "inherit" });
