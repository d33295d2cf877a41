/** Runs commands as servers, and executes processes on them. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, openSync, readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isStatusInfo, type Result, type StatusInfo } from "ogcapi-job-status";
import { createdJob } from "../recipes/location.ts";
import { closedPort } from "../support/listen.ts";

const sources = join(import.meta.dirname, "../../../tests/live");
/** The processes that the servers run: one that sleeps, reports its progress, and fails on request, for each server. */
export const processes = join(sources, "processes");
/** What servers write. */
export const work = join(import.meta.dirname, "../../live");
/** A new folder for what a server writes. */
export const folder = (name: string): string => mkdtempSync(join(work, `${name}-`));
/** Where run.ts installs the servers. */
export const environments = join(sources, ".venv");
/** A command of a package that run.ts has installed. */
export const installed = (name: string, command: string): string => join(environments, name, "bin", command);
export const freePort = async (): Promise<string> => new URL(await closedPort()).port;
/** For servers in Python, which import their process from `processes`. */
const ENV = { PYTHONPATH: processes, PYTHONDONTWRITEBYTECODE: "1" };

export interface Command {
  readonly command: readonly string[];
  /** It is ready when this URL returns a response, or its output matches. */
  readonly ready: string | RegExp;
  readonly env?: Readonly<Record<string, string>>;
  readonly stopSignal?: NodeJS.Signals;
}

export interface Server {
  readonly port: string;
  readonly baseUrl: string;
  /** Starts it again, on the same port and with the same data. */
  start(): Promise<void>;
  stop(): Promise<void>;
  signal(signal: NodeJS.Signals): void;
}

/** Starts a server on a free port: one or more commands, in this order. */
export async function serve(define: (port: string, url: string) => Command | readonly Command[]): Promise<Server> {
  const port = await freePort();
  const baseUrl = `http://127.0.0.1:${port}`;
  const commands = [define(port, baseUrl)].flat();
  let running: Running[] = [];
  const start = async (): Promise<void> => {
    for (const command of commands) running.push(await run(command));
  };
  await start();
  return {
    port,
    baseUrl,
    start,
    stop: async () => void (await Promise.all(running.splice(0).map((one) => one.stop()))),
    signal: (signal) => running.forEach((one) => one.signal(signal)),
  };
}

type Running = Pick<Server, "stop" | "signal">;

/** Starts a command in a process group of its own, and waits until it is ready. */
async function run({ command, ready, env, stopSignal = "SIGKILL" }: Command): Promise<Running> {
  const log = join(folder("log"), "output");
  const output = openSync(log, "a");
  const child = spawn(command[0]!, command.slice(1), {
    cwd: work,
    detached: true,
    env: { ...process.env, ...ENV, ...env },
    stdio: ["ignore", output, output],
  });
  await once(child, "spawn");
  const ended = once(child, "exit");
  const group = -child.pid!;
  // Kills the group when this process ends, in whatever way: the pipe between them is closed then.
  const guard = spawn("sh", ["-c", 'read _; kill -s KILL -- "$0"', String(group)], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  for (const one of [child, guard, guard.stdin as Socket]) one.unref();

  const end = Date.now() + 90_000;
  while (!(await isReady(ready, log))) {
    if (child.exitCode !== null || Date.now() > end) {
      throw new Error(`${command[0]} is not ready: ${readFileSync(log, "utf8").slice(-4_000)}`);
    }
    await sleep(100);
  }
  return {
    signal: (signal) => void process.kill(group, signal),
    async stop() {
      child.ref();
      process.kill(group, "SIGCONT");
      process.kill(group, stopSignal);
      await ended;
      guard.stdin.end();
    },
  };
}

async function isReady(ready: Command["ready"], log: string): Promise<boolean> {
  if (ready instanceof RegExp) return ready.test(readFileSync(log, "utf8"));
  const response = await fetch(ready).catch(() => undefined);
  await response?.body?.cancel();
  return response !== undefined;
}

/** Starts Redis, which writes each change to a file. */
export function startRedis(): Promise<Server> {
  const options = `--bind 127.0.0.1 --appendonly yes --dir ${folder("redis")}`.split(" ");
  return serve((port) => ({ command: ["redis-server", "--port", port, ...options], ready: /Ready to accept/ }));
}

export type Job = Awaited<ReturnType<typeof createdJob>>;

/** Executes a process asynchronously. */
export async function execute(
  baseUrl: string,
  process: string,
  inputs: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Job> {
  const response = await fetch(`${baseUrl}/processes/${process}/execution`, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json", prefer: "respond-async" },
    body: JSON.stringify({ inputs }),
  });
  assert.equal(response.status, 201, await response.clone().text());
  return createdJob(response, baseUrl);
}

/** A result as `running`, or as `NotFound unspecified`. */
export function brief(result: Result): string {
  return result.kind === "StatusInfo" ? result.status : `${result.kind} ${result.reason}`;
}

/** A result as `running`, or as `NotFound unspecified 404: no such job`. */
export function line(result: Result): string {
  if (result.kind === "StatusInfo") return result.status;
  return `${[brief(result), result.http?.status].join(" ").trimEnd()}: ${result.message}`;
}

/** Asserts that a result is a status. */
export function info(result: Result): StatusInfo {
  assert.ok(isStatusInfo(result), JSON.stringify(result));
  return result;
}
