/** One way to start and stop a server. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, openSync, readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { closedPort } from "../support/listen.ts";

const sources = join(import.meta.dirname, "../../../tests/live");
/** What runs on the servers. */
export const processes = join(sources, "processes");
/** Where run.ts installs the servers. */
export const environments = join(sources, ".venv");
/** What the servers write. */
export const work = join(import.meta.dirname, "../../live");

const config = join(processes, "pygeoapi.yml");
export const PYGEOAPI = { PYGEOAPI_CONFIG: config, PYGEOAPI_OPENAPI: config };
export const GUNICORN = "gunicorn --bind 127.0.0.1:$PORT --threads 32 --no-control-socket pygeoapi.flask_app:APP";
export const WRAPTILE = "wraptile run --port $PORT wraptile.services.local.testing:service";
/** It writes each change to a file. */
export const REDIS = "redis-server --port $PORT --bind 127.0.0.1 --appendonly yes";

export type Server = Awaited<ReturnType<typeof serve>>;

/** Starts a server by a shell command that listens on $PORT, in a folder of its own, with the programs of an environment. */
export async function serve(name: string, command: string, variables = {}, stopSignal = "KILL") {
  const { port, origin: baseUrl } = new URL(await closedPort());
  const cwd = mkdtempSync(join(work, `${name}-`));
  const log = join(cwd, "log");
  const python = { PYTHONPATH: processes, PYTHONDONTWRITEBYTECODE: "1", PYTHONUNBUFFERED: "1" };
  const PATH = `${join(environments, name, "bin")}:${process.env["PATH"]}`;
  const env = { ...process.env, ...python, PATH, PORT: port, URL: baseUrl, ...variables };
  // Ends all of them when its input is closed: by stop(), or because this process has ended, in whatever way.
  const shell = `(${command}) </dev/null & read _; trap '' ${stopSignal}; kill -s ${stopSignal} 0; wait`;
  let child: ChildProcess;
  const signal = (name: NodeJS.Signals): void => void process.kill(-child.pid!, name);
  /** Also starts it again, on the same port and with the same data. */
  const start = async (): Promise<void> => {
    const output = openSync(log, "a");
    child = spawn("sh", ["-c", shell], { cwd, env, detached: true, stdio: ["pipe", output, output] });
    child.unref();
    (child.stdin as Socket).unref();
    for (const end = Date.now() + 90_000; !(await isOpen(port)); await sleep(100))
      if (Date.now() > end) throw new Error(`${name} does not listen: ${readFileSync(log, "utf8").slice(-4_000)}`);
  };
  const stop = async (): Promise<void> => {
    signal("SIGCONT");
    child.ref();
    child.stdin!.end();
    await once(child, "exit");
    while (await isOpen(port)) await sleep(10);
  };
  await start();
  return { port, baseUrl, start, stop, signal };
}

async function isOpen(port: string): Promise<boolean> {
  const socket = connect(Number(port), "127.0.0.1");
  const open = await once(socket, "connect").then(Boolean, () => false);
  socket.destroy();
  return open;
}
