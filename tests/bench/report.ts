/** Writes the results of the bench as Markdown. */
import { cpus } from "node:os";
import { counts } from "../support/corpus.ts";
import type { Recorded } from "../support/recorded.ts";
import { documentsOf, othersOf, type Score } from "./score.ts";
import { FETCH, OURS, STACKS, gzipSize, installed, ownSize, versions, type Stack } from "./stacks.ts";

/** The median of some runs, and the lowest and highest of them. */
export interface Figure {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

export type Task = "injected" | "loopback";
/** What a call may cost over bare `fetch` and `json()`. */
export interface Bounds {
  readonly must: number;
  readonly aim: number;
}
export interface Runtime {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly version: string;
  readonly bounds: { readonly [task in Task]?: Bounds };
}

export interface Results {
  readonly corpus: readonly Recorded[];
  /** By stack, and by Python package. */
  readonly scores: Readonly<Record<string, Score>>;
  readonly packages: readonly { readonly name: string; readonly version: string }[];
  readonly runtimes: readonly Runtime[];
  /** By task, runtime and stack, as in `loopback Node 20 ky`. */
  readonly ratios: ReadonlyMap<string, Figure>;
  readonly passes: number;
}

const MUST_WEIGH = { getStatus: 3_100, module: 3_500 };

export function report(results: Results): string {
  const { corpus, scores, packages, runtimes } = results;
  const size = ownSize();
  const others = othersOf(corpus).length;
  const documents = documentsOf(corpus).length;
  const clients = [
    ...STACKS.map(({ name, title }) => [title, scores[name]!] as const),
    ...packages.map(({ name, version }) => [`${name} ${version} (Python)`, scores[name]!] as const),
  ];
  return `# Benchmark results

Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}, with ${cpus().length} cores. Every stack has the same task: it builds the URL, encodes the
job id, sends \`Accept: application/json\`, and distinguishes a status document, a 404 and any other outcome (that of
openapi-generator throws for each error). Stacks with a schema also validate the document; the others trust it.

${runtimes.map(({ name, version }) => `${name}: ${version}`).join("; ")}; ${versions()}.

## What is read

Every client is given the corpus, ${counts(corpus)}. Its expected results are not used.

${table(
  ["client", `documents read, of ${documents}`, "returned with a wrong type", "thrown", `mistaken, of ${others}`],
  clients.map(([title, { read, untrue, threw, mistaken }]) => [title, ...[read, untrue, threw, mistaken].map(String)]),
)}

- A document is a 2xx response whose body is a JSON object with a non-empty string \`status\` and an id (\`jobID\`, \`id\`,
  \`jobId\` or \`job_id\`) that is a string. ogcapi-job-status is built to this definition, so its own row holds by
  construction.
- Read: returned, without an exception, with a job id that is a string and a status of the type that the client declares.
  For most clients these are the five codes of 1.0, for ogcapi-job-status also \`created\` and \`unknown\`, and for
  ecmwf-datastores-client and pyeodh any string.
- Thrown: a document that ends in an exception. ecmwf-datastores-client takes the id from the URL.
- Mistaken: a 2xx response without a document that is returned as a status document.
- The schemas of \`fetch\` + valibot and \`fetch\` + zod are those of 1.0, so they read the documents that follow it.

## Size

\`getStatus\` alone, tree-shaken: ${thousands(size.getStatus)} bytes (at most ${thousands(MUST_WEIGH.getStatus)}). The whole module: ${thousands(size.module)} bytes (at most ${thousands(MUST_WEIGH.module)}).

${table(["stack", "gzip, bytes", "packages", "installed, KiB"], STACKS.map(sizeRow))}

A bundle of the stack and its code for the task: esbuild, minified, ES2022; gzip level 9.

## One call

Ratios to one call of \`fetch\` and \`json()\`: the median of ${results.passes} runs and, in parentheses, the lowest and the highest. A
run is a process of its own that compares the two in many short rounds. The response is a running job as pygeoapi sends
it or, for the stacks with a schema, which reject that document, the standard's own example. ≈ marks a ratio whose range
overlaps with that of ogcapi-job-status in the same column: neither is faster.

Over an injected fetch, which returns \`new Response(text)\`:

${callTable(results, "injected")}

Over loopback, to a server in another process:

${callTable(results, "loopback")}

A bound that is exceeded fails \`npm run bench\`, an aim does not. Exceeded: ${[...exceeded(results, "must"), ...exceeded(results, "aim")].join("; ") || "none"}.
`;
}

/** The figures of the project's README. */
export function figures({ corpus, scores }: Results): string {
  return `**Why not plain \`fetch\`?** Of the ${documentsOf(corpus).length} status documents in the corpus, \`fetch\` with a cast
reads ${scores[FETCH.name]!.read}, the generated Python client ${scores["ogc-api-processes-client"]!.read}, and this library all, because it was
built on them ([criterion](tests/bench/README.md)).`;
}

/** The bounds that a figure exceeds, by kind. */
export function exceeded({ runtimes, ratios }: Results, kind: keyof Bounds): string[] {
  return runtimes.flatMap(({ name, bounds }) =>
    (["injected", "loopback"] as const).flatMap((task) => {
      const bound = bounds[task]?.[kind];
      const { median } = ratios.get(`${task} ${name} ${OURS.name}`)!;
      return bound !== undefined && median > bound ? [`${name}, ${task}: ${median.toFixed(3)} (${kind} ${bound})`] : [];
    }),
  );
}

export function tooLarge(): string[] {
  const size = ownSize();
  return (["getStatus", "module"] as const)
    .filter((name) => size[name] > MUST_WEIGH[name])
    .map((name) => `${name}: ${size[name]} bytes (must ${MUST_WEIGH[name]})`);
}

function sizeRow(stack: Stack): string[] {
  const { count, bytes } = installed(stack);
  const packages = stack.schema === "none" ? String(count) : "";
  return [stack.title, thousands(gzipSize(stack)), packages, count ? thousands(Math.round(bytes / 1_024)) : ""];
}

function callTable({ ratios, runtimes }: Results, task: Task): string {
  const cell = (runtime: Runtime, stack: Stack): string => {
    const own = ratios.get(`${task} ${runtime.name} ${OURS.name}`)!;
    const figure = ratios.get(`${task} ${runtime.name} ${stack.name}`);
    if (figure === undefined) return "does not run";
    const [median, low, high] = [figure.median, figure.low, figure.high].map((value) => value.toFixed(2));
    const tied = stack !== OURS && figure.low <= own.high && own.low <= figure.high;
    return `${tied ? "≈ " : ""}${median} (${low}–${high})`;
  };
  return table(
    ["", ...runtimes.map(({ name }) => name)],
    STACKS.filter((stack) => stack !== FETCH).map((stack) => [
      stack.title,
      ...runtimes.map((runtime) => cell(runtime, stack)),
    ]),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, i) => (i ? "--:" : "---"))), ...rows.map(line)].join("\n");
}

const thousands = (value: number): string => value.toLocaleString("en-US");
