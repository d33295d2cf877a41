/**
 * The main job: `npm start` runs a job on an embedded server and watches it to its end;
 * `npm start -- <baseUrl> <jobId>` asks a real server.
 */
import { parseArgs } from "node:util";
import { getStatus, type Result } from "../src/get-status.ts";
import { jobAt } from "./support/location.ts";
import { startServer } from "./support/server.ts";
import { watch } from "./support/watch.ts";

const USAGE = `Usage: npm start                                 run a job on an embedded server, and watch it
       npm start -- <baseUrl> <jobId> [options]  ask a real server for the status of a job

Options:
  --watch                   ask again until the job has ended
  --json                    print the result as JSON, one line for each answer
  --header 'Name: value'    send a header; may be given more than once
  --help                    print this text

Exit code: 0 StatusInfo, 1 NotFound, 2 ServerError, 64 wrong usage`;

const EXIT = { StatusInfo: 0, NotFound: 1, ServerError: 2 } as const;
const WRONG_USAGE = 64;

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  let parsed;
  try {
    parsed = parseArgs({
      args,
      allowPositionals: true,
      options: {
        watch: { type: "boolean" },
        json: { type: "boolean" },
        header: { type: "string", multiple: true },
        help: { type: "boolean" },
      },
    });
  } catch {
    return wrong("Unknown option, or an option without its value"); // parseArgs would repeat a header
  }
  const { values, positionals } = parsed;
  if (values.help) return (console.log(USAGE), 0);
  if (!args.length) return embedded();
  const [baseUrl, jobId, ...more] = positionals;
  if (baseUrl === undefined || jobId === undefined || more.length) return wrong("Expected one base URL and one job id");

  const headers: [string, string][] = [];
  for (const header of values.header ?? []) {
    const colon = header.indexOf(":");
    if (colon < 1) return wrong("Expected a header as 'Name: value'");
    headers.push([header.slice(0, colon).trim(), header.slice(colon + 1).trim()]);
  }

  const print = values.json ? (result: Result) => console.log(toJson(result)) : printer();
  try {
    const result = values.watch
      ? await watch(baseUrl, jobId, { headers, onResult: print })
      : await getStatus(baseUrl, jobId, { headers });
    if (!values.watch) print(result);
    if (!values.json) console.log(describe(result));
    return EXIT[result.kind];
  } catch (error) {
    return wrong((error as Error).message); // getStatus() rejects for nothing but its arguments
  }
}

function wrong(problem: string): number {
  console.error(`${problem}\n\n${USAGE}`);
  return WRONG_USAGE;
}

/** Shows each outcome that a caller may meet. */
async function embedded(): Promise<number> {
  const server = await startServer();
  const interval = 100;

  console.log("A job that succeeds\n");
  const { baseUrl, jobId } = await execute(server.baseUrl, { seconds: 3 });
  const done = await watch(baseUrl, jobId, { interval, onResult: printer() });
  console.log(describe(done));

  console.log("\nA job that fails\n");
  const failing = await execute(server.baseUrl, { seconds: 0.5, fail: true });
  console.log(describe(await watch(failing.baseUrl, failing.jobId, { interval })));

  console.log("\nA job that was dismissed\n");
  const dismissed = await execute(server.baseUrl, { seconds: 60 });
  await fetch(`${server.baseUrl}/jobs/${dismissed.jobId}`, { method: "DELETE" });
  console.log(describe(await getStatus(dismissed.baseUrl, dismissed.jobId)));

  console.log("\nA job that never existed\n");
  console.log(describe(await getStatus(server.baseUrl, "no-such-job")));

  console.log("\nA server that is down\n");
  await server.close();
  console.log(describe(await getStatus(baseUrl, jobId)));
  return EXIT[done.kind];
}

/** Executes asynchronously; the Location header of the answer tells where the job is. */
async function execute(baseUrl: string, inputs: object): Promise<{ baseUrl: URL; jobId: string }> {
  const response = await fetch(`${baseUrl}/processes/wait/execution`, {
    method: "POST",
    headers: { "content-type": "application/json", prefer: "respond-async" },
    body: JSON.stringify({ inputs }),
  });
  const location = response.headers.get("location");
  if (location === null) throw new Error(`Cannot execute: no Location (HTTP ${response.status})`);
  return jobAt(location, response.url);
}

/** A bar that redraws in place on a terminal; elsewhere, a line for each change. */
function printer(): (result: Result) => void {
  let last = "";
  return (result) => {
    const line = bar(result);
    if (line === last) return;
    last = line;
    if (!process.stdout.isTTY) return console.log(line);
    process.stdout.write(`\r\x1b[K${line}`);
    if (result.kind !== "StatusInfo" || ["successful", "failed", "dismissed"].includes(result.status))
      process.stdout.write("\n");
  };
}

function bar(result: Result): string {
  if (result.kind !== "StatusInfo") return `${result.kind} ${result.reason}: ${safe(result.message)}`;
  const done = Math.round((result.progress ?? 0) / 5);
  const percent = result.progress === undefined ? "   ?" : `${Math.floor(result.progress)}`.padStart(4);
  return `[${"#".repeat(done)}${"-".repeat(20 - done)}]${percent} %  ${result.status.padEnd(10)} ${safe(result.message ?? "")}`.trimEnd();
}

function describe(result: Result): string {
  const lines: [string, unknown][] =
    result.kind === "StatusInfo"
      ? [
          ["job", result.jobID],
          ["status", result.status === "unknown" ? `unknown (${result.document.status})` : result.status],
          ["process", result.processID],
          ["progress", result.progress !== undefined ? `${result.progress} %` : undefined],
          ["message", result.message],
          ["created", result.created],
          ["started", result.started],
          ["finished", result.finished],
          ["updated", result.updated],
          ["exception", result.exception?.detail ?? result.exception?.title ?? result.exception?.type],
          ...result.links.map((link): [string, unknown] => ["link", `${link.rel ?? "?"}  ${link.href}`]),
        ]
      : [
          ["reason", result.reason],
          ["message", result.message],
          ["exception", result.exception?.type],
          ["cause", result.kind === "ServerError" ? code(result.cause) : undefined],
        ];
  return [
    result.kind,
    ...[...lines, ["http", result.http ? result.http.status : "no response"] as [string, unknown]]
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `  ${name.padEnd(10)}${safe(String(value))}`),
  ].join("\n");
}

/** What a server sends is printed without its control characters: a terminal would obey them. */
function safe(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, "?");
}

/** `cause` is an Error, which JSON would leave empty; the messages of platforms may hold the URL. */
function toJson(result: Result): string {
  return JSON.stringify(result, (name, value: unknown) => (name === "cause" ? code(value) : value));
}

function code(cause: unknown): string | undefined {
  for (let error = cause; error instanceof Error; error = error.cause) {
    if ("code" in error) return String(error.code);
  }
  return cause instanceof Error ? cause.name : undefined;
}
