import { execFileSync, type ExecFileSyncOptions } from "node:child_process";
import { basename } from "node:path";

/**
 * Runs npm and returns its standard output.
 *
 * The npm that runs this script is started with Node: on Windows, `npm` is a batch file, which needs a shell.
 */
export function npm(args: readonly string[], options: ExecFileSyncOptions): string {
  const cli = process.env["npm_execpath"] ?? "";
  const [command, ...first] = basename(cli) === "npm-cli.js" ? [process.execPath, cli] : ["npm"];
  return String(execFileSync(command!, [...first, ...args], options) ?? "");
}
