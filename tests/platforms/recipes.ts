/** The recipes of tests/recipes that need a platform, each run in its own, beside the installed library. */
import { deepEqual } from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execute } from "../support/execute.ts";
import { startServer } from "../support/server.ts";
import { DENO, bin, check, load, project, read, recipes, run, work, type Task } from "./tools.ts";

const installed = join(work, "installed");

export function recipeTrials(): Task[] {
  return [
    check("recipe: Workflow", () => runBundle("workflow.ts", "workflow.mjs")),
    check("recipe: Worker", () => runBundle("worker.ts", "service-binding.mjs")),
    check("recipe: Deno", serveWithDeno),
    check("recipe: testing with msw", () => runAlone("testing-msw.ts")),
    check("recipe: testing with undici", () => runAlone("testing-undici.ts")),
    check("recipe: testing with Jest", runJest),
  ];
}

function runBundle(recipe: string, adapter: string): Promise<string> {
  project("installed", recipes(recipe, "handler.ts"));
  load("esbuild").buildSync({
    entryPoints: [join(installed, recipe)],
    outfile: join(installed, `bundle.${recipe}`),
    bundle: true,
    format: "esm",
    target: "es2022",
    external: ["cloudflare:*"],
  });
  const server = fileURLToPath(new URL("../support/server.js", import.meta.url));
  return run(bin("node22/bin/node"), [adapter, server], installed);
}

/** Serves the recipe with the permission that the cookbook names. */
async function serveWithDeno(): Promise<void> {
  const server = await startServer();
  server.add({ id: "job 1", frozenAt: 42 });
  const files = recipes("deno.ts", "handler.ts");
  const text = files["deno.ts"]!.replace("https://ogc.example.com/ogcapi", server.baseUrl);
  project("installed", { ...files, "deno.ts": text });
  const env = { ...process.env, NO_COLOR: "1", DENO_SERVE_ADDRESS: "tcp:127.0.0.1:0" };
  const deno = spawn(DENO, ["run", "--check", "--allow-net", "deno.ts"], { cwd: installed, env });
  try {
    const origin = await new Promise<string>((listening, failed) => {
      let log = "";
      deno.stderr.on("data", (chunk) => {
        const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec((log += chunk)) ?? [];
        if (url) listening(url);
      });
      deno.on("close", () => failed(new Error(log)));
    });
    const get = async (query: string): Promise<unknown> => (await fetch(`${origin}/${query}`)).json();
    deepEqual(await get("?job=job+1"), { status: "running", progress: 42, message: "Waited 42 % of 3 s" });
    deepEqual(await get("?job=none"), { error: "no such job" });
  } finally {
    deno.kill("SIGKILL");
    await server.close();
  }
}

/** Runs a recipe unbuilt, and compares its output with its comments. */
async function runAlone(recipe: string): Promise<void> {
  const files = recipes(recipe);
  const output = await run(bin("node24/bin/node"), [recipe], project("installed", files));
  const expected = [...files[recipe]!.matchAll(/\/\/=> (.*)/g)].map(([, line]) => line);
  deepEqual(output.trim().split("\n"), expected);
}

/** Runs the stub as a test of Jest, with the two settings that the cookbook names. */
async function runJest(): Promise<void> {
  const cookbook = read("tests/recipes/README.md");
  const [patterns] = /transformIgnorePatterns: \[.*\]/.exec(cookbook) ?? [];
  const [preset] = /@babel\/preset-env/.exec(cookbook) ?? [];
  if (!patterns || !preset) throw new Error("The cookbook does not name both settings");
  const [imports, body = ""] = recipes("testing-stub.ts")["testing-stub.ts"]!.split("\n\n");
  const test = body.replace(/console\.log\((.*?)\); \/\/=> (.*)/, 'expect($1).toBe("$2");');
  const folder = project("installed/jest", {
    "package.json": '{ "private": true }',
    "babel.config.js": `module.exports = { presets: ["${preset}"] };`,
    "jest.config.js": `module.exports = { ${patterns} };`,
    "stub.test.js": `${imports}\ntest("the recipe", async () => {\n${test}});\n`,
  });
  const jest = [bin("jest/bin/jest.js"), "--ci"];
  await run(bin("node22/bin/node"), jest, folder);
  const { code } = await execute(bin("node22/bin/node"), [...jest, "--config={}"], folder);
  if (code === 0) throw new Error("Jest needs no transformIgnorePatterns");
}
