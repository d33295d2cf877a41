/** The runtimes in which the tests of contract/, wire/ and recipes/ run, with the pasted and with the installed library. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { corpus } from "../support/corpus.ts";
import { aptGet } from "../support/install.ts";
import { npm } from "../support/npm.ts";
import type { Place } from "../support/place.ts";
import { DENO, bin, load, pasted, project, read, root, run, work, type Task } from "./tools.ts";

type Library = "pasted" | "installed";
const NAME = "ogcapi-job-status";

/** What `runSuites` reports, as JSON. */
interface Report {
  readonly defined: number;
  readonly passed: number;
  readonly failures: readonly (readonly [name: string, error: string])[];
}

/** Runs the tests with a library. */
type Start = (library: Library, place: Place) => Promise<string>;

const folder = (library: Library): string => join(work, library);
const node = (major: number): string => bin(`node${major}/bin/node`);

export function runtimes(place: Place): Task[] {
  const bun = bin("@oven/bun-linux-x64/bin/bun");
  const allow = ["run", "--allow-net", "--allow-env", "--allow-read"];
  const rows: readonly (readonly [runtime: string, library: Library, start: Start])[] = [
    ["Node 20", "pasted", script("whole", node(20))], // it does not strip types
    ["Node 22", "pasted", script("./get-status.ts", node(22))],
    ["Node 24", "pasted", script("./get-status.ts", node(24))],
    ["Node 26", "pasted", script("./get-status.ts", node(26))],
    ["Node 20", "installed", script(NAME, node(20))],
    ["Node 26", "installed", script(NAME, node(26))],
    ["Deno", "pasted", script("./get-status.ts", DENO, ...allow)],
    ["Deno", "installed", script(`npm:${NAME}`, DENO, ...allow)],
    ["Bun", "pasted", script("./get-status.ts", bun)],
    ["Bun", "installed", script(NAME, bun)],
    ["workerd 2024-01-01", "pasted", workerd],
    ["workerd 2024-11-10", "pasted", workerd],
    ["workerd 2024-11-11", "installed", workerd],
    [`workerd ${load("miniflare").supportedCompatibilityDate}`, "installed", workerd],
    ["edge VM", "pasted", edgeVm],
    ["Chromium", "pasted", chromium],
    ["Chromium", "installed", chromium],
  ];
  return rows.map(([runtime, library, start]) => {
    const name = `the tests in ${runtime}, ${library}`;
    return {
      name,
      checks: [name],
      async run() {
        const output = await start(library, { ...place, runtime });
        const report: Report = JSON.parse(/^report: (.*)$/m.exec(output)?.[1] ?? "{}");
        const { defined = 0, passed = 0, failures = [] } = report;
        console.log(`     ${passed} of ${defined} in ${runtime}, ${library}`);
        const problems = failures.map(([test, error]) => `${test}\n  ${error.split("\n", 1)[0]}`);
        return new Map(defined > 0 && passed === defined ? [] : [[name, problems.join("\n") || "ran no test"]]);
      },
    };
  });
}

/** A program that prints the report. It imports the library by this name, unless it is "whole". */
function script(specifier: string, command: string, ...args: string[]): Start {
  return async (library, place) => {
    const file = await bundle(library, "script.mjs", { specifier });
    return run(command, [...args, file, JSON.stringify(place)], folder(library));
  };
}

async function workerd(library: Library, place: Place): Promise<string> {
  const file = await bundle(library, "worker.mjs");
  const [, date = ""] = place.runtime.split(" ");
  return run(node(22), ["workerd.mjs", file, date, JSON.stringify(place)], folder(library));
}

/** It lacks what the recipes need, such as AbortSignal.any. */
async function edgeVm(library: Library, place: Place): Promise<string> {
  const { EdgeVM } = load("@edge-runtime/vm");
  const vm = new EdgeVM();
  vm.evaluate(readFileSync(await bundle(library, "vm.mjs", { format: "iife", folders: ["contract", "wire"] }), "utf8"));
  return vm.context.runTests(JSON.stringify(place));
}

async function chromium(library: Library, place: Place): Promise<string> {
  const file = await bundle(library, "page.mjs");
  const code = `import("./${basename(file)}").then(({ default: run }) => run(${JSON.stringify(place)}))`;
  return evaluate(`${place.server}/page/${library}/`, code);
}

/** The file that a page below `/page/` asks for. */
export function pageFile(path: string): readonly [type: string, text: string] {
  if (path.endsWith("/")) return ["text/html", "<!doctype html>"];
  return ["text/javascript", readFileSync(join(work, path.slice("/page/".length)), "utf8")];
}

/** The corpus without its files, which only Node reads. */
const corpusModule = `
  const bytes = (text) => Uint8Array.from(text, (one) => one.charCodeAt(0));
  export const corpus = ${JSON.stringify(
    corpus.map(({ raw: _, body, ...rest }) => ({ ...rest, body: Buffer.from(body).toString("latin1") })),
  )}.map((recorded) => ({ ...recorded, body: bytes(recorded.body) }));`;

let bundles = 0;

/** Bundles the tests with an adapter, and with the library unless that has a name by which it is imported. */
async function bundle(
  library: Library,
  adapter: string,
  { specifier = "whole", format = "esm", folders = ["recipes", "contract", "wire"] } = {},
): Promise<string> {
  const file = library === "pasted" ? "get-status.ts" : `node_modules/${NAME}/dist/get-status.js`;
  const found = specifier === "whole" ? { path: join(folder(library), file) } : { path: specifier, external: true };
  const tests = join(root, ".build/tests");
  // recipes/ first: undici would take the simulated clock of watch.test for its connections.
  const files = folders.flatMap((name) =>
    readdirSync(join(tests, name))
      .filter((file) => file.endsWith(".test.js"))
      .sort((a, b) => Number(b === "watch.test.js") - Number(a === "watch.test.js"))
      .map((file) => join(tests, name, file)),
  );
  const outfile = join(folder(library), `${++bundles}-${adapter}`);
  await load("esbuild").build({
    outfile,
    bundle: true,
    ignoreAnnotations: true, // package.json says that no file has side effects; those of the tests have
    format,
    target: "es2022",
    logLevel: "error",
    nodePaths: [join(root, "node_modules")],
    plugins: [
      {
        name: "library",
        setup({ onResolve, onLoad }: any) {
          onResolve({ filter: /\/src\/get-status\.js$|^ogcapi-job-status$/ }, () => found);
          onLoad({ filter: /\/support\/corpus\.js$/ }, () => ({ contents: corpusModule }));
        },
      },
    ],
    stdin: {
      resolveDir: folder(library),
      contents: `import { runSuites } from ${JSON.stringify(join(tests, "runner/suite.js"))};
${read(`tests/platforms/adapters/${adapter}`)}
async function runTests(place) {
  globalThis.PLACE = place;
  const report = await runSuites(async () => {
${files.map((file) => `    await import(${JSON.stringify(file)});`).join("\n")}
  });
  return "\\nreport: " + JSON.stringify({ defined: report.defined, passed: report.passed, failures: [...report.failures] });
}`,
    },
  });
  return outfile;
}

/** Evaluates an expression in a page in Chromium. */
export async function evaluate(page: string, code: string): Promise<any> {
  const browser = await load("playwright-core").chromium.launch({
    executablePath: findChromium(),
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
  });
  try {
    const tab = await browser.newPage();
    await tab.goto(page);
    return await tab.evaluate(code);
  } finally {
    await browser.close();
  }
}

const findChromium = (): string | undefined =>
  ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);

/** Blocks, so it must not run beside other tasks. */
export function installChromium(): void {
  if (findChromium()) return;
  console.log("installing chromium");
  for (const args of aptGet(["chromium"])) execFileSync("apt-get", args, { stdio: ["ignore", "ignore", "inherit"] });
}

/** Writes a project for each library. */
export function buildProjects(): void {
  const config = { "package.json": '{ "private": true, "type": "module" }' };
  const adapters = ["workerd.mjs", "service-binding.mjs", "workflow.mjs"].map((file) => [
    file,
    read(`tests/platforms/adapters/${file}`),
  ]);
  project("pasted", { ...config, ...Object.fromEntries(adapters), ...pasted });
  const installed = project("installed", { ...config, ...Object.fromEntries(adapters) });
  const packed = npm(["pack", "--silent", "--pack-destination", installed], { cwd: root });
  npm(["install", "--silent", "--no-audit", `./${packed.trim().split("\n").at(-1)}`], { cwd: installed });
  // For the recipe; Miniflare has another version.
  symlinkSync(bin("undici7"), join(installed, "node_modules/undici"));
}
