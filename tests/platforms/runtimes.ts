/** The runtimes in which the tests of contract/, wire/ and recipes/ run, with the pasted or the installed library. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { corpus } from "../support/corpus.ts";
import { installDebian } from "../support/install.ts";
import { npm } from "../support/npm.ts";
import type { Place } from "../support/place.ts";
import { BUN, DENO, NAME, TARBALL, bundle, load, node, pasted, project, root, run, work } from "./tools.ts";
import type { Check } from "./tools.ts";

type Library = "pasted" | "installed";

/** Runs the tests with a library, and returns what it prints. */
type Start = (library: Library, place: Place) => Promise<string>;

/** How many tests have passed, once for each runtime and library. */
export const counts: number[] = [];

export function runtimes(place: Place): Check[] {
  const allow = ["run", "--allow-net", "--allow-env", "--allow-read"];
  const rows: readonly (readonly [runtime: string, library: Library, start: Start])[] = [
    ["Node 20", "pasted", program("whole", node(20))], // it does not strip types
    ["Node 22", "pasted", program("./get-status.ts", node(22))],
    ["Node 24", "pasted", program("./get-status.ts", node(24))],
    ["Node 26", "pasted", program("./get-status.ts", node(26))],
    ["Node 20", "installed", program(NAME, node(20))],
    ["Node 26", "installed", program(NAME, node(26))],
    ["Deno", "pasted", program("./get-status.ts", DENO, ...allow)],
    ["Deno", "installed", program(`npm:${NAME}`, DENO, ...allow)],
    ["Bun", "pasted", program("./get-status.ts", BUN)],
    ["Bun", "installed", program(NAME, BUN)],
    ["workerd 2024-01-01", "pasted", workerd],
    ["workerd 2024-11-10", "pasted", workerd],
    ["workerd 2024-11-11", "installed", workerd],
    [`workerd ${load("miniflare").supportedCompatibilityDate}`, "installed", workerd],
    ["edge VM", "pasted", edgeVm],
    ["Chromium", "pasted", chromium],
    ["Chromium", "installed", chromium],
  ];
  return rows.map(([runtime, library, start]) => [
    `the tests in ${runtime}, ${library}`,
    async () => {
      const output = await start(library, { ...place, runtime });
      const [, passed, defined, failed] = /^report: (\d+) of (\d+)([^]*)/m.exec(output) ?? [];
      if (!Number(defined) || passed !== defined) throw new Error(failed ?? output);
      counts.push(Number(passed));
    },
  ]);
}

/** Node, Deno and Bun import the library by this name, unless it is "whole". */
function program(specifier: string, command: string, ...args: string[]): Start {
  return async (library, place) => {
    // A request that hangs would keep the process alive.
    const end = "console.log(await runTests(JSON.parse(process.argv[2]))); process.exit();";
    const file = `${place.runtime}.mjs`;
    const folder = project(library, { [file]: await bundleTests(library, end, { specifier }) });
    return run(command, [...args, file, JSON.stringify(place)], folder);
  };
}

async function workerd(library: Library, place: Place): Promise<string> {
  const end = "export default { fetch: async (request) => new Response(await runTests(await request.json())) };";
  const [, date = ""] = place.runtime.split(" ");
  const file = join(project(library, { [`${date}.mjs`]: await bundleTests(library, end) }), `${date}.mjs`);
  return run(node(22), ["adapters/workerd.mjs", file, date, JSON.stringify(place)]);
}

/** It lacks what the recipes need, such as AbortSignal.any. */
async function edgeVm(library: Library, place: Place): Promise<string> {
  const code = await bundleTests(library, "", { format: "iife", folders: ["contract", "wire"] });
  const vm = new (load("@edge-runtime/vm").EdgeVM)();
  return vm.evaluate(`console.log = () => {};\n${code}\ntests.runTests(${JSON.stringify(place)})`);
}

async function chromium(library: Library, place: Place): Promise<string> {
  const code = await bundleTests(library, "", { format: "iife" });
  return evaluate(`${place.server}/status/200/page`, `${code}\ntests.runTests(${JSON.stringify(place)})`);
}

/** The corpus without its files, which only Node reads. */
const corpusModule = `export const corpus = ${JSON.stringify(
  corpus.map(({ raw: _, body, ...rest }) => ({ ...rest, body: Buffer.from(body).toString("base64") })),
)}.map(({ body, ...rest }) => ({ ...rest, body: Uint8Array.from(atob(body), (one) => one.charCodeAt(0)) }));`;

/** Bundles the tests with the library, unless that has a name by which it is imported. */
function bundleTests(
  library: Library,
  end: string,
  { specifier = "whole", format = "esm", folders = ["recipes", "contract", "wire"] } = {},
): Promise<string> {
  const file = library === "pasted" ? "get-status.ts" : `node_modules/${NAME}/dist/get-status.js`;
  const found = specifier === "whole" ? { path: join(work, library, file) } : { path: specifier, external: true };
  const tests = join(root, ".build/tests");
  // watch.test comes first: undici would take its simulated clock for connections.
  const files = folders.flatMap((folder) =>
    readdirSync(join(tests, folder))
      .filter((file) => file.endsWith(".test.js"))
      .reverse()
      .map((file) => `./${folder}/${file}`),
  );
  return bundle({
    format,
    globalName: "tests",
    ignoreAnnotations: true, // package.json says that no file has side effects; those of the tests have
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
      resolveDir: tests,
      contents: `import { runSuites } from "./runner/suite.js";
export async function runTests(place) {
  globalThis.PLACE = place;
  const { defined, passed, failures } = await runSuites(async () => {
${files.map((file) => `    await import("${file}");`).join("\n")}
  });
  return ["\\nreport: " + passed + " of " + defined, ...[...failures].flat()].join("\\n");
}
${end}`,
    },
  });
}

/** Evaluates code in a page in Chromium. */
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

export async function installChromium(): Promise<void> {
  if (!findChromium()) await installDebian(new Set(["chromium"]));
}

/** Writes a project for each library. */
export function buildProjects(): void {
  const config = { "package.json": '{ "private": true, "type": "module" }' };
  project("pasted", { ...config, ...pasted });
  const installed = project("installed", config);
  npm(["pack", "--silent", "--pack-destination", installed], { cwd: root });
  npm(["install", "--silent", "--no-audit", TARBALL], { cwd: installed });
}
