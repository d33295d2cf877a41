/** Where things are, and how programs are run. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execute, writeFiles } from "../support/execute.ts";

export const root = fileURLToPath(new URL("../../../", import.meta.url));
export const here = join(root, "tests/platforms");
/** Below the private package, so that what runs there finds its modules. */
export const work = join(here, ".build");
export const bin = (path: string): string => join(here, "node_modules", path);
export const load = createRequire(join(here, "package.json"));

export const node = (major: number): string => bin(`node${major}/bin/node`);
export const DENO = bin("@deno/linux-x64-glibc/deno");
export const BUN = bin("@oven/bun-linux-x64/bin/bun");

export const NAME = "ogcapi-job-status";
/** The package, once `buildProjects` has packed it. */
export const TARBALL = join(work, `installed/${NAME}-${load(join(root, "package.json")).version}.tgz`);

export type Files = Readonly<Record<string, string>>;
export const read = (path: string): string => readFileSync(join(root, path), "utf8");
export const pasted = { "get-status.ts": read("src/get-status.ts") };
export const recipes = (...names: string[]): Files =>
  Object.fromEntries(names.map((name) => [name, read(`tests/recipes/${name}`)]));

/** It rejects with what is wrong. */
export type Check = readonly [name: string, run: () => Promise<unknown>];

/** Writes files below a folder of `work`, which is `pasted` or `installed` if they use the library, and returns it. */
export const project = (name: string, files: Files): string => writeFiles(join(work, name), files);

/** Runs a program, returns what it prints, and rejects if it fails. */
export async function run(command: string, args: readonly string[], cwd = here, limit = 180_000): Promise<string> {
  const { code, stdout, stderr } = await execute(command, args, cwd, limit);
  if (code !== 0) throw new Error(`${String(code)}\n${stdout}${stderr}`);
  return stdout;
}

/** Starts a server, waits for its URL in what it prints, and kills it when `use` has ended. */
export async function serving(
  command: string,
  args: readonly string[],
  cwd: string,
  use: (url: string) => Promise<void>,
): Promise<void> {
  const server = spawn(command, args, { cwd, env: { ...process.env, NO_COLOR: "1" } });
  try {
    const url = await new Promise<string>((found, failed) => {
      let log = "";
      for (const stream of [server.stdout, server.stderr])
        stream.on("data", (chunk) => {
          log += chunk;
          const [url] = /http:\/\/(127\.0\.0\.1|localhost):\d+/.exec(log) ?? [];
          if (url) found(url);
        });
      server.on("close", () => failed(new Error(log)));
    });
    await use(url);
  } finally {
    server.kill("SIGKILL");
  }
}

/** Bundles with esbuild. */
export async function bundle(options: object): Promise<string> {
  const base = { bundle: true, write: false, target: "es2022", logLevel: "error" };
  const { outputFiles } = await load("esbuild").build({ ...base, ...options });
  return outputFiles[0].text;
}
