import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";

export interface Execution {
  /** The exit code, or the signal that ended the program. */
  readonly code: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, or kills it at a limit in milliseconds. */
export function execute(command: string, args: readonly string[], cwd: string, limit = 120_000): Promise<Execution> {
  const env = { ...process.env, NO_COLOR: "1", NEXT_TELEMETRY_DISABLED: "1" };
  const options = { cwd, env, timeout: limit, killSignal: "SIGKILL", maxBuffer: 1e8 } as const;
  return new Promise((done) => {
    execFile(command, args, options, (error, stdout, stderr) =>
      done({ code: error ? (error.code ?? error.signal) : 0, stdout, stderr }),
    );
  });
}

/** Runs tasks in their order, as many at once as there are processors. */
export async function runAll(tasks: readonly (() => Promise<unknown>)[]): Promise<void> {
  const queue = [...tasks];
  await Promise.all(
    Array.from({ length: availableParallelism() }, async () => {
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
