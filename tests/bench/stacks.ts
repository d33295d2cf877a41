/** The stacks that are compared: generates and bundles them, and says how large they are. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { NODE } from "./runtimes.ts";

export const root = fileURLToPath(new URL("../../../", import.meta.url));
export const here = join(root, "tests/bench");
export const work = join(root, ".build/bench");
const manifest = join(here, "package.json");
const load = createRequire(manifest);

const GENERATOR = "7.25.0";

export interface Stack {
  readonly name: string;
  readonly title: string;
  /** The npm package that its user installs; none for what is pasted or generated. */
  readonly package?: string;
  /** The npm package that generates its client. */
  readonly generator?: string;
  /** What validates the document, if anything does. */
  readonly schema: "none" | "valibot" | "zod" | "ajv";
}

const PEERS: readonly Omit<Stack, "schema">[] = [
  { name: "fetch", title: "`fetch` by hand" },
  { name: "redaxios", title: "redaxios", package: "redaxios" },
  { name: "up-fetch", title: "up-fetch", package: "up-fetch" },
  { name: "wretch", title: "wretch", package: "wretch" },
  { name: "openapi-generator", title: "openapi-generator typescript-fetch" },
  { name: "openapi-fetch", title: "openapi-fetch", package: "openapi-fetch" },
  { name: "hey-api", title: "hey-api", generator: "@hey-api/openapi-ts" },
  { name: "ofetch", title: "ofetch", package: "ofetch" },
  { name: "ky", title: "ky", package: "ky" },
  { name: "axios", title: "axios", package: "axios" },
];

export const OURS: Stack = { name: "ours", title: "**ogcapi-job-status**", schema: "none" };
export const FETCH: Stack = { ...PEERS[0]!, schema: "none" };
export const STACKS: readonly Stack[] = [
  OURS,
  ...PEERS.map((peer): Stack => ({ ...peer, schema: "none" })),
  ...(["valibot", "zod", "ajv"] as const).map((schema): Stack => ({
    name: `fetch+${schema}`,
    title: `\`fetch\` + ${schema}`,
    schema,
  })),
];

/** Two ways to read a body, without anything else: they show what the reader alone costs. */
export const READERS: readonly Stack[] = [
  { name: "reader-default", title: "`getReader()`", schema: "none" },
  { name: "reader-byob", title: '`getReader({ mode: "byob" })`, views of 4 KiB', schema: "none" },
];

/** Generates the clients that need it, and bundles the stacks. */
export function prepare(stacks: readonly Stack[]): void {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(join(work, "generated"), { recursive: true });
  const names = new Set(stacks.map(({ name }) => name));
  if (names.has("hey-api")) generateHeyApi();
  if (names.has("openapi-generator")) generateOpenApi();
  if (names.has("fetch+ajv")) generateAjv();
  for (const stack of stacks) bundle(stack.name, stack.schema);
}

export const bundleOf = ({ name }: Stack): string => join(work, `${name}.js`);

function bundle(name: string, schema: Stack["schema"]): void {
  const contents =
    name === "ours"
      ? `export { create } from "./stacks/ours.js";`
      : `import { create as make } from "./stacks/${name.replace(/\+.*/, "")}.js";
         import { parse } from "./schemas/${schema}.js";
         export const create = (options) => make({ ...options, parse });`;
  load("esbuild").buildSync({
    stdin: { contents, resolveDir: here },
    outfile: join(work, `${name}.js`),
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    alias: { generated: join(work, "generated") },
    nodePaths: [join(here, "node_modules")],
    logLevel: "error",
    conditions: ["browser"],
  });
}

function generateHeyApi(): void {
  const args = [join(here, "hey-api.mjs"), join(here, "openapi.json"), join(work, "generated/hey-api")];
  execFileSync(NODE.command[0], args, { stdio: ["ignore", "ignore", "inherit"] });
}

function generateOpenApi(): void {
  const run = (command: string, args: string[]): void => {
    const { status, error } = spawnSync(command, args, { cwd: work, stdio: ["ignore", "ignore", "inherit"] });
    if (status !== 0) {
      const reason = error ? "it is not installed" : `it exited with ${status}`;
      throw new Error(`Cannot generate the client of openapi-generator with ${command}: ${reason}`);
    }
  };
  const artifact = `org.openapitools:openapi-generator-cli:${GENERATOR}`;
  run("mvn", ["-q", "dependency:copy", `-Dartifact=${artifact}`, `-DoutputDirectory=${work}`]);
  const jar = join(work, `openapi-generator-cli-${GENERATOR}.jar`);
  const output = join(work, "generated/openapi-generator");
  run("java", ["-jar", jar, "generate", "-g", "typescript-fetch", "-i", join(here, "openapi.json"), "-o", output]);
}

function generateAjv(): void {
  const { code, validate } = compileSchema();
  const standalone = load("ajv/dist/standalone").default;
  writeFileSync(join(work, "generated/ajv.js"), standalone(code, validate));
}

/** The 1.0 schema of a status document, compiled; formats are annotations, as JSON Schema has it by default. */
export function compileSchema(): { code: unknown; validate: (document: unknown) => boolean } {
  const Ajv = load("ajv").default;
  const { schemas } = JSON.parse(readFileSync(join(here, "openapi.json"), "utf8")).components;
  const ajv = new Ajv({ code: { source: true, esm: true }, formats: { "date-time": true } });
  const local = JSON.stringify(schemas.StatusInfo).replaceAll("#/components/schemas/Link", "#/$defs/Link");
  return { code: ajv, validate: ajv.compile({ ...JSON.parse(local), $defs: { Link: schemas.Link } }) };
}

/** The size of a bundle, minified and compressed, in bytes. */
export function gzipSize(stack: Stack): number {
  return gzipSync(readFileSync(bundleOf(stack)), { level: 9 }).length;
}

/** The sizes of the library in bytes: the whole module, and `getStatus` without what it does not need. */
export function ownSize(): { module: number; getStatus: number } {
  const source = join(root, "src/get-status.ts");
  const options = { minify: true, format: "esm", target: "es2022" };
  const { code } = load("esbuild").transformSync(readFileSync(source, "utf8"), { ...options, loader: "ts" });
  const [{ contents }] = load("esbuild").buildSync({
    ...options,
    stdin: { contents: `export { getStatus } from ${JSON.stringify(source)}`, resolveDir: here },
    bundle: true,
    write: false,
  }).outputFiles;
  return { module: gzipSync(code, { level: 9 }).length, getStatus: gzipSync(contents, { level: 9 }).length };
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

/** The package of a stack or of its generator, with the Node versions that it declares, if it declares any. */
export function declaredNode(stack: Stack): { package: string; node: string } | undefined {
  const name = stack.package ?? stack.generator;
  if (name === undefined) return undefined;
  const { version, engines } = JSON.parse(readFileSync(join(here, "node_modules", name, "package.json"), "utf8"));
  return engines?.node ? { package: `${name} ${version}`, node: engines.node } : undefined;
}

/** For example `ky 2.1.0, …`. */
export function versions(): string {
  const { dependencies } = JSON.parse(readFileSync(manifest, "utf8"));
  const packages = Object.entries(dependencies).map(([name, version]) => `${name} ${version}`);
  return [...packages, `openapi-generator ${GENERATOR}`].join(", ");
}
