/** The runtimes in which calls are measured: the binaries of the private package of tests/runtimes. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** What one call may cost over bare `fetch` and `json()`: never more than `must`, better no more than `aim`. */
export interface Bound {
  readonly must: number;
  readonly aim: number;
}

export interface Runtime {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly bounds: { readonly injected?: Bound; readonly loopback: Bound };
}

const bin = (path: string): string =>
  fileURLToPath(new URL(`../../../tests/runtimes/node_modules/${path}`, import.meta.url));

const node = (major: string): Runtime => ({
  name: `Node ${major}`,
  command: [bin(`node${major}/bin/node`)],
  bounds: { injected: { must: 1.45, aim: 1.2 }, loopback: { must: 1.1, aim: 1.05 } },
});

export const RUNTIMES: readonly Runtime[] = [
  node("20"),
  node("22"),
  node("24"),
  node("26"),
  {
    name: "Deno 2",
    command: [bin("@deno/linux-x64-glibc/deno"), "run", "--allow-all", "--no-config", "--no-lock"],
    bounds: { loopback: { must: 1.6, aim: 1.2 } },
  },
  {
    name: "Bun 1",
    command: [bin("@oven/bun-linux-x64/bin/bun")],
    bounds: { loopback: { must: 1.6, aim: 1.2 } },
  },
];

/** The Node that runs what is not compared between runtimes; all peers run on it. */
export const NODE = node("24");

/** Runs a script to its end, and parses the last line that it prints as JSON. */
export function runScript(runtime: Runtime, script: string, args: readonly string[]): any {
  const [command, ...flags] = runtime.command;
  const output = execFileSync(command, [...flags, script, ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 1e8,
    timeout: 120_000,
    env: { ...process.env, NO_COLOR: "1" },
  });
  return JSON.parse(output.trim().split("\n").at(-1)!);
}

/** For example `24.21.0`. */
export function version({ command: [command] }: Runtime): string {
  return /\d+\.\d+\.\d+/.exec(execFileSync(command, ["--version"], { encoding: "utf8" }))![0];
}
