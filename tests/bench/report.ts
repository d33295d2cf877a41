/** Writes the results of the bench as Markdown. */
import { cpus } from "node:os";
import type { Score, Scores } from "./read.ts";
import { NODE, RUNTIMES, version, type Runtime } from "./runtimes.ts";
import {
  FETCH,
  OURS,
  READERS,
  STACKS,
  declaredNode,
  gzipSize,
  installed,
  ownSize,
  versions,
  type Stack,
} from "./stacks.ts";

/** How often everything is measured: `--passes 1` for a quick run. */
export const passes = Number(/--passes (\d+)/.exec(process.argv.join(" "))?.[1] ?? 3);

/** The median of some runs, and the lowest and highest of them. */
export interface Figure {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

export interface Measured {
  /** By task, runtime and stack, as in `loopback Node 20 ky`. */
  readonly ratios: ReadonlyMap<string, Figure>;
  /** By runtime and stack, what it failed with. */
  readonly broken: ReadonlyMap<string, string>;
}

export interface Results extends Measured {
  readonly scores: Scores;
  readonly python: { readonly ours: Figure; readonly python: Figure; readonly version: string };
}

const TASKS = ["injected", "loopback"] as const;
const PYTHON = "ogc-api-processes-client 0.6.0 (Python)";

export function report(results: Results): string {
  const { scores } = results;
  return `# Benchmark results

Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}, with ${cpus().length} cores. \`npm run bench -- --check\` fails if a bound of
size or speed is exceeded. Every stack has the same task: it builds the URL, encodes the job id, sends \`Accept:
application/json\`, and distinguishes a status document, a 404 and any other outcome. Stacks with a schema also validate
the document; the others trust it.

${RUNTIMES.map((runtime) => `${runtime.name}: ${version(runtime)}`).join("; ")}; ${versions()}.

## Size

${sizes(ownSize())}

${table(
  ["stack", "gzip, bytes", "packages", "installed, KiB"],
  STACKS.map((stack) => {
    const { count, bytes } = installed(stack);
    return [
      stack.title,
      thousands(gzipSize(stack)),
      stack.schema === "none" ? String(count) : "",
      count ? thousands(Math.round(bytes / 1_024)) : "",
    ];
  }),
)}

A bundle of the stack and its code for the task: esbuild, minified, ES2022; gzip level 9.

## What is read

Every stack is given the ${scores.answers} of \`tests/servers\`. Their expected results are
not used.

![Size of each stack against the documents that it reads](chart.svg)

${table(
  [
    "stack",
    `documents read, of ${scores.documents}`,
    `of ${scores.valid} valid`,
    `of ${scores.documents - scores.valid} invalid`,
    "status outside its type",
    `errors thrown, of ${scores.errors}`,
    `mistaken, of ${scores.others}`,
  ],
  [
    ...STACKS.map((stack) => [stack.title, ...scoreCells(scores.stacks[stack.name]!)]),
    [PYTHON, ...scoreCells(scores.stacks["python"]!)],
  ],
)}

- A document is a 2xx response whose body is a JSON object with a non-empty string \`status\` and an id (\`jobID\`, \`id\`,
  \`jobId\` or \`job_id\`) that is a string. ogcapi-job-status is built to this definition, so its own row only confirms
  that it meets it.
- Read: returned as a status document whose \`status\` is of the type that the stack declares: the five codes of 1.0, and
  for ogcapi-job-status also \`created\` and \`unknown\`, which stands for any word that it does not recognise.
- Valid: accepted by a validator (ajv) with the status schema that OGC API - Processes 1.0 publishes; \`format\` is not
  checked. Invalid: rejected by it, although servers send such documents.
- Status outside its type: returned as a status document, with a \`status\` that the declared type does not have, or none
  at all (the Python client returns \`None\` for a 201 or 202).
- Errors thrown: responses of 400 and above that end in an exception, even with the stack's option against that, if it
  has one.
- Mistaken: 2xx responses without a document that are returned as a status document.

## One call

Ratios to one call of \`fetch\` and \`json()\`: the median of ${passes} runs and, in parentheses, the lowest and the highest. A
run is a process of its own that compares the two in many short rounds. The response is a running job as pygeoapi sends
it or, for the stacks with a schema, which reject that document, the standard's own example. ≈ marks a ratio whose range
overlaps with that of ogcapi-job-status in the same column: neither is faster.

Over an injected fetch, which returns \`new Response(text)\`:

${callTable(results, "injected", STACKS)}

Over loopback, to a server in another process:

${callTable(results, "loopback", STACKS)}

${unmet(results)}

A stream has two kinds of reader. Ratios of a call that reads the body with one of them and does nothing else:

${TASKS.map((task) => `${task === "injected" ? "Injected" : "Loopback"}:\n\n${callTable(results, task, READERS)}`).join("\n\n")}

A BYOB reader is faster in Deno, whose default reader allocates 64 KiB for each read. Bun and many injected streams
reject it, and Node is slower with it. The library uses the default reader everywhere.

## Runtimes that peers do not support

${support(results)}

## The generated Python client

\`get_status\` of ogc-api-processes-client 0.6.0 with ${results.python.version}, and \`getStatus\` with Node ${version(NODE)}, alternating
against the same server: one call over loopback, median of five runs (lowest to highest), in microseconds.

${table(
  ["client", "one call, µs"],
  [
    ["ogcapi-job-status", microseconds(results.python.ours)],
    [PYTHON, microseconds(results.python.python)],
  ],
)}`;
}

/** The sizes of the library, as the results state them. */
export function sizes({ module, getStatus }: { module: number; getStatus: number }): string {
  return `\`getStatus\` alone, tree-shaken: ${thousands(getStatus)} bytes. The whole module: ${thousands(module)} bytes.`;
}

/** The rows of the README's comparison. */
export function alternatives(results: Results): string {
  const { scores, ratios, python } = results;
  const stacks = [OURS, FETCH, STACKS.find(({ name }) => name === "openapi-generator")!];
  const count = (member: keyof Score, of: number): string[] =>
    [...stacks.map(({ name }) => name), "python"].map((name) => `${scores.stacks[name]![member]} of ${of}`);
  return table(
    [
      "",
      "this library",
      "`fetch` by hand, unchecked",
      "generated: openapi-generator, typescript-fetch",
      "generated: `ogc-api-processes-client` (Python)",
    ],
    [
      ["Size, gzip", ...stacks.map((stack) => `${thousands(gzipSize(stack))} bytes`), ""],
      [
        `Time of one call over loopback, ${NODE.name}`,
        ...stacks.map(({ name }) =>
          name === FETCH.name ? "1" : `${ratio(ratios.get(`loopback ${NODE.name} ${name}`))} ×`,
        ),
        `${microseconds(python.python)} µs; this library in the same run ${microseconds(python.ours)} µs`,
      ],
      ["Status documents read", ...count("read", scores.documents)],
      ["Returned with a status outside the declared type", ...count("outside", scores.documents)],
      ["Error responses that end in an exception", ...count("threw", scores.errors)],
      ["Other 2xx responses mistaken for a status", ...count("mistaken", scores.others)],
    ],
  );
}

function scoreCells({ read, readValid, readInvalid, outside, threw, mistaken }: Score): string[] {
  return [read, readValid, readInvalid, outside, threw, mistaken].map(String);
}

function callTable({ ratios, broken }: Measured, task: "injected" | "loopback", stacks: readonly Stack[]): string {
  const cell = (runtime: Runtime, stack: Stack): string => {
    if (broken.has(`${runtime.name} ${stack.name}`)) return "does not run";
    const own = ratios.get(`${task} ${runtime.name} ${OURS.name}`);
    const figure = ratios.get(`${task} ${runtime.name} ${stack.name}`);
    const tied = figure && own && stack.name !== OURS.name && figure.low <= own.high && own.low <= figure.high;
    return `${tied ? "≈ " : ""}${ratio(figure)}`;
  };
  return table(
    ["", ...RUNTIMES.map(({ name }) => name)],
    stacks
      .filter(({ name }) => name !== FETCH.name)
      .map((stack) => [stack.title, ...RUNTIMES.map((runtime) => cell(runtime, stack))]),
  );
}

/** The aims of speed that this run did not meet. */
function unmet({ ratios }: Measured): string {
  const missed = RUNTIMES.flatMap((runtime) =>
    TASKS.flatMap((task) => {
      const aim = runtime.bounds[task]?.aim;
      const figure = ratios.get(`${task} ${runtime.name} ${OURS.name}`);
      return aim !== undefined && figure && figure.median > aim
        ? [`${runtime.name}, ${task}: ${figure.median.toFixed(2)} (aim ${aim})`]
        : [];
    }),
  );
  return missed.length
    ? `Aims that this run did not meet, compared before rounding: ${missed.join("; ")}.`
    : "This run met every aim.";
}

/** A line for each peer that does not declare support for Node 20, and for each runtime in which a peer fails. */
function support({ broken }: Measured): string {
  const dropped = STACKS.flatMap((stack) => {
    const declared = declaredNode(stack);
    if (!declared || !/^>=2[1-9]/.test(declared.node)) return [];
    const fails = broken.has(`Node 20 ${stack.name}`);
    return [
      `- ${declared.package} declares Node ${declared.node}. Its bundle ${fails ? "fails" : "still runs"} on Node 20.`,
    ];
  });
  const failures = [...broken].map(([where, error]) => `- ${where} fails: ${error}`);
  return [...dropped, ...failures].join("\n") || "Peers support every runtime.";
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, i) => (i ? "--:" : "---"))), ...rows.map(line)].join("\n");
}

function ratio(figure: Figure | undefined): string {
  if (!figure) return "";
  const [median, low, high] = [figure.median, figure.low, figure.high].map((value) => value.toFixed(2));
  return `${median} (${low}–${high})`;
}

/** Two significant digits: more is noise. */
function microseconds({ median, low, high }: Figure): string {
  const [middle, lowest, highest] = [median, low, high].map((value) => thousands(Number(value.toPrecision(2))));
  return `${middle} (${lowest}–${highest})`;
}

function thousands(value: number): string {
  return value.toLocaleString("en-US");
}
