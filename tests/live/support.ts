/** Runs commands as servers, executes processes, and exports the library and its recipes. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isStatusInfo, type Result, type StatusInfo } from "ogcapi-job-status";
import { createdJob } from "../recipes/location.ts";

export { getStatus } from "ogcapi-job-status";
export { fetchResults } from "../recipes/results.ts";
export { watch } from "../recipes/watch.ts";

/** The configuration of the servers, and their virtual environments. */
export const here = fileURLToPath(new URL("../../../tests/live/", import.meta.url));
/** What the servers write. */
export const work = fileURLToPath(new URL("../../live/", import.meta.url));
/** One file for each process group that runs, for `run.ts` to end those of a test file that was killed. */
export const groups = join(work, "groups");

export interface Running {
  /** Ends the server and the processes that it started. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  signal(signal: NodeJS.Signals): void;
}

export interface StartOptions {
  readonly env?: Record<string, string>;
  /** Runs the command as this user and group. */
  readonly user?: { readonly uid: number; readonly gid: number };
}

const running = new Set<number>();
process.on("exit", () => {
  for (const pid of running) killGroup(pid, "SIGKILL");
});

/**
 * Starts a command in a process group of its own and waits until it is ready: until a URL answers, with any status,
 * until another command succeeds, or until its output matches.
 */
export async function start(
  [command, ...args]: readonly [string, ...string[]],
  ready: string | readonly [string, ...string[]] | RegExp,
  { env, user }: StartOptions = {},
): Promise<Running> {
  const log = join(mkdtempSync(join(work, "log-")), "output");
  const output = openSync(log, "a");
  const child = spawn(command, args, {
    cwd: work,
    detached: true,
    env: { ...process.env, ...env },
    stdio: ["ignore", output, output],
    ...user,
  });
  const ended = once(child, "exit");
  const pid = child.pid;
  if (pid === undefined) throw new Error(`Cannot start ${command}`);
  child.unref(); // A failed test must not keep this process alive: it ends the server when it exits.
  running.add(pid);
  writeFileSync(join(groups, String(pid)), "");

  const end = Date.now() + 90_000;
  while (!(await isReady(ready, log))) {
    if (child.exitCode !== null || Date.now() > end) {
      throw new Error(`${command} is not ready: ${readFileSync(log, "utf8").slice(-4_000)}`);
    }
    await pause(100);
  }
  return {
    signal: (signal) => killGroup(pid, signal),
    async stop(signal = "SIGTERM") {
      child.ref();
      killGroup(pid, "SIGCONT");
      killGroup(pid, signal);
      const late = setTimeout(() => killGroup(pid, "SIGKILL"), 15_000);
      await ended;
      clearTimeout(late);
      killGroup(pid, "SIGKILL"); // workers that outlived their parent
      running.delete(pid);
      rmSync(join(groups, String(pid)), { force: true });
    },
  };
}

async function isReady(ready: string | readonly [string, ...string[]] | RegExp, log: string): Promise<boolean> {
  if (ready instanceof RegExp) return ready.test(readFileSync(log, "utf8"));
  if (typeof ready !== "string") return spawnSync(ready[0], ready.slice(1)).status === 0;
  try {
    await (await fetch(ready)).body?.cancel();
    return true;
  } catch {
    return false;
  }
}

export function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended already.
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** A new folder for what a server writes. */
export function folder(name: string): string {
  mkdirSync(work, { recursive: true });
  return mkdtempSync(join(work, `${name}-`));
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

export interface Job {
  readonly baseUrl: URL;
  readonly jobId: string;
}

/** Executes a process asynchronously. */
export async function execute(
  baseUrl: string,
  process: string,
  inputs: object,
  headers: Record<string, string> = {},
): Promise<Job> {
  const response = await fetch(`${baseUrl}/processes/${process}/execution`, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json", prefer: "respond-async" },
    body: JSON.stringify({ inputs }),
  });
  assert.equal(response.status, 201, await response.clone().text());
  return createdJob(response, baseUrl);
}

/** A result in a word or two: `running`, or `NotFound unspecified`. */
export function brief(result: Result): string {
  return result.kind === "StatusInfo" ? result.status : `${result.kind} ${result.reason}`;
}

/** A result in a line: `running`, or `NotFound unspecified 404: no such job`. */
export function line(result: Result): string {
  if (result.kind === "StatusInfo") return result.status;
  return [brief(result), ...(result.http ? [` ${result.http.status}`] : []), `: ${result.message}`].join("");
}

/** Asserts that a result is a status. */
export function info(result: Result): StatusInfo {
  assert.ok(isStatusInfo(result), JSON.stringify(result));
  return result;
}
