/** The runtimes in which the suite runs, each with the pasted and with the installed library. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, symlinkSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { aptGet } from "../support/install.ts";
import { npm } from "../support/npm.ts";
import { names, type Outcome, type Place } from "./suite.ts";
import { DENO, bin, load, pasted, project, read, root, run, work, type Task } from "./tools.ts";

/** Pasted as it is, for what strips types; pasted without types; and installed from the package. */
const LIBRARIES = { pasted: "./get-status.ts", stripped: "./get-status.js", installed: "ogcapi-job-status" };
type Library = keyof typeof LIBRARIES;

/** Runs the suite in the project of a library. */
type Start = (library: Library, place: Place) => Promise<readonly Outcome[]>;

export function runtimes(place: Place, pages: string): Task[] {
  const rows: readonly (readonly [name: string, library: Library, start: Start])[] = [
    ["Node 20, pasted", "stripped", node(20, "script.mjs")],
    ["Node 22, pasted", "pasted", node(22, "script.mjs")],
    ["Node 24, pasted", "pasted", node(24, "script.mjs")],
    ["Node 26, pasted", "pasted", node(26, "script.mjs")],
    ["Node 20, installed", "installed", node(20, "require.cjs")],
    ["Node 22, installed", "installed", node(22, "require.cjs")],
    ["Node 24, installed", "installed", node(24, "require.cjs")],
    ["Node 26, installed", "installed", node(26, "require.cjs")],
    ["Deno 2, pasted", "pasted", script(DENO, "run", "--allow-net", "script.mjs")],
    ["Deno 2, npm:", "installed", script(DENO, "run", "--allow-net", "deno.mjs")],
    ["Bun 1, pasted", "pasted", script(bin("@oven/bun-linux-x64/bin/bun"), "script.mjs")],
    ["Bun 1, installed", "installed", script(bin("@oven/bun-linux-x64/bin/bun"), "script.mjs")],
    ["workerd of 2024-01-01, pasted", "stripped", workerd("2024-01-01")],
    ["workerd of 2024-11-10, pasted", "stripped", workerd("2024-11-10")],
    ["workerd of 2024-11-11, installed", "installed", workerd("2024-11-11")],
    ["workerd, newest, installed", "installed", workerd(supportedDate())],
    ["edge VM, pasted", "stripped", edgeVm],
    ["edge VM, installed", "installed", edgeVm],
    ["Chromium, pasted", "stripped", chromium(pages)],
    ["Chromium, installed", "installed", chromium(pages)],
  ];
  return rows.map(([name, library, start]) => ({
    name,
    checks: names(),
    async run() {
      const errors = new Map(await start(library, place));
      const all = names().map((name) => [name, errors.get(name) ?? "did not run"] as const);
      return new Map(all.filter(([, error]) => error));
    },
  }));
}

/** A program that prints the outcomes. */
function script(command: string, ...args: string[]): Start {
  return async (library, place) =>
    JSON.parse(await run(command, [...args, JSON.stringify(place)], join(work, library)));
}

function node(major: number, ...args: string[]): Start {
  return script(bin(`node${major}/bin/node`), ...args);
}

/** The newest compatibility date of the installed workerd. */
const supportedDate = (): string => load("miniflare").supportedCompatibilityDate;

function workerd(date: string): Start {
  return (library, place) => {
    bundle(library, "worker.mjs", "esm");
    return node(
      22,
      "workerd.mjs",
      date,
    )(library, {
      ...place,
      keepsAuthorization: date < "2025-09-01",
      lacksCache: date < "2024-11-11",
    });
  };
}

async function edgeVm(library: Library, place: Place): Promise<readonly Outcome[]> {
  const { EdgeVM } = load("@edge-runtime/vm");
  const vm = new EdgeVM();
  vm.evaluate(readFileSync(bundle(library, "vm.mjs", "iife"), "utf8"));
  return JSON.parse(await vm.context.runSuite(JSON.stringify(place)));
}

/** `pages` is the URL of `pageServer`. */
function chromium(pages: string): Start {
  return (library, place) => {
    const imports = `import("./suite.js"), import("${LIBRARIES[library]}")`;
    const argument = JSON.stringify({ ...place, browser: true });
    const code = `Promise.all([${imports}]).then(([{ run }, library]) => run(library, ${argument}))`;
    return evaluate(`${pages}/${library}/`, code);
  };
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

function bundle(library: Library, entry: string, format: string): string {
  const [entryPoints, outfile] = [[join(work, library, entry)], join(work, library, `bundle.${entry}`)];
  load("esbuild").buildSync({ entryPoints, outfile, bundle: true, format, target: "es2022" });
  return outfile;
}

/** Writes a project for each library, with the suite and the adapters in it. */
export function buildProjects(): void {
  const options = { loader: "ts", target: "es2022", format: "esm" };
  const stripped = { "get-status.js": load("esbuild").transformSync(pasted["get-status.ts"], options).code };
  const adapters = readdirSync(join(root, "tests/platforms/adapters"));
  for (const [library, specifier] of Object.entries(LIBRARIES)) {
    const adapter = (file: string): string =>
      read(`tests/platforms/adapters/${file}`).replaceAll('"ogcapi-job-status"', JSON.stringify(specifier));
    project(library, {
      "package.json": '{ "private": true, "type": "module" }',
      "suite.js": readFileSync(join(import.meta.dirname, "suite.js"), "utf8"),
      ...Object.fromEntries(adapters.map((file) => [file, adapter(file)])),
      ...(library === "pasted" && pasted),
      ...(library === "stripped" && stripped),
    });
  }
  const installed = join(work, "installed");
  // Deno imports an npm package by this specifier.
  const script = readFileSync(join(installed, "script.mjs"), "utf8");
  project("installed", { "deno.mjs": script.replace('"ogcapi-job-status"', '"npm:ogcapi-job-status"') });
  const packed = npm(["pack", "--silent", "--pack-destination", installed], { cwd: root });
  npm(["install", "--silent", "--no-audit", `./${packed.trim().split("\n").at(-1)}`], { cwd: installed });
  // For the recipe; Miniflare has another version.
  symlinkSync(bin("undici7"), join(installed, "node_modules/undici"));
}

/** Serves the projects to pages; an import map leads to the installed package. */
export function pageServer(): Server {
  const imports = { "ogcapi-job-status": "./node_modules/ogcapi-job-status/dist/get-status.js" };
  const page = `<!doctype html><script type="importmap">${JSON.stringify({ imports })}</script>`;
  return createServer((request, response) => {
    const file = join(work, request.url!);
    if (request.url!.endsWith("/")) response.setHeader("content-type", "text/html").end(page);
    else if (!existsSync(file)) response.writeHead(404).end();
    else response.setHeader("content-type", "text/javascript").end(readFileSync(file));
  });
}
