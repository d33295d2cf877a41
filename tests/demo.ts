/** `npm start` shows each outcome on an embedded server, `npm start -- <baseUrl> <jobId>` the status of a real job. */
import { createServer } from "node:http";
import { getStatus, type Result } from "../src/get-status.ts";
import { parse, printable, requestOf, run, type Command, type Print } from "./project/command.ts";
import { causes, explain } from "./project/diagnosis.ts";
import { createdJob } from "./recipes/location.ts";
import { watch } from "./recipes/watch.ts";
import { closedPort, listening } from "./support/listen.ts";
import { startServer } from "./support/server.ts";

const usage = `Usage: npm start                                 run jobs on an embedded server and show each outcome
       npm start -- <baseUrl> <jobId> [options]  get the status of a job
       npm start -- <URL of a job> [options]     the same, with a URL such as that in Location

  --watch                     request the status until the job has ended
  -H, --header 'Name: value'  send a header; may be given more than once

Exit code: 0 StatusInfo, 1 NotFound, 2 ServerError, 64 wrong usage, 70 a fault of this program`;

export const demo: Command = {
  usage,
  async main(args, print) {
    if (!args.length) return showEachOutcome(print);
    const { values, headers, baseUrl, jobId } = await parse(args, { watch: { type: "boolean" } });
    const result = values.watch
      ? await watch(baseUrl, jobId, { headers, onResult: progress(print), timeLimit: 86_400_000 })
      : await getStatus(baseUrl, jobId, { headers, signal: AbortSignal.timeout(60_000) });
    await show(print, baseUrl, jobId, result);
    return { StatusInfo: 0, NotFound: 1, ServerError: 2 }[result.kind];
  },
};

/** Prints a result and its likely causes. A result without a response does not hold the requested URL. */
async function show(print: Print, baseUrl: string | URL, jobId: string, result: Result): Promise<void> {
  const [requested] = await requestOf(baseUrl, jobId);
  const info = result.kind === "StatusInfo" ? result : undefined;
  const lines: readonly (readonly [name: string, value: unknown])[] = [
    ...Object.entries(result).filter(([name, value]) => typeof value !== "object" && name !== "body"),
    ["status sent", info?.document.status === info?.status ? undefined : info?.document.status],
    ["exception", result.exception && JSON.stringify(result.exception)],
    ...(info?.links ?? []).map(({ rel = "?", href }) => ["link", `${rel}  ${href}`] as const),
    ["cause", explain(result.cause)],
    ["http", result.http?.status ?? "no response"],
    ["requested", requested],
    ["final URL", result.http?.url === requested ? undefined : result.http?.url],
    ...causes(result).map((cause) => ["likely", cause] as const),
  ];
  for (const [name, value] of lines) if (value !== undefined) print(`${name.padEnd(12)}${printable(String(value))}\n`);
}

async function showEachOutcome(print: Print): Promise<number> {
  const server = await startServer();
  print("A job that succeeds\n\n");
  const request = { method: "POST", headers: { prefer: "respond-async" }, body: '{"inputs":{"seconds":2}}' };
  const response = await fetch(`${server.baseUrl}/processes/wait/execution`, request);
  const { baseUrl, jobId } = await createdJob(response, server.baseUrl);
  await show(print, baseUrl, jobId, await watch(baseUrl, jobId, { interval: 100, onResult: progress(print) }));

  const responses: Readonly<Record<string, [status: number, body: string]>> = {
    "/gone/jobs/job-1": [410, ""],
    "/protected/jobs/job-1": [401, '{"title":"Unauthorized","detail":"The API key is missing"}'],
    "/website/jobs/job-1": [200, "<!doctype html><title>Welcome</title>"],
  };
  const other = createServer(({ url = "" }, response) => {
    const [status, body] = responses[url] ?? [];
    const type = body?.startsWith("<") ? "text/html" : "application/json";
    if (status) response.writeHead(status, { "content-type": type }).end(body); // else it never responds
  });
  await listening(other, async (origin) => {
    for (const [title, url, id, limit = 60_000] of [
      ["A job that fails", server.baseUrl, server.add({ seconds: 0, end: "failed" }).id],
      ["A job that was dismissed", server.baseUrl, server.add({ seconds: 0, end: "dismissed", frozenAt: 40 }).id],
      ["A job that never existed", server.baseUrl, "no-such-job"],
      ["A wrong base URL", `${server.baseUrl}/v1`, jobId],
      ["A job that was removed", `${origin}/gone`, "job-1"],
      ["A server that requires a key", `${origin}/protected`, "job-1"],
      ["The URL of a website", `${origin}/website`, "job-1"],
      ["A server that is down", await closedPort(), jobId],
      ["A time limit that expires", origin, jobId, 500],
    ] as const) {
      print(`\n${title}\n\n`);
      await show(print, url, id, await getStatus(url, id, { signal: AbortSignal.timeout(limit) }));
    }
  });
  server.server.close();
  return 0;
}

/** Prints the progress, and when the next request is sent. */
function progress(print: Print): (result: Result, pause?: number) => void {
  return (result, pause) => {
    const state =
      result.kind === "StatusInfo"
        ? `${result.document.status}, ${result.progress ?? "?"} %`
        : `${result.kind} ${result.reason}: ${result.message}`;
    const why = result.http?.headers["retry-after"] ? " (Retry-After)" : "";
    const next = pause === undefined ? "" : `; next request in ${Math.round(pause / 100) / 10} s${why}`;
    print(`${printable(state + next)}\n`);
  };
}

if (process.argv[1] === import.meta.filename) process.exitCode = await run(demo, process.argv.slice(2));
