/** The recipes of `tests/recipes` that need a platform of their own, and the demo in a terminal, each as a trial. */
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startServer } from "../support/server.ts";

export interface Trial {
  readonly name: string;
  /** Prints its version first, if it has one, and the suite's report last. */
  run(): Promise<string>;
}

export interface Tools {
  readonly root: string;
  /** A project in which the packed library is installed. */
  readonly packed: string;
  bin(path: string): string;
  /** What a command prints; if it fails, a report of one failure more. */
  execute(command: string, args: string[], cwd: string): Promise<string>;
  closedPort(): Promise<string>;
}

export function recipeTrials(tools: Tools): Trial[] {
  const { root, packed, bin, execute } = tools;
  const packages = join(root, "tests/runtimes/package.json");
  const support = (name: string): string => fileURLToPath(new URL(`../${name}.js`, import.meta.url));
  const { version: miniflare } = JSON.parse(readFileSync(bin("miniflare/package.json"), "utf8"));

  const cloudflare = (name: string, recipe: string, bundle: string, adapter: string): Trial => ({
    name,
    async run() {
      cpSync(join(root, "tests/recipes", recipe), join(packed, recipe));
      createRequire(packages)("esbuild").buildSync({
        entryPoints: [join(packed, recipe)],
        outfile: join(packed, bundle),
        bundle: true,
        format: "esm",
        target: "es2022",
        external: ["cloudflare:*"],
      });
      const args = [adapter, packages, support("support/server")];
      return `version: miniflare ${miniflare}\n${await execute(bin("node22/bin/node"), args, packed)}`;
    },
  });

  return [
    cloudflare("recipe: Workflow", "workflow.ts", "bundle.workflow.js", "workflow.mjs"),
    cloudflare("recipe: Worker", "worker.ts", "bundle.worker-recipe.js", "service-binding.mjs"),
    { name: "recipe: Deno", run: () => counted(() => serveWithDeno(tools)) },
    ...["msw", "undici", "stub"].map((name) => ({
      name: `recipe: testing with ${name}`,
      run: () => counted(() => runAlone(tools, `testing-${name}.ts`)),
    })),
    { name: "recipe: testing with Jest", run: () => counted(() => runJest(tools)) },
    {
      name: "demo in a pseudo terminal",
      run: () => execute(process.execPath, ["terminal.mjs", support("demo"), support("support/server")], packed),
    },
  ];
}

async function counted(run: () => Promise<void>): Promise<string> {
  await run();
  return "1 passed, 0 failed";
}

/** Serves the recipe with the permission that the README names, and requests a status through it. */
async function serveWithDeno({ root, packed, bin, closedPort }: Tools): Promise<void> {
  const server = await startServer();
  server.add({ id: "job 1", frozenAt: 42 });
  const recipe = readFileSync(join(root, "tests/recipes/deno.ts"), "utf8");
  writeFileSync(join(packed, "deno-recipe.ts"), recipe.replace("https://ogc.example.com/ogcapi", server.baseUrl));
  const origin = await closedPort();
  const child = spawn(bin("@deno/linux-x64-glibc/deno"), ["run", "--check", "--allow-net", "deno-recipe.ts"], {
    cwd: packed,
    env: { ...process.env, NO_COLOR: "1", DENO_SERVE_ADDRESS: `tcp:${new URL(origin).host}` },
  });
  let log = "";
  child.stderr.on("data", (chunk) => (log += chunk));
  try {
    await new Promise<void>((listening, failed) => {
      child.stderr.on("data", () => log.includes("Listening") && listening());
      child.on("close", () => failed(new Error(log)));
    });
    const found = await fetch(`${origin}/?job=job+1`);
    expectEqual(await found.json(), { status: "running", progress: 42, message: "Waited 42 % of 3 s" });
    expectEqual(found.headers.get("access-control-allow-origin"), "*");
    const missing = await fetch(`${origin}/?job=none`);
    expectEqual([missing.status, await missing.json()], [404, { error: "no such job" }]);
  } finally {
    child.removeAllListeners("close").kill("SIGKILL");
    await server.close();
  }
}

/** A project below `tests/mocks`, so that its packages are found, in which the packed library is installed. */
function mockProject({ root, packed }: Tools, name: string): string {
  const project = join(root, "tests/mocks/.build", name);
  rmSync(project, { recursive: true, force: true });
  mkdirSync(join(project, "node_modules"), { recursive: true });
  cpSync(join(packed, "node_modules/ogcapi-job-status"), join(project, "node_modules/ogcapi-job-status"), {
    recursive: true,
  });
  return project;
}

/** Runs a recipe unbuilt, as a user would, and compares its output with its comments. */
async function runAlone(tools: Tools, recipe: string): Promise<void> {
  const project = mockProject(tools, recipe);
  const source = readFileSync(join(tools.root, "tests/recipes", recipe), "utf8");
  writeFileSync(join(project, "package.json"), '{"private":true,"type":"module"}');
  writeFileSync(join(project, recipe), source);
  const output = await tools.execute(tools.bin("node24/bin/node"), [recipe], project);
  expectEqual(
    output.trim().split("\n"),
    [...source.matchAll(/\/\/=> (.*)/g)].map(([, line]) => line),
  );
}

/** Runs the stub of the recipe as a test of Jest, with the one line of configuration that the README shows. */
async function runJest(tools: Tools): Promise<void> {
  const project = mockProject(tools, "jest");
  const [line] = /transformIgnorePatterns: \[.*\]/.exec(readFileSync(join(tools.root, "README.md"), "utf8")) ?? [];
  if (line === undefined) throw new Error("The README shows no line for Jest");
  const stub = readFileSync(join(tools.root, "tests/recipes/testing-stub.ts"), "utf8");
  const [imports = "", body = ""] = stub.split("\n\n");
  const test = body.replace(/console\.log\((.*?)\); \/\/=> (.*)/, 'expect($1).toBe("$2");');
  writeFileSync(join(project, "package.json"), '{"private":true}');
  writeFileSync(
    join(project, "babel.config.js"),
    'module.exports = { presets: [["@babel/preset-env", { targets: { node: "current" } }]] };\n',
  );
  writeFileSync(join(project, "jest.config.js"), `module.exports = { ${line} };\n`);
  writeFileSync(join(project, "stub.test.js"), `${imports}\n\ntest("the recipe", async () => {\n${body && test}});\n`);
  const jest = join(tools.root, "tests/mocks/node_modules/jest/bin/jest.js");
  const run = (): Promise<string> => tools.execute(tools.bin("node22/bin/node"), [jest, "--ci"], project);
  expectPassing(await run(), true);
  // The line must be necessary, too.
  writeFileSync(join(project, "jest.config.js"), "module.exports = {};\n");
  expectPassing(await run(), false);
}

function expectPassing(output: string, passes: boolean): void {
  if (/exit code/.test(output) === passes) throw new Error(output);
}

function expectEqual(actual: unknown, expected: unknown): void {
  if (JSON.stringify(actual) !== JSON.stringify(expected)) {
    throw new Error(`expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`);
  }
}
