/** The recipes of tests/recipes that need a platform, each run in its own, beside the installed library. */
import { deepEqual, notEqual } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { execute } from "../support/execute.ts";
import type { Place } from "../support/place.ts";
import { evaluate } from "./runtimes.ts";
import { BUN, DENO, bin, bundle, node, project, read, recipes, run, serving, work, type Check } from "./tools.ts";

const installed = join(work, "installed");

export function recipeTrials({ server }: Place): Check[] {
  project("installed", {
    ...recipes("handler.ts", "testing-msw.ts", "use-job.ts", "watch.ts", "workflow.ts"),
    "deno.ts": read("tests/recipes/deno.ts").replace("https://ogc.example.com/ogcapi", `${server}/status/200`),
    "testing-undici.ts": read("tests/recipes/testing-undici.ts").replace('"undici"', '"undici7"'),
    // No timer keeps it alive for the rest of its time limits, the first of which is a minute.
    "watched.ts": `import { watch } from "./watch.ts";
const result = await watch("${server}/status/410", "j");
console.log(result.reason); //=> gone
`,
  });
  return [
    ["recipe: Workflow", runWorkflow],
    ["recipe: Deno", serveWithDeno],
    ["recipe: watch lets a program end in Node", () => runAlone("watched.ts", node(24))],
    ["recipe: watch lets a program end in Deno", () => runAlone("watched.ts", DENO, "run", "--allow-net")],
    ["recipe: watch lets a program end in Bun", () => runAlone("watched.ts", BUN)],
    ["recipe: React in Chromium", () => watchWithReact(server)],
    ["recipe: testing with msw", () => runAlone("testing-msw.ts", node(24))],
    ["recipe: testing with undici", () => runAlone("testing-undici.ts", node(24))],
    ["recipe: testing with Jest", runJest],
  ];
}

/** Runs a program unbuilt, and compares its output with its comments. */
async function runAlone(file: string, command: string, ...args: string[]): Promise<void> {
  const code = readFileSync(join(installed, file), "utf8");
  const output = await run(command, [...args, file], installed, 50_000);
  deepEqual(
    output.trim().split("\n"),
    Array.from(code.matchAll(/\/\/=> (.*)/g), ([, line]) => line),
  );
}

async function runWorkflow(): Promise<void> {
  const entryPoints = [join(installed, "workflow.ts")];
  const code = await bundle({ entryPoints, format: "esm", external: ["cloudflare:*"] });
  const folder = project("installed", { "workflow.mjs": code });
  await run(node(22), ["adapters/workflow.mjs", join(folder, "workflow.mjs")]);
}

/** With the permission that the cookbook names. */
function serveWithDeno(): Promise<void> {
  const command = ["DENO_SERVE_ADDRESS=tcp:127.0.0.1:0", DENO, "run", "--check", "--allow-net", "deno.ts"];
  return serving("env", command, installed, async (url) => {
    const response = await fetch(`${url}/?job=j`);
    deepEqual(await response.json(), { status: "running" });
  });
}

/** In a page, statuses and failures are shown, and the request for a job that is no longer shown is cancelled. */
async function watchWithReact(server: string): Promise<void> {
  const contents = `
    import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
    import { createElement } from "react";
    import { createRoot } from "react-dom/client";
    import { useJob } from "./use-job.ts";

    const shown = [];
    function Job({ baseUrl }) {
      const { data, error } = useJob(baseUrl, "react", { interval: 50 });
      const text = error?.message ?? data?.status ?? data?.message;
      if (text && text !== shown.at(-1)) shown.push(text);
      return text;
    }
    const root = createRoot(document.body);
    const client = new QueryClient();
    const show = (children) => root.render(createElement(QueryClientProvider, { client }, children));
    async function showUntil(baseUrl, end) {
      show(createElement(Job, { baseUrl }));
      while (!shown.at(-1)?.startsWith(end)) await new Promise((done) => setTimeout(done, 10));
    }

    export async function run() {
      const { fetch } = window;
      const statuses = ["accepted", "running", "successful"].map((status) => Response.json({ jobID: "j", status }));
      const responses = [new Response("", { status: 503 }), ...statuses];
      window.fetch = async () => responses.shift();
      await showUntil("https://h", "successful");
      window.fetch = fetch;
      AbortSignal.timeout = () => new AbortController().signal; // no time limit of watch() may cancel the request
      await showUntil("invalid", "getStatus: ");
      show(createElement(Job, { baseUrl: location.origin + "/x/no%20head" }));
      await fetch("/control/arrived/react");
      show();
      await fetch("/control/closed/react");
      return shown;
    }`;
  const define = { "process.env.NODE_ENV": '"production"' };
  const code = await bundle({ stdin: { contents, resolveDir: installed }, format: "iife", globalName: "page", define });
  const shown = await evaluate(`${server}/status/200/page`, `${code}\npage.run()`);
  const invalid = "getStatus: baseUrl must be an absolute http: or https: URL";
  deepEqual(shown, ["HTTP 503", "accepted", "running", "successful", invalid]);
}

/** Runs the stub as a test of Jest, with the two settings that Troubleshooting names. */
async function runJest(): Promise<void> {
  const page = read(".github/TROUBLESHOOTING.md");
  const [patterns] = /transformIgnorePatterns: \[.*\]/.exec(page) ?? [];
  const [preset] = /@babel\/preset-env/.exec(page) ?? [];
  const [imports, body = ""] = read("tests/recipes/testing-stub.ts").split("\n\n");
  const test = body.replace(/console\.log\((.*?)\); \/\/=> (.*)/, 'expect($1).toBe("$2");');
  const folder = project("installed/jest", {
    "package.json": '{ "private": true }',
    "babel.config.js": `module.exports = { presets: ["${preset}"] };`,
    "jest.config.js": `module.exports = { ${patterns} };`,
    "stub.test.js": `${imports}\ntest("the recipe", async () => {\n${test}});\n`,
  });
  const jest = [bin("jest/bin/jest.js"), "--ci"];
  await run(node(22), jest, folder);
  const { code } = await execute(node(22), [...jest, "--config={}"], folder);
  notEqual(code, 0, "Jest needs no transformIgnorePatterns");
}
