/** The recipes of tests/recipes that need a platform, each run in its own, beside the installed library. */
import { deepEqual } from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execute } from "../support/execute.ts";
import { listen } from "../support/listen.ts";
import { startServer } from "../support/server.ts";
import { evaluate } from "./runtimes.ts";
import { DENO, bin, check, load, project, read, recipes, run, work, type Task } from "./tools.ts";

const installed = join(work, "installed");

export function recipeTrials(): Task[] {
  return [
    check("recipe: Workflow", () => runBundle("workflow.ts", "workflow.mjs")),
    check("recipe: Worker", () => runBundle("worker.ts", "service-binding.mjs")),
    check("recipe: Deno", serveWithDeno),
    check("recipe: watch lets the program end in Node, Deno and Bun", letProgramsEnd),
    check("recipe: React in Chromium", watchWithReact),
    check("recipe: testing with msw", () => runAlone("testing-msw.ts")),
    check("recipe: testing with undici", () => runAlone("testing-undici.ts")),
    check("recipe: testing with Jest", runJest),
  ];
}

function runBundle(recipe: string, adapter: string): Promise<string> {
  project("installed", recipes(recipe, "handler.ts", "watch.ts"));
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

/** A program that has watched a job ends at once: no timer keeps it alive for the rest of its time limits. */
async function letProgramsEnd(): Promise<void> {
  const server = await startServer();
  server.add({ id: "done", seconds: 0 });
  const code = `import { watch } from "./watch.ts";
const result = await watch("${server.baseUrl}", "done");
console.log(result.status);
`;
  const folder = project("pasted", { ...recipes("watch.ts"), "end.ts": code });
  try {
    const file = join(folder, "watch.ts");
    project("pasted", { "watch.ts": readFileSync(file, "utf8").replace('"ogcapi-job-status"', '"./get-status.ts"') });
    for (const [command, ...args] of [
      [bin("node24/bin/node")],
      [DENO, "run", "--allow-net"],
      [bin("@oven/bun-linux-x64/bin/bun")],
    ] as const) {
      // The first time limit is a minute.
      const output = await run(command, [...args, "end.ts"], folder, 30_000);
      deepEqual(output.trim(), "successful");
    }
  } finally {
    await server.close();
  }
}

/** The hook in a page: the status changes, a failure is shown, and a request is cancelled when it is no longer needed. */
async function watchWithReact(): Promise<void> {
  const statuses = [503, "accepted", "running", "successful"];
  let cancelled = 0;
  const { server, url } = await serve((request, response) => {
    if (request.url === "/react.js") return void response.setHeader("content-type", "text/javascript").end(text);
    if (request.url?.startsWith("/jobs/hangs")) return void request.socket.once("close", () => cancelled++);
    if (!request.url?.startsWith("/jobs/"))
      return void response.setHeader("content-type", "text/html").end('<div id="root">');
    const status = statuses.length > 1 ? statuses.shift() : statuses[0];
    if (typeof status === "number") response.writeHead(status).end();
    else response.end(JSON.stringify({ jobID: "j", status }));
  });
  const contents = `
    import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
    import { createElement } from "react";
    import { createRoot } from "react-dom/client";
    import { useJob } from "./use-job.ts";
    function Job({ id }) {
      const { data, error } = useJob(location.origin, id);
      const shown = error ? error.message : data && (data.status ?? data.message);
      (window.shown ??= []).push(shown);
      return shown ?? "…";
    }
    const root = createRoot(document.getElementById("root"));
    const client = new QueryClient();
    window.show = (id) => root.render(createElement(QueryClientProvider, { client }, id && createElement(Job, { id, key: id })));
  `;
  const recipe = recipes("use-job.ts", "watch.ts");
  const quick = recipe["use-job.ts"]!.replace("5_000", "50");
  const resolveDir = project("installed", { ...recipe, "use-job.ts": quick });
  const [{ text }] = load("esbuild").buildSync({
    stdin: { contents, resolveDir },
    bundle: true,
    format: "iife",
    write: false,
    define: { "process.env.NODE_ENV": '"production"' },
  }).outputFiles;
  try {
    const shown = await evaluate(
      url,
      `new Promise((loaded) => {
        const script = document.createElement("script");
        script.src = "/react.js";
        script.onload = loaded;
        document.body.append(script);
      }).then(async () => {
        const until = async (condition) => { while (!condition()) await new Promise((done) => setTimeout(done, 10)); };
        show("j");
        await until(() => window.shown?.includes("successful"));
        const job = [...new Set(window.shown)];
        show("");
        show("..");
        await until(() => window.shown.some((text) => text?.startsWith("getStatus: ")));
        show("hangs");
        await until(() => document.getElementById("root").textContent === "…");
        await new Promise((done) => setTimeout(done, 100));
        show("");
        return job;
      })`,
    );
    deepEqual(shown.filter(Boolean), ["HTTP 503", "accepted", "running", "successful"]);
    while (!cancelled) await new Promise((done) => setTimeout(done, 10)); // until the time limit of the suite
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function serve(respond: RequestListener): Promise<{ server: Server; url: string }> {
  const server = createServer(respond);
  return { server, url: await listen(server) };
}

/** Runs a recipe unbuilt, and compares its output with its comments. */
async function runAlone(recipe: string): Promise<void> {
  const files = recipes(recipe);
  const output = await run(bin("node24/bin/node"), [recipe], project("installed", files));
  const expected = [...files[recipe]!.matchAll(/\/\/=> (.*)/g)].map(([, line]) => line);
  deepEqual(output.trim().split("\n"), expected);
}

/** Runs the stub as a test of Jest, with the two settings that Troubleshooting names. */
async function runJest(): Promise<void> {
  const page = read(".github/TROUBLESHOOTING.md");
  const [patterns] = /transformIgnorePatterns: \[.*\]/.exec(page) ?? [];
  const [preset] = /@babel\/preset-env/.exec(page) ?? [];
  if (!patterns || !preset) throw new Error("The page does not name both settings");
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
