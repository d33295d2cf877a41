/**
 * Compares the library with what people use for this call now: `npm run bench` writes the results into README.md beside
 * this file and the figures into the project's README, and fails if a bound of size or speed is exceeded. `--passes 1`
 * measures once instead of three times.
 */
import { execFileSync, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { corpus, replayServer } from "../support/corpus.ts";
import type { Recorded } from "../support/recorded.ts";
import { installPrivate, installPython } from "../support/install.ts";
import { listening } from "../support/listen.ts";
import { exceeded, figures, report, tooLarge, type Bounds, type Figure } from "./report.ts";
import type { Results, Runtime, Task } from "./report.ts";
import { score, type Outcome } from "./score.ts";
import { FETCH, STACKS, bundleOf, here, prepare, root, work, type Stack } from "./stacks.ts";

const passes = Number(/--passes (\d+)/.exec(process.argv.join(" "))?.[1] ?? 3);
const CLIENTS = "ogc-api-processes-client==0.6.0 cuiman==0.3.1 ecmwf-datastores-client==0.5.3 pyeodh==0.1.13";
/** The response for measuring calls, and the one for stacks with a schema, which reject the other. */
const RUNNING = "pygeoapi-debd17bd/running";
const VALID = "ogc-1.0/full-running";

const platforms = join(root, "tests/platforms");
for (const folder of [here, platforms]) installPrivate(folder);
const runtime = (name: string, [path, ...args]: string[], bounds: Runtime["bounds"]): Runtime => {
  const command = [join(platforms, "node_modules", path!), ...args] as const as Runtime["command"];
  const version = /\d+\.\d+\.\d+/.exec(execFileSync(command[0], ["--version"], { encoding: "utf8" }))![0];
  return { name, command, version, bounds };
};
const ON_NODE = { injected: { must: 1.45, aim: 1.2 }, loopback: { must: 1.1, aim: 1.05 } };
const ELSEWHERE: { loopback: Bounds } = { loopback: { must: 1.6, aim: 1.2 } };
const DENO = ["@deno/linux-x64-glibc/deno", "run", "--allow-all", "--no-config", "--no-lock"];
const RUNTIMES: readonly Runtime[] = [
  ...["20", "22", "24", "26"].map((major) => runtime(`Node ${major}`, [`node${major}/bin/node`], ON_NODE)),
  runtime("Deno 2", DENO, ELSEWHERE),
  runtime("Bun 1", ["@oven/bun-linux-x64/bin/bun"], ELSEWHERE),
];
/** The Node for what is not compared between runtimes. */
const NODE = RUNTIMES[2]!;

/** Runs a script to its end, and parses the last line that it prints as JSON. */
function runScript({ command: [command, ...flags] }: Runtime, script: string, args: readonly string[]): any {
  const output = execFileSync(command, [...flags, join(here, script), ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 1e8,
    timeout: 120_000,
    env: { ...process.env, NO_COLOR: "1" },
  });
  return JSON.parse(output.trim().split("\n").at(-1)!);
}

function readWithStacks(corpus: readonly Recorded[]): Record<string, Outcome[]> {
  const file = join(work, "responses.json");
  const responses = corpus.map(({ status, headers, body }) => ({
    status,
    headers,
    body: new TextDecoder().decode(body),
  }));
  writeFileSync(file, JSON.stringify(responses));
  return runScript(NODE, "read.mjs", [file, ...STACKS.map(bundleOf)]);
}

function readWithPython(python: string, corpus: readonly Recorded[]): Promise<Record<string, Outcome[]>> {
  return listening(replayServer(corpus), async (url) => {
    const child = spawn(python, [join(here, "clients.py"), url], { stdio: ["pipe", "pipe", "inherit"] });
    child.stdin.end(corpus.map(({ name }) => name).join("\n"));
    let output = "";
    for await (const chunk of child.stdout) output += chunk;
    return JSON.parse(output);
  });
}

/** Measures each stack in each runtime, each time in a process of its own, and all of them before any again. */
async function measureAll(corpus: readonly Recorded[]): Promise<Map<string, Figure>> {
  const running = await serve(corpus, RUNNING);
  const valid = await serve(corpus, VALID);
  const samples = new Map<string, number[]>();
  for (let pass = 0; pass < passes; pass++) {
    for (const runtime of RUNTIMES) {
      for (const stack of STACKS) {
        if (stack === FETCH) continue;
        try {
          const calls = measure(runtime, stack, ...(stack.schema === "none" ? running : valid));
          for (const task of ["injected", "loopback"] as const) {
            const key = `${task} ${runtime.name} ${stack.name}`;
            samples.set(key, [...(samples.get(key) ?? []), calls[task]]);
          }
        } catch (error) {
          console.error(`${stack.name} fails in ${runtime.name}: ${error}`);
        }
      }
    }
  }
  return new Map([...samples].map(([key, values]) => [key, figure(values)]));
}

/** The median ratio of a stack to bare `fetch`, for both tasks. */
function measure(runtime: Runtime, stack: Stack, document: string, url: string): Record<Task, number> {
  return runScript(runtime, "calls.mjs", [document, url, "1", bundleOf(FETCH), bundleOf(stack)]);
}

function figure(values: readonly number[]): Figure {
  const sorted = [...values].sort((a, b) => a - b);
  return { median: sorted[sorted.length >> 1]!, low: sorted[0]!, high: sorted.at(-1)! };
}

/** Serves a recorded response to every request: the file with its body, and the URL of the server. */
async function serve(corpus: readonly Recorded[], name: string): Promise<[file: string, url: string]> {
  const file = join(work, `${name.replaceAll("/", "-")}.txt`);
  writeFileSync(file, corpus.find((recorded) => recorded.name === name)!.body);
  const child = spawn(NODE.command[0], [join(here, "server.mjs"), file], { stdio: ["ignore", "pipe", "inherit"] });
  process.on("exit", () => child.kill());
  const line = await new Promise((listening) => child.stdout.once("data", listening));
  return [file, String(line).trim()];
}

prepare();
await installPython(join(here, ".venv"), new Set([CLIENTS]));
const python = join(here, ".venv/ogc-api-processes-client/bin/python");
const outcomes = { ...readWithStacks(corpus), ...(await readWithPython(python, corpus)) };
for (const [client, list] of Object.entries(outcomes)) {
  const { kind } = list[corpus.findIndex(({ name }) => name === VALID)]!;
  if (kind !== "document") throw new Error(`${client} does not read ${VALID}, so it does not run as it should`);
}
console.log("Measuring for some minutes");
const results: Results = {
  corpus,
  scores: Object.fromEntries(Object.entries(outcomes).map(([name, list]) => [name, score(name, list, corpus)])),
  packages: CLIENTS.split(" ").map((one) => ({ name: one.split("==")[0]!, version: one.split("==")[1]! })),
  runtimes: RUNTIMES,
  ratios: await measureAll(corpus),
  passes,
};
console.log(report(results));
writeFileSync(join(here, "README.md"), report(results));
const readme = join(root, "README.md");
const withFigures = readFileSync(readme, "utf8").replace(
  /(<!-- figures -->\n)[^]*?(<!-- \/figures -->)/,
  (_, start, end) => `${start}${figures(results)}\n${end}`,
);
writeFileSync(readme, withFigures);
const failures = [...tooLarge(), ...exceeded(results, "must")];
for (const failure of failures) console.error(`Bound exceeded: ${failure}`);
process.exit(failures.length > 0 ? 1 : 0);
