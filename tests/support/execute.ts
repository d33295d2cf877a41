import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";

/** Runs a program to its end, or kills it at a limit in milliseconds. `code` is the exit code, or the signal. */
export function execute(
  command: string,
  args: readonly string[],
  cwd: string,
  limit = 120_000,
  env = process.env,
): Promise<{ code: unknown; stdout: string; stderr: string }> {
  const quiet = { ...env, NO_COLOR: "1", NEXT_TELEMETRY_DISABLED: "1" };
  const options = { cwd, env: quiet, timeout: limit, killSignal: "SIGKILL", maxBuffer: 1e8 } as const;
  return new Promise((done) => {
    execFile(command, args, options, (error, stdout, stderr) =>
      done({ code: error ? (error.code ?? error.signal) : 0, stdout, stderr }),
    );
  });
}

/** Runs tasks in their order, as many at once as there are processors. */
export async function runAll(tasks: readonly (() => Promise<unknown>)[], atOnce = availableParallelism()) {
  const queue = [...tasks];
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let task = queue.shift(); task; task = queue.shift()) await task();
    }),
  );
}

/** Writes files, with the folders that they need, and returns their folder. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): string {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}
