/** Starts and stops real servers, and brings the packed library and the recipes. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type * as Library from "../../src/get-status.ts";
import type { Result, StatusInfo } from "../../src/get-status.ts";
import type * as Location from "../recipes/location.ts";
import type * as Results from "../recipes/results.ts";
import type * as Watch from "../recipes/watch.ts";

export const work = fileURLToPath(new URL("../../live/", import.meta.url));
const here = fileURLToPath(new URL("../../../tests/live/", import.meta.url));

const load = (name: string): Promise<unknown> => import(join(work, `${name}.js`));
export const { getStatus, isStatusInfo } = (await load("library")) as typeof Library;
export const { watch } = (await load("watch")) as typeof Watch;
export const { createdJob } = (await load("location")) as typeof Location;
export const { fetchResults } = (await load("results")) as typeof Results;

export interface Running {
  stop(signal?: NodeJS.Signals): Promise<void>;
  signal(signal: NodeJS.Signals): void;
}

const running = new Set<number>();
process.on("exit", () => {
  for (const pid of running) kill(pid, "SIGKILL");
});

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended already.
  }
}

/** Starts a server in a process group of its own, and waits until the URL answers, whatever it says. */
export async function start(
  command: string,
  args: string[],
  url: string,
  env: Record<string, string> = {},
): Promise<Running> {
  const child = spawn(command, args, {
    cwd: work,
    detached: true,
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const pid = child.pid!;
  running.add(pid);
  appendFileSync(join(work, "pids"), `${pid}\n`);
  let log = "";
  child.stderr.on("data", (chunk) => (log += chunk));
  const ended = once(child, "exit");
  for (const end = Date.now() + 60_000; ; await new Promise((done) => setTimeout(done, 100))) {
    if (child.exitCode !== null || Date.now() > end) throw new Error(`${command} does not answer: ${log}`);
    try {
      await (await fetch(url)).body?.cancel();
      break;
    } catch {
      // Not yet.
    }
  }
  return {
    signal: (signal) => kill(pid, signal),
    async stop(signal = "SIGTERM") {
      kill(pid, "SIGCONT");
      kill(pid, signal);
      await ended;
      kill(pid, "SIGKILL"); // workers that outlived their master
      running.delete(pid);
    },
  };
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

export interface Pygeoapi extends Running {
  readonly baseUrl: string;
  /** Starts again, with the jobs that it had. */
  restart(): Promise<void>;
}

/** pygeoapi under gunicorn, with TinyDB, so that jobs last; `prefix` is that of its WSGI server. */
export async function startPygeoapi(prefix = ""): Promise<Pygeoapi> {
  const port = await freePort();
  const jobs = mkdtempSync(join(work, "jobs-"));
  const baseUrl = `http://127.0.0.1:${port}${prefix}`;
  const bin = join(here, ".venv/pygeoapi/bin");
  const env = {
    PORT: String(port),
    BASE_URL: baseUrl,
    JOBS_DIR: jobs,
    SCRIPT_NAME: prefix,
    PYTHONPATH: here,
    PYTHONDONTWRITEBYTECODE: "1",
    PYGEOAPI_CONFIG: join(here, "pygeoapi.yml"),
    PYGEOAPI_OPENAPI: join(jobs, "openapi.yml"),
  };
  writeFileSync(
    env.PYGEOAPI_OPENAPI,
    execFileSync(join(bin, "pygeoapi"), ["openapi", "generate", env.PYGEOAPI_CONFIG], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "ignore"],
    }),
  );
  const args = [
    "-b",
    `127.0.0.1:${port}`,
    "-w",
    "1",
    "--threads",
    "32",
    "--no-control-socket",
    "--graceful-timeout",
    "1",
    "pygeoapi.flask_app:APP",
  ];
  const serve = (): Promise<Running> => start(join(bin, "gunicorn"), args, `${baseUrl}/conformance?f=json`, env);
  let server = await serve();
  return {
    baseUrl,
    signal: (signal) => server.signal(signal),
    stop: (signal) => server.stop(signal),
    restart: async () => void (server = await serve()),
  };
}

export async function startWraptile(): Promise<Running & { readonly baseUrl: string }> {
  const port = await freePort();
  const baseUrl = `http://127.0.0.1:${port}`;
  const args = ["run", "--port", String(port), "wraptile.services.local.testing:service"];
  return { baseUrl, ...(await start(join(here, ".venv/wraptile/bin/wraptile"), args, `${baseUrl}/conformance`)) };
}

/** nginx in the foreground, with this `http` block. */
export async function startNginx(port: number, http: string): Promise<Running> {
  const folder = mkdtempSync(join(work, "nginx-"));
  mkdirSync(join(folder, "logs"));
  writeFileSync(
    join(folder, "nginx.conf"),
    `
${process.getuid?.() === 0 ? "user root;" : "" /* a worker of nobody could not read the files of this folder */}
daemon off; error_log stderr error; pid ${folder}/nginx.pid; worker_processes 1;
events { worker_connections 512; }
http {
  access_log off;
  ${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${folder}/${name};`).join(" ")}
  ${http}
}`,
  );
  return start("nginx", ["-p", folder, "-c", join(folder, "nginx.conf")], `http://127.0.0.1:${port}/`);
}

/** Executes asynchronously, and finds the job by the recipe. */
export async function execute(
  baseUrl: string,
  process: string,
  inputs: object,
): Promise<{ baseUrl: URL; jobId: string }> {
  const response = await fetch(`${baseUrl}/processes/${process}/execution`, {
    method: "POST",
    headers: { "content-type": "application/json", prefer: "respond-async" },
    body: JSON.stringify({ inputs }),
  });
  assert.equal(response.status, 201, await response.clone().text());
  return createdJob(response, baseUrl);
}

export function brief(result: Result): string {
  return result.kind === "StatusInfo" ? result.status : `${result.kind} ${result.reason}`;
}

/** Asserts a status, and hands it on. */
export function info(result: Result): StatusInfo {
  assert.ok(isStatusInfo(result), JSON.stringify(result));
  return result;
}
