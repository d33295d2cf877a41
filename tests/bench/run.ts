/**
 * Compares the library with what people use for this call now: `npm run bench` writes the results into README.md beside
 * this file and the figures into the project's README, and fails if a bound is exceeded. `--seconds` is the time for each
 * ratio, 1 by default.
 */
import { execFileSync, spawn } from "node:child_process";
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
const PEERS = ["ky", "openapi-fetch"];

/** What one call may cost over `fetch` and `json()` (section 6 of the contract): the bound, and the aim. */
const BOUNDS: Readonly<Record<string, readonly [must: number, aim: number]>> = {
  "Node loopback": [1.1, 1.05],
  "Node injected": [1.45, 1.2],
  "Deno loopback": [1.6, 1.2],
  "Bun loopback": [1.6, 1.2],
};
const SMALL = "small 1 loopback";
const GROWTH: Readonly<Record<string, string>> = {
  [SMALL]: "2 links, 0.7 KB",
  "links100 1 loopback": "100 links",
  "links1000 1 loopback": "1,000 links",
  "kb100 1 loopback": "100 KB in one string",
  "mb1 1 loopback": "1 MB in one string",
  "small 100 loopback": "100 calls at once",
  "small 1000 loopback": "1,000 calls at once",
};

for (const folder of [here, platforms]) installPrivate(folder);
await installPython(join(here, ".venv"), new Set([CLIENTS]));

/** A command of tests/platforms, and its version. */
function runtime(name: string, path: string, ...args: string[]) {
  const command = [join(platforms, "node_modules", path), ...args] as const;
  const version = /\d+\.\d+\.\d+/.exec(execFileSync(command[0], ["--version"], { encoding: "utf8" }))![0];
  return { name, command, version };
}
const node = (major: number) => runtime(`Node ${major}`, `node${major}/bin/node`);
const DENO = ["@deno/linux-x64-glibc/deno", "run", "--allow-all", "--no-config", "--no-lock"] as const;
const SHOWN = [node(20), node(26), runtime("Deno 2", ...DENO), runtime("Bun 1", "@oven/bun-linux-x64/bin/bun")];
const ONLY_BOUNDS = [node(22), node(24)];

const bundle = join(root, ".build/bench/stacks.mjs");
const { build, sizes } = await sizesOf(here);
await build(join(here, "stacks.js"), bundle);

/** What a stack returned for a response. */
type Outcome = "error" | "exception" | { readonly id?: unknown; readonly status?: unknown };

async function readWithStacks(): Promise<Record<string, Outcome[]>> {
  const { stacks } = await import(bundle);
  const outcomes: Record<string, Outcome[]> = {};
  for (const [name, create] of Object.entries<any>(stacks)) {
    outcomes[name] = [];
    for (const recorded of corpus) {
      try {
        const returned = await create({ fetch: replay(recorded), baseUrl: "http://h" })("j");
        const failed = returned === "NotFound" || returned === "ServerError";
        outcomes[name].push(failed ? "error" : { id: returned?.jobID, status: returned?.status });
      } catch {
        outcomes[name].push("exception");
      }
    }
  }
  return outcomes;
}

function readWithPython(): Promise<Record<string, Outcome[]>> {
  return listening(replayServer(corpus), async (url) => {
    const python = join(here, ".venv/ogc-api-processes-client/bin/python");
    const child = spawn(python, [join(here, "clients.py"), url], { stdio: ["pipe", "pipe", "inherit"] });
    child.stdin.end(corpus.map(({ name }) => name).join("\n"));
    let output = "";
    for await (const chunk of child.stdout) output += chunk;
    return JSON.parse(output);
  });
}

const CODES = ["accepted", "running", "successful", "failed", "dismissed"];

/** A 2xx with a JSON object that has a status and an id, both strings, whatever names servers use for the id. */
function isDocument({ status, body }: Recorded): boolean {
  try {
    const json = Object(JSON.parse(new TextDecoder().decode(body)));
    const ids = [json.jobID, json.id, json.jobId, json.job_id, json.processID];
    const isStatus = typeof json.status === "string" && json.status !== "";
    return status >= 200 && status <= 299 && isStatus && ids.some((id) => typeof id === "string");
  } catch {
    return false;
  }
}

function score(name: string, outcomes: readonly Outcome[]): { read: number; mistaken: number } {
  const known = name === OURS ? [...CODES, "created", "unknown"] : CODES;
  const isTyped = (outcome: Outcome): boolean =>
    typeof outcome === "object" &&
    typeof outcome.id === "string" &&
    (known.includes(String(outcome.status)) || (name.startsWith("ecmwf") && typeof outcome.status === "string"));
  const of = (documents: boolean): Outcome[] => outcomes.filter((_, i) => isDocument(corpus[i]!) === documents);
  const others = of(false).filter((outcome) => typeof outcome === "object");
  return { read: of(true).filter(isTyped).length, mistaken: others.length };
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

type Ratios = Readonly<Record<string, Readonly<Record<string, number>>>>;

async function measure(
  { command: [program, ...args] }: (typeof SHOWN)[number],
  url: string,
  names: string[],
): Promise<Ratios> {
  const scenarios = names.map((name) => name.split(" ").map((part, i) => (i === 1 ? Number(part) : part)));
  const script = [join(here, "calls.mjs"), bundle, url, seconds, JSON.stringify(scenarios)];
  const { code, stdout, stderr } = await execute(program, [...args, ...script], here, 600_000);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout.trim().split("\n").at(-1)!);
}

const outcomes = { ...(await readWithStacks()), ...(await readWithPython()) };
const scores = Object.fromEntries(Object.entries(outcomes).map(([name, list]) => [name, score(name, list)]));
const url = await serve();
console.log("Measuring for some minutes");
const measured = new Map<string, Ratios>();
const [failures, aims]: [string[], string[]] = [[], []];
for (const one of [...SHOWN, ...ONLY_BOUNDS]) {
  const isNode = one.name.startsWith("Node");
  const names = [...(SHOWN.includes(one) ? Object.keys(GROWTH) : [SMALL]), ...(isNode ? ["small 1 injected"] : [])];
  const ratios = await measure(one, url, names);
  measured.set(one.name, ratios);
  for (const kind of isNode ? ["loopback", "injected"] : ["loopback"]) {
    const ratio = ratios[`small 1 ${kind}`]![OURS]!;
    const [must, aim] = BOUNDS[`${one.name.split(" ")[0]} ${kind}`]!;
    const text = `${one.name}, ${kind}: ${ratio.toFixed(2)} (at most ${must}, aim ${aim})`;
    console.log(text);
    if (ratio > must) failures.push(text);
    else if (ratio > aim) aims.push(text);
  }
}
if (sizes.getStatus > 3_100) failures.push(`getStatus has ${sizes.getStatus} bytes`);
if (sizes.module > 3_500) failures.push(`the module has ${sizes.module} bytes`);

const total = corpus.filter(isDocument).length;
const other = corpus.filter((one) => one.status >= 200 && one.status <= 299 && !isDocument(one)).length;
const bold = (name: string): string =>
  name === OURS ? `**${name}**` : name === "fetch" ? "`fetch` with a cast" : name;
const row = (...cells: (string | number)[]): string => `| ${cells.join(" | ")} |\n`;
const head = (...cells: string[]): string => row(...cells) + row(...cells.map((_, i) => (i ? "--:" : "---")));
const cell = (ratios: Readonly<Record<string, number>>): string =>
  [OURS, ...PEERS]
    .map((one) => ratios[one]!.toFixed(2))
    .join(", ")
    .replace(/^[^,]*/, "**$&**");
const packages = JSON.parse(readFileSync(join(here, "package.json"), "utf8")).dependencies;
const versions = [...SHOWN, ...ONLY_BOUNDS].map(({ name, version }) => `${name}: ${version}`).join(", ");

writeFileSync(
  join(here, "README.md"),
  `# Benchmark results

Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}, with ${cpus().length} cores. ${versions}; ky ${packages.ky}, openapi-fetch
${packages["openapi-fetch"]}, ${CLIENTS.replaceAll("==", " ").replace(" ecmwf", ", ecmwf")} (Python).

## What is read

Every client is given the corpus, ${counts(corpus)}. Its expected results are not used.

${head("client", `documents read, of ${total}`, `mistaken, of ${other}`)}${Object.entries(scores)
    .map(([name, { read, mistaken }]) => row(bold(name), read, mistaken))
    .join("")}
- A document is a 2xx response whose body is a JSON object with a non-empty string \`status\` and an id that is a string,
  under one of the names that servers use. This library is built to this definition, so its own row holds by construction.
- Read: returned, without an exception, with a job id that is a string and a status of the type that the client declares:
  the five codes of 1.0, for this library also \`created\` and \`unknown\`, for ecmwf-datastores-client any string.
- Mistaken: another 2xx response that is returned as a status document.

## Size

\`getStatus\` alone, tree-shaken: ${sizes.getStatus} bytes (at most 3,100). The whole module: ${sizes.module} bytes (at most 3,500). esbuild, minified,
ES2022; gzip level 9.

## What a call costs

Ratios to \`fetch\` and \`json()\` in the same runtime, over loopback, to a server in another process: the median of many short
rounds that alternate between all stacks. In each cell: **${OURS}**, ${PEERS.join(", ")}.

${head("a running job with", ...SHOWN.map(({ name }) => name))}${Object.entries(GROWTH)
    .map(([scenario, title]) => row(title, ...SHOWN.map(({ name }) => cell(measured.get(name)![scenario]!))))
    .join("")}
The library reads the body itself, up to \`maxBytes\`, and builds each link; \`fetch\` and its peers call \`json()\`, which Deno
and Bun implement natively. A bound that is exceeded fails \`npm run bench\`, an aim does not. Aims missed: ${aims.join("; ") || "none"}.
`,
);
const readme = join(root, "README.md");
const figures = `In the corpus of ${total} status documents, \`fetch\` with a cast reads ${scores["fetch"]!.read}, the generated Python
client ${scores["ogc-api-processes-client"]!.read}, and this library all, because it was built on them ([how it is counted](tests/bench/README.md)).`;
writeFileSync(
  readme,
  readFileSync(readme, "utf8").replace(/(<!-- figures -->\n)[^]*?(\n<!-- \/figures -->)/, (_, a, b) => a + figures + b),
);
for (const failure of failures) console.error(`Bound exceeded: ${failure}`);
process.exit(failures.length > 0 ? 1 : 0);
