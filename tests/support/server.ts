/**
 * The part of an OGC API - Processes server (Part 1 1.0) that the demo and the examples need: execution, status and results.
 *
 * Its one process, `wait`, runs for a given time. Jobs have no timers: their state follows from the time of a request.
 */
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { listen } from "./listen.ts";

interface Job {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly created: number;
  readonly seconds: number;
  readonly end: "successful" | "failed" | "dismissed";
  /** A job that stays at this percentage. */
  readonly frozenAt?: number;
}

const PREFIX = "/ogcapi";
const NO_SUCH_JOB = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/no-such-job";

/** Starts the server on a free port of the loopback interface. `add` adds a job, as an execution would. */
export async function startServer() {
  const jobs = new Map<string, Job>();
  const add = (job: Partial<Job>): Job => {
    const added: Job = { id: randomUUID(), created: Date.now(), seconds: 3, end: "successful", ...job };
    jobs.set(added.id, added);
    return added;
  };
  const server = createServer(async (request, response) => {
    const send = (status: number, body: object, type = "application/json"): void =>
      void response.writeHead(status, { "content-type": type }).end(JSON.stringify(body));
    const fail = (type: string, title: string, detail: string): void =>
      send(404, { type, title, status: 404, detail }, "application/problem+json"); // exception.yaml
    const root = `http://${request.headers.host}${PREFIX}`;
    const path = new URL(request.url!, root).pathname.slice(PREFIX.length);
    if (request.method === "POST" && path === "/processes/wait/execution") {
      const { inputs } = (await json(request)) as { inputs: Partial<Job> };
      const job = add(inputs);
      response.setHeader("location", `${root}/jobs/${job.id}`);
      return send(201, statusInfo(job, root));
    }
    const [, segment, results] = /^\/jobs\/([^/]+)(\/results)?$/.exec(path) ?? [];
    if (segment === undefined) return fail("about:blank", "Not Found", "No such resource");
    const id = decodeURIComponent(segment);
    const job = jobs.get(id);
    if (job) send(200, results ? { seconds: job.seconds } : statusInfo(job, root));
    else fail(NO_SUCH_JOB, "NoSuchJob", `No job with identifier '${id}'`);
  });
  return { baseUrl: (await listen(server)) + PREFIX, server, add };
}

/** A job is accepted for the first tenth of its time, and then runs. */
function stateOf({ created, seconds, end, frozenAt }: Job) {
  const elapsed = Math.min(Date.now() - created, seconds * 1_000);
  const progress = frozenAt ?? (seconds ? Math.floor(elapsed / seconds / 10) : 100);
  const started = new Date(created + seconds * 100);
  const updated = new Date(created + elapsed);
  if (progress === 100 || end === "dismissed") return { status: end, progress, started, finished: updated, updated };
  if (progress >= 10) return { status: "running", progress, started, updated };
  return { status: "accepted", progress, updated: new Date(created) };
}

function statusInfo(job: Job, root: string): object {
  const self = `${root}/jobs/${encodeURIComponent(job.id)}`;
  const state = stateOf(job);
  return {
    jobID: job.id,
    processID: "wait",
    type: "process",
    message: `${state.progress} % done`,
    created: new Date(job.created),
    ...state,
    links: [{ href: self, rel: "self", type: "application/json" }],
  };
}
