/** The stacks that are compared: generates and bundles them, and says how large they are. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

export const root = fileURLToPath(new URL("../../../", import.meta.url));
export const here = join(root, "tests/bench");
export const work = join(root, ".build/bench");
const load = createRequire(join(here, "package.json"));

const GENERATOR = "7.25.0";

export interface Stack {
  readonly name: string;
  readonly title: string;
  /** The npm package that its user installs, unless it is pasted or generated. */
  readonly package?: string;
  /** What validates the document. */
  readonly schema: "none" | "valibot" | "zod";
}

export const OURS: Stack = { name: "ours", title: "**ogcapi-job-status**", schema: "none" };
export const FETCH: Stack = { name: "fetch", title: "`fetch`, with a cast", schema: "none" };
export const STACKS: readonly Stack[] = [
  OURS,
  FETCH,
  { name: "openapi-generator", title: "openapi-generator typescript-fetch", schema: "none" },
  ...["openapi-fetch", "ofetch", "ky", "axios"].map((name): Stack => ({
    name,
    title: name,
    package: name,
    schema: "none",
  })),
  { name: "fetch+valibot", title: "`fetch` + valibot", schema: "valibot" },
  { name: "fetch+zod", title: "`fetch` + zod", schema: "zod" },
];

/** Generates the client of openapi-generator, and bundles all stacks. */
export function prepare(): void {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(join(work, "generated"), { recursive: true });
  const artifact = `org.openapitools:openapi-generator-cli:${GENERATOR}`;
  run("mvn", ["-q", "dependency:copy", `-Dartifact=${artifact}`, `-DoutputDirectory=${work}`]);
  const output = join(work, "generated/openapi-generator");
  const generate = ["generate", "-g", "typescript-fetch", "-i", join(here, "openapi.json"), "-o", output];
  run("java", ["-jar", join(work, `openapi-generator-cli-${GENERATOR}.jar`), ...generate]);
  for (const stack of STACKS) bundle(stack);
}

function run(command: string, args: string[]): void {
  const { status, error } = spawnSync(command, args, { cwd: work, stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) throw new Error(`Cannot run ${command}: ${error ? "it is missing" : `it exited with ${status}`}`);
}

export const bundleOf = ({ name }: Stack): string => join(work, `${name}.js`);
const OPTIONS = { minify: true, format: "esm", target: "es2022" };

function bundle(stack: Stack): void {
  const contents = `
    import { create as make } from "./stacks/${stack.name.replace(/\+.*/, "")}.js";
    import { parse } from "./schemas/${stack.schema}.js";
    export const create = (options) => make({ ...options, parse });`;
  load("esbuild").buildSync({
    ...OPTIONS,
    stdin: { contents: stack === OURS ? `export { create } from "./stacks/ours.js";` : contents, resolveDir: here },
    outfile: bundleOf(stack),
    bundle: true,
    alias: { generated: join(work, "generated") },
    nodePaths: [join(here, "node_modules")],
    logLevel: "error",
    conditions: ["browser"],
  });
}

const gzip = (contents: string | Uint8Array): number => gzipSync(contents, { level: 9 }).length;

/** The size of a bundle, minified and compressed, in bytes. */
export const gzipSize = (stack: Stack): number => gzip(readFileSync(bundleOf(stack)));

/** The sizes of the library in bytes: the whole module, and `getStatus` without what it does not need. */
export function ownSize(): { module: number; getStatus: number } {
  const source = join(root, "src/get-status.ts");
  const { code } = load("esbuild").transformSync(readFileSync(source, "utf8"), { ...OPTIONS, loader: "ts" });
  const stdin = { contents: `export { getStatus } from ${JSON.stringify(source)}`, resolveDir: here };
  const built = load("esbuild").buildSync({ ...OPTIONS, stdin, bundle: true, write: false });
  return { module: gzip(code), getStatus: gzip(built.outputFiles[0].contents) };
}

/** The packages that a stack installs, its own included. */
export function installed(stack: Stack): { count: number; bytes: number } {
  const lock = JSON.parse(readFileSync(join(here, "package-lock.json"), "utf8")).packages;
  const found = new Set<string>();
  const visit = (name: string): void => {
    const path = `node_modules/${name}`;
    if (found.has(path) || !lock[path]) return;
    found.add(path);
    for (const dependency of Object.keys(lock[path].dependencies ?? {})) visit(dependency);
  };
  if (stack.package) visit(stack.package);
  const size = (path: string): number =>
    readdirSync(path, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
  return { count: found.size, bytes: [...found].reduce((sum, path) => sum + size(join(here, path)), 0) };
}

/** For example `ky 2.1.0, …`. */
export function versions(): string {
  const { dependencies } = JSON.parse(readFileSync(join(here, "package.json"), "utf8"));
  const packages = Object.entries(dependencies).map(([name, version]) => `${name} ${version}`);
  return [...packages, `openapi-generator ${GENERATOR}`].join(", ");
}
