/**
 * Keeps hundreds of calls in flight, in waves, with faults and hostile fetches.
 *
 * `--seconds` is how long new waves are started, 20 by default; a wave takes a second or two. This process is the server;
 * the calls are made in another one, so that only they count in its heap.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { rawServer } from "../support/faults.ts";
import { listening } from "../support/listen.ts";
import { faultOf } from "./faults.ts";

const raw = rawServer((path) => {
  raw.requests.length = 0;
  raw.sockets.length = 0;
  return faultOf(Number(path.split("/").at(-1)));
});
await listening(raw.server, async (url) => {
  const args = ["--expose-gc", "--enable-source-maps", join(import.meta.dirname, "calls.js"), url];
  const child = spawn(process.execPath, [...args, ...process.argv.slice(2)], { stdio: "inherit" });
  process.exitCode = await new Promise<number>((done) => child.on("exit", (code) => done(code ?? 1)));
});
