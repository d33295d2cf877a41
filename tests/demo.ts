/**
 * `npm start` runs jobs on an embedded server and shows each outcome; `npm start -- <baseUrl> <jobId>` gets the
 * status of a job on a real one.
 */
import { parseArgs } from "node:util";
import { getStatus, type Fetch, type GetStatusOptions, type Result } from "../src/get-status.ts";
import { createdJob } from "./recipes/location.ts";
import { watch } from "./recipes/watch.ts";
import { startServer } from "./support/server.ts";

const USAGE = `Usage: npm start                                 run jobs on an embedded server and show each outcome
       npm start -- <baseUrl> <jobId> [options]  get the status of a job

Options:
  --watch                   request the status until the job has ended
  --json                    print each result as one line of JSON
  --header 'Name: value'    send a header; may be given more than once
  --help                    print this text

Exit code: 0 StatusInfo, 1 NotFound, 2 ServerError, 64 wrong usage, 130 interrupted by Ctrl-C`;

const EXIT = { StatusInfo: 0, NotFound: 1, ServerError: 2 } as const;
const WRONG_USAGE = 64;
const INTERRUPTED = 130;

const REDRAW = "\r\x1b[K";

/** The content of the line that is redrawn on a terminal. */
let drawn = "";

const interrupt = new AbortController();
process.once("SIGINT", () => interrupt.abort());
process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  if (!interrupt.signal.aborted) throw error;
  if (process.stdout.isTTY) process.stdout.write(`${REDRAW}${drawn && `${drawn}; interrupted\n`}`);
  return INTERRUPTED;
});
if (interrupt.signal.aborted) process.exit(); // even if the embedded server still has open connections

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
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  if (!args.length) return embedded();
  const [baseUrl, jobId, ...more] = positionals;
  if (baseUrl === undefined || jobId === undefined || more.length) return wrong("Expected one base URL and one job id");

  const headers: [string, string][] = [];
  for (const header of values.header ?? []) {
    const colon = header.indexOf(":");
    if (colon < 1) return wrong("Expected a header as 'Name: value'");
    headers.push([header.slice(0, colon).trim(), header.slice(colon + 1).trim()]);
  }

  const toJson = (result: Result): void => console.log(json(result));
  try {
    const { result, requested } = await request(baseUrl, jobId, { headers, signal: interrupt.signal }, (opts) =>
      values.watch
        ? watch(baseUrl, jobId, { ...opts, timeLimit: 86_400_000, onResult: values.json ? toJson : progress() })
        : getStatus(baseUrl, jobId, opts),
    );
    if (!values.json) console.log(describe(result, requested));
    else if (!values.watch) toJson(result);
    return EXIT[result.kind];
  } catch (error) {
    // getStatus() rejects for its arguments and an abort only.
    if (error instanceof TypeError) return wrong(error.message);
    throw error;
  }
}

function wrong(problem: string): number {
  console.error(`${problem}\n\n${USAGE}`);
  return WRONG_USAGE;
}

/** Sends a request and returns the requested URL too, which a result without a response does not contain. */
async function request(
  baseUrl: string | URL,
  jobId: string,
  opts: GetStatusOptions = {},
  send: (opts: GetStatusOptions) => Promise<Result> = (given) => getStatus(baseUrl, jobId, given),
): Promise<{ result: Result; requested: string }> {
  let requested = "";
  const noting: Fetch = (url, init) => {
    requested = url;
    return fetch(url, init);
  };
  return { result: await send({ signal: interrupt.signal, ...opts, fetch: noting }), requested };
}

/** Shows each outcome that a caller may meet. */
async function embedded(): Promise<number> {
  const server = await startServer();
  const interval = 100;
  const show = async (title: string, baseUrl: string | URL, jobId: string, watched = false): Promise<number> => {
    console.log(`${title}\n`);
    const { result, requested } = await request(baseUrl, jobId, {}, (opts) =>
      watched ? watch(baseUrl, jobId, { ...opts, interval, onResult: progress() }) : getStatus(baseUrl, jobId, opts),
    );
    console.log(`${describe(result, requested)}\n`);
    return EXIT[result.kind];
  };

  const job = await execute(server.baseUrl, { seconds: 3 });
  const code = await show("A job that succeeds", job.baseUrl, job.jobId, true);
  const failing = await execute(server.baseUrl, { seconds: 0.5, fail: true });
  await show("A job that fails", failing.baseUrl, failing.jobId, true);
  const dismissed = await execute(server.baseUrl, { seconds: 60 });
  await fetch(`${server.baseUrl}/jobs/${dismissed.jobId}`, { method: "DELETE" });
  await show("A job that was dismissed", dismissed.baseUrl, dismissed.jobId);
  await show("A job that never existed", server.baseUrl, "no-such-job");
  await show("A wrong base URL", `${server.baseUrl}/v1`, job.jobId);
  await server.close();
  // A new server: the open connections to the first one would be reset instead of refused.
  const down = await startServer();
  await down.close();
  await show("A server that is down", down.baseUrl, job.jobId);
  return code;
}

async function execute(baseUrl: string, inputs: object): Promise<{ baseUrl: URL; jobId: string }> {
  const response = await fetch(`${baseUrl}/processes/wait/execution`, {
    method: "POST",
    headers: { "content-type": "application/json", prefer: "respond-async" },
    body: JSON.stringify({ inputs }),
  });
  return createdJob(response, baseUrl);
}

/** Prints each result of a watch: on a terminal in one line that is redrawn, elsewhere in a line for each change. */
function progress(): (result: Result, pause: number | undefined) => void {
  let last = "";
  return (result, pause) => {
    const line = `${bar(result)}${next(result, pause)}`;
    if (process.stdout.isTTY) {
      // A line that wraps cannot be redrawn.
      process.stdout.write(`${REDRAW}${line.slice(0, (process.stdout.columns || 80) - 1)}`);
      if (pause === undefined) process.stdout.write("\n");
      drawn = pause === undefined ? "" : bar(result);
    } else if (line !== last) {
      console.log(line);
    }
    last = line;
  };
}

function bar(result: Result): string {
  if (result.kind !== "StatusInfo") return `${result.kind} ${result.reason}: ${safe(result.message)}`;
  const done = Math.round((result.progress ?? 0) / 5);
  const percent = result.progress === undefined ? "   ?" : `${Math.floor(result.progress)}`.padStart(4);
  const word = result.status === "unknown" ? safe(result.document.status) : result.status;
  return `[${"#".repeat(done)}${"-".repeat(20 - done)}]${percent} %  ${word}`;
}

/** When the next request is sent, and why. */
function next(result: Result, pause: number | undefined): string {
  if (pause === undefined) return "";
  const why =
    result.kind === "StatusInfo"
      ? result.status === "unknown"
        ? "the status is unknown"
        : "the job has not ended"
      : result.kind === "NotFound"
        ? "the job may be new"
        : "the server may recover";
  const asked = result.http?.headers["retry-after"] === undefined ? "" : ", Retry-After";
  return `; next request in ${Number((pause / 1_000).toFixed(1))} s (${why}${asked})`;
}

function describe(result: Result, requested: string): string {
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
          ["cause", result.kind === "ServerError" ? explain(result.cause) : undefined],
        ];
  const answered = result.http && result.http.url !== requested ? result.http.url : undefined;
  lines.push(
    ["http", result.http ? result.http.status : "no response"],
    ["requested", withoutQuery(requested)],
    ["answered", answered && withoutQuery(answered)],
    ...causes(result, requested).map((cause): [string, unknown] => ["likely", cause]),
  );
  return [
    result.kind,
    ...lines
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `  ${name.padEnd(11)}${safe(String(value))}`),
  ].join("\n");
}

/** The one or two usual causes of a failure; the README explains them. */
function causes(result: Result, requested: string): string[] {
  switch (result.kind) {
    case "StatusInfo":
      return [];
    case "NotFound":
      if (result.reason === "gone") return ["the job was dismissed or has expired"];
      if (result.reason === "no-such-job")
        return [
          /%25[0-9a-f]{2}/i.test(requested) ? "the id is percent-encoded: pass it decoded" : "the id is misspelled",
          "the job was dismissed or has expired",
        ];
      return [
        /\/jobs\/.*\/jobs\//.test(requested)
          ? "the base URL ends in /jobs/{jobId}: leave that out"
          : /\/jobs\/jobs\//.test(requested)
            ? "the base URL ends in /jobs: leave that out"
            : "the base URL lacks or doubles a part of the path",
        "there is no such job",
      ];
    case "ServerError":
      if (result.reason === "timeout") return ["the server is slow or does not respond"];
      if (result.reason === "network") return networkCauses(code(result.cause));
      if (result.reason === "malformed") {
        return /html/i.test(result.http.headers["content-type"] ?? "")
          ? [
              "the server returned a login page: a token is missing",
              "the base URL is that of a web page, not of the API",
            ]
          : [
              "the base URL is that of another API",
              "the server sent an error with a 2xx status (--json shows the body)",
            ];
      }
      return isRedirectedAway(result.http.url, requested) && [401, 403].includes(result.http.status)
        ? ["the redirect to another origin removed the token"]
        : httpCauses(result.http.status);
  }
}

function isRedirectedAway(url: string, requested: string): boolean {
  return new URL(url).origin !== new URL(requested).origin;
}

function httpCauses(status: number): string[] {
  if (status === 401 || status === 403) return ["a token or an API key is missing, wrong or expired (--header)"];
  if (status === 429) return ["too many requests (--watch obeys Retry-After)"];
  if ([502, 503, 504].includes(status)) return ["the server behind a proxy is down or busy (--watch waits for it)"];
  if (status >= 500) return ["the server failed: see its log", "the id has a form that the server does not expect"];
  if (status >= 300 && status < 400) return ["a redirect that was not followed"];
  return ["the base URL is wrong", "the id has a form that the server does not expect"];
}

function networkCauses(code = ""): string[] {
  if (/ENOTFOUND|EAI_AGAIN/.test(code))
    return ["the host name is misspelled", "there is no network, or a proxy is needed"];
  if (/CERT|SELF_SIGNED|UNABLE_TO/.test(code)) return ["the certificate is not trusted (NODE_EXTRA_CA_CERTS)"];
  if (/SSL|EPROTO/.test(code)) return ["the server expects http:, not https:"];
  if (/ECONNREFUSED/.test(code)) return ["the server is down", "the port is wrong"];
  return ["the server or a proxy closed the connection", "http: and https: are mixed up"];
}

/** A query may hold a key, and this output is pasted into bug reports. */
function withoutQuery(url: string): string {
  return url.replace(/\?.*/, "?…");
}

/** Text of a server without control characters, which a terminal would interpret. */
function safe(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, "?");
}

/** `cause` is reduced to its code: JSON would leave an Error empty, and its message may contain the URL. */
function json(result: Result): string {
  return JSON.stringify(result, (name, value: unknown) => (name === "cause" ? code(value) : value));
}

function code(cause: unknown): string | undefined {
  for (let error = cause; error instanceof Error; error = error.cause) {
    if ("code" in error) return String(error.code);
  }
  return cause instanceof Error ? cause.name : undefined;
}

/** The code and the innermost message: Node wraps the reason in an error that says "fetch failed". */
function explain(cause: unknown): string | undefined {
  let innermost = cause;
  while (innermost instanceof Error && innermost.cause !== undefined) innermost = innermost.cause;
  const message = innermost instanceof Error ? innermost.message : "";
  return [code(cause), message].filter(Boolean).join(": ") || undefined;
}
