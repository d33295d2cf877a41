/**
 * Keeps hundreds of calls in flight, in waves, with the exchanges of wire/.
 *
 * `--seconds` is how long new waves are started, 20 by default; a wave takes a second or two. This process is the server;
 * the calls are made in another one, so that only they count in its heap.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { startPlace } from "../wire/server.ts";

const PLACE = JSON.stringify(await startPlace());
const args = ["--expose-gc", "--enable-source-maps", join(import.meta.dirname, "calls.js"), ...process.argv.slice(2)];
const child = spawn(process.execPath, args, { stdio: "inherit", env: { ...process.env, PLACE } });
child.on("exit", (code) => process.exit(code ?? 1));
