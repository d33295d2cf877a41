/** Where things are, and how programs are run. */
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

export const DENO = bin("@deno/linux-x64-glibc/deno");
/** What the package declares; `npm pack` has built it. */
export const DECLARATIONS = join(root, "dist/get-status.d.ts");

export const read = (path: string): string => readFileSync(join(root, path), "utf8");
export const pasted = { "get-status.ts": read("src/get-status.ts") };
export const recipes = (...names: string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, read(`tests/recipes/${name}`)]));

/** One run, and what it checks. If it rejects, all of its checks have failed. */
export interface Task {
  readonly name: string;
  readonly checks: readonly string[];
  /** Returns what is wrong, by check. */
  run(): Promise<ReadonlyMap<string, string>>;
}

/** A task for a single check. */
export function check(name: string, run: () => Promise<unknown>): Task {
  return { name, checks: [name], run: async () => (await run(), new Map()) };
}

/** Runs a program, returns what it prints, and rejects if it fails. */
export async function run(command: string, args: readonly string[], cwd: string, limit?: number): Promise<string> {
  const { code, stdout, stderr } = await execute(command, args, cwd, limit);
  if (code !== 0) throw new Error(`${String(code)}\n${stdout}${stderr}`);
  return stdout;
}

/** Writes a project of these files, and returns its folder. */
export const project = (name: string, files: Readonly<Record<string, string>>): string =>
  writeFiles(join(work, name), files);
