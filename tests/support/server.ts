/**
 * The part of an OGC API - Processes server (Part 1 1.0) that jobs need: execution, job list, status, results, dismissal.
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
  dismissed?: number;
}

const PREFIX = "/ogcapi";
const ROUTE = /^\/ogcapi\/(\w+)(?:\/([^/]+)(?:\/(\w+))?)?$/;
const EXCEPTIONS = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0";
const RELATIONS = "http://www.opengis.net/def/rel/ogc/1.0";

/** A response that is an exception (exception.yaml). */
class HttpError extends Error {
  readonly status: number;
  readonly type: string;
  readonly title: string;
  constructor(status: number, type: string, title: string, detail: string) {
    super(detail);
    this.status = status;
    this.type = type;
    this.title = title;
  }
}

/** Starts the server on a free port of the loopback interface. */
export async function startServer(): Promise<ProcessServer> {
  const jobs = new Map<string, Job>();
  const add = (job: Partial<Job>): Job => {
    const added = { id: randomUUID(), created: Date.now(), seconds: 3, fail: false, ...job };
    jobs.set(added.id, added);
    return added;
  };

  const server = createServer((request, response) => {
    respond(request, response, jobs, add).catch((error: unknown) => {
      const { status, type, title, message } =
        error instanceof HttpError ? error : new HttpError(500, "about:blank", "Internal Server Error", String(error));
      send(response, status, { type, title, status, detail: message }, { "content-type": "application/problem+json" });
    });
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

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  jobs: Map<string, Job>,
  add: (job: Partial<Job>) => Job,
): Promise<void> {
  const root = `http://${request.headers.host}${PREFIX}`;
  const { pathname } = new URL(request.url ?? "/", root);
  const [, collection, segment, resource] = ROUTE.exec(pathname) ?? [];
  const id = decodeURIComponent(segment ?? "");
  const route = [collection, segment && "{id}", resource].filter(Boolean).join("/");
  switch (`${request.method} /${route}`) {
    case "POST /processes/{id}/execution": {
      if (id !== "wait") {
        throw new HttpError(
          404,
          `${EXCEPTIONS}/no-such-process`,
          "NoSuchProcess",
          `No process with identifier '${id}'`,
        );
      }
      const job = add(await inputs(request));
      return send(response, 201, statusInfo(job, root), { location: `${root}/jobs/${encodeURIComponent(job.id)}` });
    }
    case "GET /jobs":
      return send(response, 200, {
        jobs: [...jobs.values()].map((job) => statusInfo(job, root)),
        links: [link(root, "/jobs", "self")],
      });
    case "GET /jobs/{id}":
      return send(response, 200, statusInfo(find(jobs, id), root));
    case "DELETE /jobs/{id}":
      return send(response, 200, statusInfo(dismiss(find(jobs, id)), root));
    case "GET /jobs/{id}/results":
      return send(response, 200, results(find(jobs, id)));
    default:
      throw new HttpError(404, "about:blank", "Not Found", "No such resource");
  }
}

function send(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

async function inputs(request: IncomingMessage): Promise<Partial<Job>> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += chunk;
  const invalid = (detail: string): HttpError =>
    new HttpError(400, "InvalidParameterValue", "InvalidParameterValue", detail);
  let body: { inputs?: { seconds?: unknown; fail?: unknown } };
  try {
    body = JSON.parse(text || "{}");
  } catch {
    throw invalid("The request body is not JSON");
  }
  const { seconds = 3, fail = false } = body.inputs ?? {};
  if (typeof seconds !== "number" || seconds < 0) throw invalid("seconds must be a non-negative number");
  if (typeof fail !== "boolean") throw invalid("fail must be a boolean");
  return { seconds, fail };
}

function find(jobs: Map<string, Job>, id: string): Job {
  const job = jobs.get(id);
  if (!job) throw new HttpError(404, `${EXCEPTIONS}/no-such-job`, "NoSuchJob", `No job with identifier '${id}'`);
  return job;
}

/** A job is accepted for the first tenth of its time, and then runs. */
function state(job: Job): { status: string; progress: number; started?: number; finished?: number; updated: number } {
  const now = job.dismissed ?? Date.now();
  const started = job.created + job.seconds * 100;
  const end = job.created + job.seconds * 1000;
  const progress =
    job.frozenAt ??
    (job.seconds ? Math.max(0, Math.min(100, Math.floor((now - job.created) / job.seconds / 10))) : 100);
  if (job.dismissed !== undefined) {
    return { status: "dismissed", progress, ...(progress >= 10 && { started }), finished: now, updated: now };
  }
  if (progress === 100)
    return { status: job.fail ? "failed" : "successful", progress, started, finished: end, updated: end };
  return progress < 10
    ? { status: "accepted", progress, updated: job.created }
    : { status: "running", progress, started, updated: now };
}

function statusInfo(job: Job, root: string): unknown {
  const { status, progress, started, finished, updated } = state(job);
  const self = `/jobs/${encodeURIComponent(job.id)}`;
  const date = (time: number): string => new Date(time).toISOString();
  return {
    jobID: job.id,
    processID: "wait",
    type: "process",
    status,
    message: {
      accepted: "Waiting for its turn",
      running: `Waited ${progress} % of ${job.seconds} s`,
      successful: "Waited to the end",
      failed: "Failed, as requested",
      dismissed: "Dismissed",
    }[status],
    progress,
    created: date(job.created),
    ...(started !== undefined && { started: date(started) }),
    ...(finished !== undefined && { finished: date(finished) }),
    updated: date(updated),
    links: [
      link(root, self, "self"),
      link(root, self, "monitor"),
      ...(status === "successful" ? [link(root, `${self}/results`, `${RELATIONS}/results`)] : []),
      ...(status === "failed" ? [link(root, `${self}/results`, `${RELATIONS}/exceptions`)] : []),
      link(root, "/jobs", "up"),
    ],
  };
}

function dismiss(job: Job): Job {
  if (job.dismissed !== undefined)
    throw new HttpError(410, "about:blank", "Gone", `The job '${job.id}' was dismissed before`);
  job.dismissed = Date.now();
  return job;
}

function results(job: Job): unknown {
  const { status } = state(job);
  if (status === "failed") throw new HttpError(500, "about:blank", "Job failed", "The job failed, as requested");
  if (status === "dismissed") throw new HttpError(410, "about:blank", "Gone", `The job '${job.id}' was dismissed`);
  if (status !== "successful")
    throw new HttpError(404, `${EXCEPTIONS}/result-not-ready`, "ResultNotReady", `The job '${job.id}' is ${status}`);
  return { seconds: job.seconds };
}

function link(root: string, path: string, rel: string): unknown {
  return { href: root + path, rel, type: "application/json" };
}
