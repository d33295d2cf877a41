/**
 * Compares the library with what people use for this call now: `npm run bench` writes the results into README.md beside
 * this file and the figures into the project's README, and fails if a bound is exceeded. `--seconds` is the time for each
 * ratio, 1 by default.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execute } from "../support/execute.ts";
import { corpus, counts, replayServer } from "../support/corpus.ts";
import { installPrivate, installPython } from "../support/install.ts";
import { listen, listening } from "../support/listen.ts";
import { replay, type Recorded } from "../support/recorded.ts";
import { sizesOf } from "../support/sizes.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const here = join(root, "tests/bench");
const platforms = join(root, "tests/platforms");
const seconds = /--seconds ([\d.]+)/.exec(process.argv.join(" "))?.[1] ?? "1";
const CLIENTS = "ogc-api-processes-client==0.6.0 ecmwf-datastores-client==0.5.3";
const OURS = "ogcapi-job-status";
const PEERS = [OURS, "ky", "openapi-fetch"];

const SMALL = "small 1 loopback";
const INJECTED = "small 1 injected";
/** A document, how many calls at once, and the kind of `fetch`, as calls.mjs reads them; and what the document holds. */
const GROWTH: Readonly<Record<string, string>> = {
  [SMALL]: "2 links, 0.7 KB",
  "links100 1 loopback": "100 links",
  "links1000 1 loopback": "1,000 links",
  "kb100 1 loopback": "100 KB in one string",
  "mb1 1 loopback": "1 MB in one string",
  "small 100 loopback": "100 calls at once",
  "small 1000 loopback": "1,000 calls at once",
};
/** What one call may cost over `fetch` and `json()` (section 6 of the contract): the bound, and the aim. */
const BOUNDS: Readonly<Record<string, readonly [must: number, aim: number]>> = {
  [`Node ${SMALL}`]: [1.1, 1.05],
  [`Node ${INJECTED}`]: [1.45, 1.2],
  [`Deno ${SMALL}`]: [1.6, 1.2],
  [`Bun ${SMALL}`]: [1.6, 1.2],
};

for (const folder of [here, platforms]) installPrivate(folder);
await installPython(join(here, ".venv"), new Set([CLIENTS]));

type Runtime = ReturnType<typeof runtime>;

/** A command of tests/platforms, and its version. */
function runtime(name: string, path: string, ...args: string[]) {
  const command = [join(platforms, "node_modules", path), ...args] as const;
  const version = /\d+\.\d+\.\d+/.exec(execFileSync(command[0], ["--version"], { encoding: "utf8" }))![0];
  return { name, command, version };
}
const node = (major: number) => runtime(`Node ${major}`, `node${major}/bin/node`);
const DENO = ["@deno/linux-x64-glibc/deno", "run", "--allow-all", "--no-config", "--no-lock"] as const;
const OTHERS = [runtime("Deno 2", ...DENO), runtime("Bun 1", "@oven/bun-linux-x64/bin/bun")];
const RUNTIMES = [...[20, 22, 24, 26].map(node), ...OTHERS];
/** The others are measured only for their bounds. */
const SHOWN = RUNTIMES.filter(({ name }) => !/2[24]/.test(name));

const bundle = join(root, ".build/bench/stacks.mjs");
const { build, sizes } = await sizesOf(here);
await build(join(here, "stacks.js"), bundle);

/** Runs a program whose last line is JSON. */
async function readJson(program: string, ...args: readonly string[]): Promise<any> {
  const { code, stdout, stderr } = await execute(program, args, here, 600_000);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout.trim().split("\n").at(-1)!);
}

/** What each client returns for each response, or "exception". */
async function readCorpus(): Promise<Readonly<Record<string, readonly unknown[]>>> {
  const outcomes: Record<string, unknown[]> = {};
  for (const [name, create] of Object.entries<any>((await import(bundle)).stacks)) {
    const read = (recorded: Recorded): Promise<unknown> =>
      create({ fetch: replay(recorded), baseUrl: "http://h" })("j").catch(() => "exception");
    outcomes[name] = await Promise.all(corpus.map(read));
  }
  const python = join(here, ".venv/ogc-api-processes-client/bin/python");
  const names = corpus.map(({ name }) => name);
  const read = (url: string): Promise<object> => readJson(python, join(here, "clients.py"), url, ...names);
  return { ...outcomes, ...(await listening(replayServer(corpus), read)) };
}

const isOk = ({ status }: Recorded): boolean => status >= 200 && status <= 299;

/** A 2xx with a JSON object that has a status and an id, both strings, whatever names servers use for the id. */
function isDocument(recorded: Recorded): boolean {
  try {
    const json = Object(JSON.parse(new TextDecoder().decode(recorded.body)));
    const ids = [json.jobID, json.id, json.jobId, json.job_id, json.processID];
    const isStatus = typeof json.status === "string" && json.status !== "";
    return isOk(recorded) && isStatus && ids.some((id) => typeof id === "string");
  } catch {
    return false;
  }
}

/** Whether an outcome has the types that a client declares. */
function isTyped(client: string, outcome: unknown): boolean {
  const { jobID, status } = Object(outcome);
  const codes = ["accepted", "running", "successful", "failed", "dismissed"];
  if (client === OURS) codes.push("created", "unknown");
  const isCode = client.startsWith("ecmwf") ? typeof status === "string" : codes.includes(status);
  return typeof jobID === "string" && isCode;
}

/** Serves the documents of the scenarios at `/{name}/jobs/{id}`. */
async function serve(): Promise<string> {
  const running = corpus.find(({ name }) => name === "pygeoapi-debd17bd/running")!;
  const small = JSON.parse(new TextDecoder().decode(running.body));
  const links = (count: number): object => ({
    ...small,
    links: Array.from({ length: count }, (_, i) => ({ href: `/jobs/j/results/${i}`, rel: "item", type: "image/tiff" })),
  });
  const text = (length: number): object => ({ ...small, inputs: "x".repeat(length) });
  const documents = { small, links100: links(100), links1000: links(1_000), kb100: text(1e5), mb1: text(1e6) };
  const bodies = new Map(Object.entries(documents).map(([name, value]) => [name, JSON.stringify(value)]));
  const server = createServer(({ url = "" }, response) =>
    response.setHeader("content-type", "application/json").end(bodies.get(url.split("/")[1]!)),
  );
  server.keepAliveTimeout = 60_000;
  return listen(server);
}

const outcomes = await readCorpus();
const url = await serve();
console.log("Measuring for some minutes");
/** By runtime, stack and scenario. */
const measured = new Map<Runtime, Readonly<Record<string, Readonly<Record<string, number>>>>>();
const [failures, aims]: [string[], string[]] = [[], []];
for (const one of RUNTIMES) {
  const [engine = ""] = one.name.split(" ");
  const scenarios = SHOWN.includes(one) ? Object.keys(GROWTH) : [SMALL];
  if (engine === "Node") scenarios.push(INJECTED);
  const ratios: Record<string, Record<string, number>> = {};
  // In a process for each: another stack would change how the engine optimises.
  for (const stack of SHOWN.includes(one) ? PEERS : [OURS])
    ratios[stack] = await readJson(...one.command, join(here, "calls.mjs"), bundle, url, seconds, stack, ...scenarios);
  measured.set(one, ratios);
  for (const scenario of scenarios) {
    const ratio = ratios[OURS]![scenario]!;
    const bound = BOUNDS[`${engine} ${scenario}`];
    if (!bound) continue;
    const [must, aim] = bound;
    const how = scenario === INJECTED ? "with a fetch that returns from memory" : "over loopback";
    const text = `${one.name}, ${how}: ${ratio.toFixed(2)} (at most ${must}, aim ${aim})`;
    console.log(text);
    if (ratio > must) failures.push(text);
    else if (ratio > aim) aims.push(text);
  }
}

const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [head, head.map((_, i) => (i ? "--:" : "---")), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

const documents = corpus.filter(isDocument).length;
const others = corpus.filter((one) => isOk(one) && !isDocument(one)).length;
const FAILED: readonly unknown[] = ["NotFound", "ServerError", "exception"];
const scores = Object.entries(outcomes).map(([name, list]) => {
  const read = list.filter((outcome, i) => isDocument(corpus[i]!) && isTyped(name, outcome)).length;
  const mistaken = list.filter((outcome, i) => !isDocument(corpus[i]!) && !FAILED.includes(outcome)).length;
  return [name, read, mistaken] as const;
});
const readBy = (client: string): number => scores.find(([name]) => name === client)![1];
/** For each stack in the order of `PEERS`, its ratio in a runtime. */
const cell = (one: Runtime, scenario: string): string =>
  PEERS.map((stack) => measured.get(one)![stack]![scenario]!.toFixed(2)).join(", ");
const packages = JSON.parse(readFileSync(join(here, "package.json"), "utf8")).dependencies;
const versions = RUNTIMES.map(({ name, version }) => `${name.split(" ")[0]} ${version}`).join(", ");

writeFileSync(
  join(here, "README.md"),
  `# Benchmark results

Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}, with ${cpus().length} cores. ${versions};
ky ${packages.ky}, openapi-fetch ${packages["openapi-fetch"]}, ${CLIENTS.replaceAll("==", " ").replace(" ecmwf", ", ecmwf")} (Python).

## What is read

Every client is given the corpus, ${counts(corpus)}. Its expected results are not used.
\`fetch\` is followed by \`json()\` and a cast.

${table(["client", `documents read, of ${documents}`, `mistaken, of ${others}`], scores)}

- A document is a 2xx response whose body is a JSON object with a non-empty string \`status\` and an id that is a string,
  under one of the names that servers use. This library is built to this definition, so its own row holds by construction.
- Read: returned, without an exception, with a job id that is a string and a status of the type that the client declares:
  the five codes of 1.0, for this library also \`created\` and \`unknown\`, for ecmwf-datastores-client any string.
- Mistaken: another 2xx response that is returned as a status document.

## Size

\`getStatus\` alone, tree-shaken: ${sizes.getStatus} bytes (at most 3,100). The whole module: ${sizes.module} bytes (at most 3,500). esbuild, minified,
ES2022; gzip level 9.

## What a call costs

Ratios to \`fetch\` and \`json()\` in the same process, over loopback, to a server in another one, when the engine has optimised
both: the median of many short rounds in which the two alternate. In each cell: ${PEERS.join(", ")}.

${table(
  ["a running job with", ...SHOWN.map(({ name }) => name)],
  Object.entries(GROWTH).map(([scenario, title]) => [title, ...SHOWN.map((one) => cell(one, scenario))]),
)}

The library reads the body itself, up to \`maxBytes\`, and builds each link; \`fetch\` and its peers call \`json()\`, which Deno
and Bun implement natively. A bound that is exceeded fails \`npm run bench\`, an aim does not. With 2 links, these miss
their aim:

${aims.map((text) => `- ${text}`).join("\n") || "- none"}
`,
);
const readme = join(root, "README.md");
const figures = `Of the ${documents} status documents in the corpus, \`fetch\` with a cast reads ${readBy("fetch")}, the generated Python
client ${readBy("ogc-api-processes-client")}, and this library all, because it was built on them ([criterion](tests/bench/README.md)).`;
writeFileSync(
  readme,
  readFileSync(readme, "utf8").replace(/(<!-- figures -->\n)[^]*?(\n<!-- \/figures -->)/, (_, a, b) => a + figures + b),
);
for (const failure of failures) console.error(`Bound exceeded: ${failure}`);
process.exit(failures.length > 0 ? 1 : 0);
