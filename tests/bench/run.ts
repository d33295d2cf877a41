/**
 * Measures the library beside what people use for this call now: `npm run bench` prints the table and writes it into
 * the README; `npm run bench -- --check` fails where a bound of size or speed is broken.
 */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { readAnswers } from "../support/corpus.ts";
import { installPrivate } from "../support/install.ts";

/** The most that the library may cost; ratios are to bare `fetch` and `json()`. */
const BOUNDS = { module: 2_048, getStatus: 1_750, injected: 1.25, loopback: 1.1 };

const GENERATOR = "7.14.0";
const root = fileURLToPath(new URL("../../../", import.meta.url));
const here = join(root, "tests/bench");
const work = join(root, ".build/bench");
const manifest = join(here, "package.json");
const load = createRequire(manifest);
/** Those that can be given as a Response. */
const answers = readAnswers().filter(({ status }) => status <= 599);

interface Stack {
  readonly name: string;
  /** What its user installs to run it. */
  readonly packages: readonly string[];
  /** The schemas that it is measured with, beside none. */
  readonly schemas: readonly string[];
}

interface Growth {
  readonly bytes: number;
  readonly ratio: number;
  /** What a result holds on to. */
  readonly kept: number;
}

const STACKS: readonly Stack[] = [
  { name: "ours", packages: [], schemas: [] },
  { name: "fetch", packages: [], schemas: ["valibot", "zod", "ajv"] },
  ...["redaxios", "up-fetch", "wretch", "openapi-generator", "openapi-fetch", "hey-api", "ofetch", "ky", "axios"].map(
    (name) => ({
      name,
      packages: ["openapi-generator", "hey-api"].includes(name) ? [] : [name],
      schemas: ["valibot", "zod"],
    }),
  ),
];

async function hold(): Promise<void> {
  prepare(["ours", "fetch"]);
  const size = ownSize();
  const results: [string, number, number][] = [
    ["module, bytes", size.module, BOUNDS.module],
    ["getStatus, bytes", size.getStatus, BOUNDS.getStatus],
  ];
  const url = await serve();
  for (const [name, measureOnce, bound] of [
    ["a call over an injected fetch", () => measure("injected", ["fetch", "ours"]).ratios.ours[1], BOUNDS.injected],
    ["a call over loopback", () => measure(url, ["fetch", "ours"], { IN_FLIGHT: "1" })["1"].ours[1], BOUNDS.loopback],
  ] as [string, () => number, number][]) {
    // Machines are noisy: a ratio is broken only where it is over in each of three tries.
    let best = Infinity;
    for (let tries = 0; tries < 3 && best > bound; tries++) best = Math.min(best, measureOnce());
    results.push([name, best, bound]);
  }
  const table = readFileSync(join(root, "README.md"), "utf8");
  const written = Number(/\*\*ogcapi-job-status\*\* \| ([\d,]+) \|/.exec(table)?.[1]?.replaceAll(",", ""));
  let failed = 0;
  for (const [name, value, bound] of results) {
    const ok = value <= bound;
    failed += Number(!ok);
    console.log(`${ok ? "ok  " : "FAIL"} ${name}: ${round(value)}, at most ${bound}`);
  }
  const told = written === size.module;
  failed += Number(!told);
  console.log(`${told ? "ok  " : "FAIL"} the README says ${written} bytes, the build gives ${size.module}`);
  console.log(`${results.length + 1 - failed} passed, ${failed} failed`);
  if (failed) process.exit(1);
}

async function compare(): Promise<void> {
  prepare(STACKS.map(({ name }) => name));
  const names = STACKS.map(({ name }) => name);
  const plain = ["fetch", ...names.filter((name) => name !== "fetch")];
  console.log("measuring, for ten minutes or so");
  // Each beside bare fetch in a process of its own, so that none pays for the garbage of another.
  const beside = (task: string, name: string, env = {}, young?: number): any =>
    measure(task, name === "fetch" ? [name] : ["fetch", name], env, young);
  const injected = Object.fromEntries(names.map((name) => [name, beside("injected", name).ratios[name]]));
  // The schemas refuse the null of pygeoapi's document, so they are given one of the standard.
  const checkedCalls = measure("injected", ["fetch", "fetch+valibot", "fetch+zod", "fetch+ajv"], {
    DOCUMENT: "ogc-v10-full-running.json",
  }).ratios;
  const url = await serve();
  const loopback = Object.fromEntries(
    names.map((name) => [
      name,
      {
        ...beside(url, name, { IN_FLIGHT: "1" }),
        // Node's own young generation: many calls at once would fill a large one as well, at one stack's cost.
        ...beside(url, name, { IN_FLIGHT: "100,1000" }, 16),
      },
    ]),
  );
  const allocated = measure("allocated", plain);
  const read = measure("read", [...plain, "fetch+valibot", "fetch+zod", "fetch+ajv"]);
  const growth = measure("growth", ["ours"]);
  const cold = coldImports(names);
  const documents = answers.filter(({ result }) => result.kind === "StatusInfo").length;
  const errors = answers.length - documents;

  const row = (cells: (string | number)[]): string => `| ${cells.join(" | ")} |`;
  const number = (value: number): string => value.toLocaleString("en-US");
  const ratio = (values?: number[]): string => (values ? values[1]!.toFixed(2) : "");
  const spread = (values: number[]): string => `${ratio(values)} (${values[0]!.toFixed(2)}–${values[2]!.toFixed(2)})`;
  const title = (name: string): string =>
    name === "ours"
      ? "**ogcapi-job-status**"
      : name === "fetch"
        ? "`fetch`, unchecked"
        : name === "openapi-generator"
          ? "openapi-generator typescript-fetch"
          : name;
  const rows = STACKS.map(({ name, packages, schemas }) => {
    const { count, bytes } = installed(packages);
    const size = (schema: string): string => (schemas.includes(schema) ? number(gzip(`${name}+${schema}`)) : "");
    const own = name === "ours" ? ownSize() : undefined;
    return row([
      title(name),
      number(own?.module ?? gzip(name)),
      number(own?.brotli ?? brotli(name)),
      size("valibot"),
      size("zod"),
      count ? `${count}, ${number(Math.round(bytes / 1024))} KiB` : "0",
      (Math.round(cold[name]! * 10) / 10 || 0).toFixed(1),
      spread(injected[name]),
      ...[1, 100, 1000].map((n) => spread(loopback[name][n][name])),
      number(allocated[name]),
      `${read[name].read}`,
      `${read[name].told}`,
    ]);
  });
  const checked = ["valibot", "zod", "ajv"].map((schema) =>
    row([
      `\`fetch\` + ${schema}`,
      number(gzip(`fetch+${schema}`)),
      number(brotli(`fetch+${schema}`)),
      "",
      "",
      "",
      "",
      ratio(checkedCalls[`fetch+${schema}`]),
      "",
      "",
      "",
      "",
      read[`fetch+${schema}`].read,
      read[`fetch+${schema}`].told,
    ]),
  );
  const versions = Object.entries(JSON.parse(readFileSync(manifest, "utf8")).dependencies)
    .map(([name, version]) => `${name} ${version}`)
    .join(", ");
  const text = [
    "| stack | gzip, bytes | brotli | + valibot | + zod | packages | cold import, ms | call, injected | call, loopback | 100 at once | 1,000 at once | bytes a call | documents read | errors told |",
    "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ...rows,
    ...checked,
    "",
    `Of ${documents} recorded status documents and ${errors} other answers. \`getStatus\` alone, tree-shaken: ${number(ownSize().getStatus)} bytes gzip.`,
    "Calls are ratios to `fetch`, unchecked: the median of interleaved rounds and, in brackets, what the middle eight in ten of them",
    "lie between; with a document of pygeoapi, for the schemas one of the standard, since they refuse the other.",
    "",
    "How a call grows with the document, as ratio to `json()` on the same (`text()` for the error):",
    "",
    `| | ${growth.links.map(({ bytes }: { bytes: number }) => `${number(bytes)} B`).join(" | ")} |`,
    `|---|${growth.links.map(() => "--:").join("|")}|`,
    ...Object.entries(growth as Record<string, Growth[]>).flatMap(([shape, sizes]) => [
      row([shape, ...sizes.map((size) => size.ratio.toFixed(2))]),
      row([`${shape}: bytes kept for each byte`, ...sizes.map((size) => (size.kept / size.bytes).toFixed(1))]),
    ]),
    "",
    `${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, ${cpus().length} cores; ${versions}, openapi-generator ${GENERATOR}.`,
  ].join("\n");
  console.log(text);
  const readme = join(root, "README.md");
  writeFileSync(
    readme,
    readFileSync(readme, "utf8").replace(
      /(<!-- bench -->\n)[\s\S]*?(<!-- \/bench -->)/,
      (_, start, end) => `${start}${text}\n${end}`,
    ),
  );
}

/** Generates what is generated, and bundles each stack, alone and with each schema. */
function prepare(names: string[]): void {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(join(work, "generated"), { recursive: true });
  if (names.includes("hey-api")) generateHeyApi();
  if (names.includes("openapi-generator")) generateOpenApi();
  generateAjv();
  for (const { name, schemas } of STACKS.filter((stack) => names.includes(stack.name))) {
    for (const schema of ["none", ...schemas]) bundle(schema === "none" ? name : `${name}+${schema}`, name, schema);
  }
  writeFileSync(join(work, "empty.js"), "");
  for (const [document, name] of [
    ["pygeoapi-running.json", "pygeoapi-debd17bd/running"],
    ["ogc-v10-full-running.json", "ogc-1.0/full-running"],
  ] as const) {
    writeFileSync(join(work, document), answers.find((answer) => answer.name === name)!.body);
  }
  writeFileSync(
    join(work, "answers.json"),
    JSON.stringify(
      answers.map((answer) => ({
        status: answer.status,
        headers: answer.headers,
        body: Buffer.from(answer.body).toString("utf8"),
        kind: answer.result.kind,
        expected: answer.result.kind === "StatusInfo" ? answer.result.status : undefined,
      })),
    ),
  );
}

function generateHeyApi(): void {
  const script = `import { createClient } from ${JSON.stringify(pathToFileURL(load.resolve("@hey-api/openapi-ts")).href)};
await createClient({ input: ${JSON.stringify(join(here, "openapi.json"))}, output: ${JSON.stringify(join(work, "generated/hey-api"))},
  plugins: ["@hey-api/client-fetch", "@hey-api/sdk", "@hey-api/typescript"], logs: { level: "silent" } });`;
  writeFileSync(join(work, "hey-api.mjs"), script);
  execFileSync(process.execPath, [join(work, "hey-api.mjs")], { cwd: work, stdio: ["ignore", "ignore", "inherit"] });
}

function generateOpenApi(): void {
  const jar = join(work, `openapi-generator-cli-${GENERATOR}.jar`);
  const run = (command: string, args: string[]): void => {
    const { status, error } = spawnSync(command, args, { cwd: work, stdio: ["ignore", "ignore", "inherit"] });
    if (status !== 0)
      throw new Error(
        `Cannot generate the client of openapi-generator: ${command} ${error ? "is missing" : `exited with ${status}`}`,
      );
  };
  run("mvn", [
    "-q",
    "dependency:copy",
    `-Dartifact=org.openapitools:openapi-generator-cli:${GENERATOR}`,
    `-DoutputDirectory=${work}`,
  ]);
  run("java", [
    "-jar",
    jar,
    "generate",
    "-g",
    "typescript-fetch",
    "-i",
    join(here, "openapi.json"),
    "-o",
    join(work, "generated/openapi-generator"),
  ]);
}

function generateAjv(): void {
  const Ajv = load("ajv").default;
  const standalone = load("ajv/dist/standalone").default;
  const document = JSON.parse(readFileSync(join(here, "openapi.json"), "utf8"));
  const ajv = new Ajv({ code: { source: true, esm: true }, formats: { "date-time": true } });
  const schema = JSON.parse(
    JSON.stringify(document.components.schemas.StatusInfo).replaceAll("#/components/schemas/Link", "#/$defs/Link"),
  );
  const validate = ajv.compile({ ...schema, $defs: { Link: document.components.schemas.Link } });
  writeFileSync(join(work, "generated/ajv.js"), standalone(ajv, validate));
}

function bundle(name: string, stack: string, schema: string): void {
  const contents =
    stack === "ours"
      ? `export { create } from "./stacks/ours.js";`
      : `import { create as make } from "./stacks/${stack}.js"; import { parse } from "./schemas/${schema}.js"; export const create = (options) => make({ ...options, parse });`;
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

const minified = (name: string): Buffer => readFileSync(join(work, `${name}.js`));
const gzip = (name: string): number => gzipSync(minified(name), { level: 9 }).length;
const brotli = (name: string): number => brotliCompressSync(minified(name)).length;

/** The library as it is, whole, and its function alone. */
function ownSize(): { module: number; getStatus: number; brotli: number } {
  const source = join(root, "src/get-status.ts");
  const { code } = load("esbuild").transformSync(readFileSync(source, "utf8"), {
    loader: "ts",
    minify: true,
    format: "esm",
    target: "es2022",
  });
  const [{ contents }] = load("esbuild").buildSync({
    stdin: { contents: `export { getStatus } from ${JSON.stringify(source)}`, resolveDir: here },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    write: false,
  }).outputFiles;
  return {
    module: gzipSync(code, { level: 9 }).length,
    getStatus: gzipSync(contents, { level: 9 }).length,
    brotli: brotliCompressSync(code).length,
  };
}

/** What measure.mjs prints; a young generation of so many MiB is seldom full while it measures. */
function measure(task: string, names: string[], env: Record<string, string> = {}, young = 256): any {
  const out = execFileSync(
    process.execPath,
    [
      "--expose-gc",
      `--min-semi-space-size=${young}`,
      `--max-semi-space-size=${young}`,
      join(here, "measure.mjs"),
      manifest,
      work,
      task,
      ...names.map((name) => join(work, `${name}.js`)),
    ],
    { encoding: "utf8", env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "inherit"], maxBuffer: 1e8 },
  );
  return JSON.parse(out.trim().split("\n").at(-1)!);
}

function serve(): Promise<string> {
  const child = spawn(process.execPath, [join(here, "server.mjs"), join(work, "pygeoapi-running.json")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  process.on("exit", () => child.kill());
  return new Promise((started) => child.stdout.once("data", (line) => started(String(line).trim())));
}

/** Milliseconds to import a bundle in a fresh process, over an empty one: the median of interleaved rounds. */
function coldImports(names: string[]): Record<string, number> {
  const once = (name: string): number =>
    Number(
      execFileSync(
        process.execPath,
        [
          "--input-type=module",
          "--eval",
          `const start = performance.now(); await import(${JSON.stringify(pathToFileURL(join(work, `${name}.js`)).href)}); console.log(performance.now() - start); process.exit()`,
        ],
        { encoding: "utf8" },
      ),
    );
  const times: Record<string, number[]> = {};
  for (let round = 0; round < 21; round++)
    for (const name of ["empty", ...names]) (times[name] ??= []).push(once(name));
  const median = (values: number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;
  return Object.fromEntries(names.map((name) => [name, median(times[name]!) - median(times["empty"]!)]));
}

/** The packages that these bring along, themselves included. */
function installed(names: readonly string[]): { count: number; bytes: number } {
  const lock = JSON.parse(readFileSync(join(here, "package-lock.json"), "utf8")).packages;
  const found = new Set<string>();
  const visit = (name: string): void => {
    const path = `node_modules/${name}`;
    if (found.has(path) || !lock[path]) return;
    found.add(path);
    for (const dependency of Object.keys(lock[path].dependencies ?? {})) visit(dependency);
  };
  names.forEach(visit);
  const bytes = (path: string): number =>
    readdirSync(path, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
  return { count: found.size, bytes: [...found].reduce((sum, path) => sum + bytes(join(here, path)), 0) };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

try {
  installPrivate(here);
  await (process.argv.includes("--check") ? hold() : compare());
} catch (error) {
  console.error((error as Error).message);
  console.log("0 passed, 1 failed");
  process.exit(1);
}
process.exit();
