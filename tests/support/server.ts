/**
 * The part of an OGC API - Processes server (Part 1 1.0) that the demo and the examples need: execution, status and results.
 *
 * Its one process, `wait`, runs for a given time and fails on request. Jobs have no timers: their state follows from
 * the time of a request.
 */
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { listen } from "./listen.ts";

export interface ProcessServer {
  /** The root of the API, without a slash at its end. */
  readonly baseUrl: string;
  readonly server: Server;
  /** Adds a job, as an execution would. */
  add(job: Partial<Job>): Job;
  close(): Promise<void>;
}

export interface Job {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly created: number;
  readonly seconds: number;
  readonly fail: boolean;
  /** A job that stays at this percentage. */
  readonly frozenAt?: number;
  /** When it was dismissed, in milliseconds since the epoch. */
  readonly dismissed?: number;
}

const PREFIX = "/ogcapi";
const NO_SUCH_JOB = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/no-such-job";

/** Starts the server on a free port of the loopback interface. */
export async function startServer(): Promise<ProcessServer> {
  const jobs = new Map<string, Job>();
  const add = (job: Partial<Job>): Job => {
    const added = { id: randomUUID(), created: Date.now(), seconds: 3, fail: false, ...job };
    jobs.set(added.id, added);
    return added;
  };
  const server = createServer(async (request, response) => {
    const root = `http://${request.headers.host}${PREFIX}`;
    const path = new URL(request.url!, root).pathname.slice(PREFIX.length);
    if (request.method === "POST" && path === "/processes/wait/execution") {
      const job = add(await inputs(request));
      return send(response, 201, statusInfo(job, root), { location: `${root}/jobs/${job.id}` });
    }
    const [, segment, results] = /^\/jobs\/([^/]+)(\/results)?$/.exec(path) ?? [];
    if (segment === undefined) return fail(response, "about:blank", "Not Found", "No such resource");
    const id = decodeURIComponent(segment);
    const job = jobs.get(id);
    if (job) send(response, 200, results ? { seconds: job.seconds } : statusInfo(job, root));
    else fail(response, NO_SUCH_JOB, "NoSuchJob", `No job with identifier '${id}'`);
  });
  return {
    baseUrl: (await listen(server)) + PREFIX,
    server,
    add,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

function send(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

/** Sends an exception (exception.yaml). */
function fail(response: ServerResponse, type: string, title: string, detail: string): void {
  send(response, 404, { type, title, status: 404, detail }, { "content-type": "application/problem+json" });
}

async function inputs(request: IncomingMessage): Promise<Partial<Job>> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += chunk;
  return JSON.parse(text).inputs;
}

/** A job is accepted for the first tenth of its time, and then runs. */
function stateOf({ created, seconds, fail, frozenAt, dismissed }: Job) {
  const now = Math.max(created, dismissed ?? Date.now());
  const started = created + seconds * 100;
  const end = created + seconds * 1_000;
  const elapsed = seconds ? Math.floor((now - created) / seconds / 10) : 100;
  const progress = frozenAt ?? Math.max(0, Math.min(100, elapsed));
  if (dismissed !== undefined) return { status: "dismissed", progress, finished: now, updated: now };
  if (progress < 10) return { status: "accepted", progress, updated: created };
  if (progress < 100) return { status: "running", progress, started, updated: now };
  return { status: fail ? "failed" : "successful", progress, started, finished: end, updated: end };
}

function statusInfo(job: Job, root: string): object {
  const { status, progress, ...times } = stateOf(job);
  const messages: Readonly<Record<string, string>> = {
    accepted: "Waiting for its turn",
    running: `Waited ${progress} % of ${job.seconds} s`,
    successful: "Waited to the end",
    failed: "Failed, as requested",
    dismissed: "Dismissed",
  };
  const dates = Object.entries({ created: job.created, ...times }).map(([name, time]) => [name, new Date(time)]);
  const self = `${root}/jobs/${encodeURIComponent(job.id)}`;
  return {
    jobID: job.id,
    processID: "wait",
    type: "process",
    status,
    message: messages[status],
    progress,
    ...Object.fromEntries(dates),
    links: [{ href: self, rel: "self", type: "application/json" }],
  };
}
