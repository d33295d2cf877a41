/**
 * A small OGC API - Processes server on node:http: Part 1 1.0 with the classes core, JSON, job list and dismiss.
 *
 * It has one process, `wait`, that runs for a given time and fails on request. Jobs have no timers: their state follows
 * from the clock at the time of a request.
 */
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

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

const EXCEPTIONS = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0";
const RELATIONS = "http://www.opengis.net/def/rel/ogc/1.0";
const CONFORMANCE = "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf";

/** An answer that is an exception (exception.yaml). */
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

/** Starts the server on a free port of the loopback interface, its API below `prefix`. */
export async function startServer({ prefix = "/ogcapi" } = {}): Promise<ProcessServer> {
  const jobs = new Map<string, Job>();
  const add = (job: Partial<Job>): Job => {
    const added = { id: randomUUID(), created: Date.now(), seconds: 3, fail: false, ...job };
    jobs.set(added.id, added);
    return added;
  };

  const server = createServer((request, response) => {
    respond(request, response, prefix, jobs, add).catch((error: unknown) => {
      const { status, type, title, message } =
        error instanceof HttpError ? error : new HttpError(500, "about:blank", "Internal Server Error", String(error));
      send(response, status, { type, title, status, detail: message }, { "content-type": "application/problem+json" });
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}${prefix}`,
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
  prefix: string,
  jobs: Map<string, Job>,
  add: (job: Partial<Job>) => Job,
): Promise<void> {
  const root = `http://${request.headers.host}${prefix}`;
  const { pathname } = new URL(request.url ?? "/", root);
  if (pathname !== prefix && !pathname.startsWith(`${prefix}/`)) throw notFound("No such resource");
  const path = pathname.slice(prefix.length).split("/").filter(Boolean).map(decodeURIComponent);
  const [collection, id, resource, more] = path;
  const route = [collection, id && "{id}", resource, more].filter(Boolean).join("/");
  switch (`${request.method} /${route}`) {
    case "GET /":
      return send(response, 200, landingPage(root));
    case "GET /api":
      return send(response, 200, openApi(root), { "content-type": "application/vnd.oai.openapi+json;version=3.0" });
    case "GET /conformance":
      return send(response, 200, {
        conformsTo: ["core", "ogc-process-description", "json", "job-list", "dismiss"].map(
          (name) => `${CONFORMANCE}/${name}`,
        ),
      });
    case "GET /processes":
      return send(response, 200, {
        processes: [{ ...summary, links: [link(root, "/processes/wait", "self")] }],
        links: [link(root, "/processes", "self")],
      });
    case "GET /processes/{id}":
      return send(response, 200, describe(root, id!));
    case "POST /processes/{id}/execution": {
      describe(root, id!);
      const job = add(await inputs(request));
      return send(response, 201, statusInfo(job, root), { location: `${root}/jobs/${encodeURIComponent(job.id)}` });
    }
    case "GET /jobs":
      return send(response, 200, {
        jobs: [...jobs.values()].map((job) => statusInfo(job, root)),
        links: [link(root, "/jobs", "self")],
      });
    case "GET /jobs/{id}":
      return send(response, 200, statusInfo(find(jobs, id!), root));
    case "DELETE /jobs/{id}":
      return send(response, 200, statusInfo(dismiss(find(jobs, id!)), root));
    case "GET /jobs/{id}/results":
      return send(response, 200, results(find(jobs, id!)));
    default:
      if (["/", "/api", "/conformance", "/processes", "/jobs"].includes(`/${route}`) || path.length === 2) {
        throw new HttpError(405, "about:blank", "Method Not Allowed", `${request.method} is not allowed here`);
      }
      throw notFound("No such resource");
  }
}

function send(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

const summary = {
  id: "wait",
  version: "1.0.0",
  title: "Wait",
  description: "Runs for a given time, and then succeeds or fails",
  jobControlOptions: ["async-execute", "dismiss"],
  outputTransmission: ["value"],
};

function describe(root: string, id: string): unknown {
  if (id !== summary.id)
    throw new HttpError(404, `${EXCEPTIONS}/no-such-process`, "NoSuchProcess", `No process with identifier '${id}'`);
  return {
    ...summary,
    inputs: {
      seconds: { title: "How long it runs", minOccurs: 0, schema: { type: "number", minimum: 0, default: 3 } },
      fail: { title: "Whether it fails in the end", minOccurs: 0, schema: { type: "boolean", default: false } },
    },
    outputs: { seconds: { title: "How long it ran", schema: { type: "number" } } },
    links: [link(root, "/processes/wait", "self"), link(root, "/processes/wait/execution", `${RELATIONS}/execute`)],
  };
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
    processID: summary.id,
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

function notFound(detail: string): HttpError {
  return new HttpError(404, "about:blank", "Not Found", detail);
}

function link(root: string, path: string, rel: string, type = "application/json"): unknown {
  return { href: root + path, rel, type };
}

function landingPage(root: string): unknown {
  return {
    title: "A small OGC API - Processes server",
    description: "Runs in the process that starts it",
    links: [
      link(root, "/", "self"),
      link(root, "/api", "service-desc", "application/vnd.oai.openapi+json;version=3.0"),
      link(root, "/conformance", `${RELATIONS}/conformance`),
      link(root, "/processes", `${RELATIONS}/processes`),
      link(root, "/jobs", `${RELATIONS}/job-list`),
    ],
  };
}

function openApi(root: string): unknown {
  const operation = (summary: string, status = "200", parameters: string[] = []): unknown => ({
    summary,
    parameters: parameters.map((name) => ({ name, in: "path", required: true, schema: { type: "string" } })),
    responses: { [status]: { description: "Done" }, default: { description: "An exception" } },
  });
  return {
    openapi: "3.0.3",
    info: { title: "A small OGC API - Processes server", version: "1.0.0" },
    servers: [{ url: root }],
    paths: {
      "/": { get: operation("Landing page") },
      "/api": { get: operation("This document") },
      "/conformance": { get: operation("Conformance") },
      "/processes": { get: operation("Process list") },
      "/processes/{processID}": { get: operation("Process description", "200", ["processID"]) },
      "/processes/{processID}/execution": { post: operation("Execute", "201", ["processID"]) },
      "/jobs": { get: operation("Job list") },
      "/jobs/{jobID}": { get: operation("Status", "200", ["jobID"]), delete: operation("Dismiss", "200", ["jobID"]) },
      "/jobs/{jobID}/results": { get: operation("Results", "200", ["jobID"]) },
    },
  };
}
