/** What every server is tested for, from the execution of a job to a restart. */
import { setTimeout as sleep } from "node:timers/promises";
import { getStatus, isStatusInfo, type Fetch, type GetStatusOptions, type Result } from "ogcapi-job-status";
import * as assert from "uvu/assert";
import { createdJob, type CreatedJob } from "../recipes/location.ts";
import { fetchResults } from "../recipes/results.ts";
import { isFinal, watch, type WatchOptions } from "../recipes/watch.ts";
import { describe } from "../runner/suite.ts";
import { corpus } from "../support/corpus.ts";
import { brief } from "../support/fetches.ts";
import type { Server } from "./serve.ts";

/**
 * What each server returns, by its folder in the corpus: for a job at first, for a DELETE, for that job later, for a job
 * that does not exist, and for one that has ended, while the server or its backend is down, and after the restart.
 */
const SERVERS = {
  "bbox-0.6.1": "accepted|running, http 405, successful, no-such-job 404, http 500, successful",
  "fastgeoapi-0.4.0": "accepted, http 500, unspecified 404, unspecified 404, network -, successful",
  "fastprocesses-0.24.1": "accepted, http 405, successful, no-such-job 404, http 500, successful",
  "py-qgis-wps-1.10.1": "accepted, dismissed, unspecified 404|failed, unspecified 404, http 500, successful",
  "pygeoapi-0.24-postgresql": "accepted, dismissed, unspecified 404, unspecified 404, http 500, successful",
  "pygeoapi-0.24-prefect-0.9.1": "accepted, http 500, successful, unspecified 404, unspecified 404, successful",
  "pygeoapi-0.24-tinydb": "accepted, dismissed, unspecified 404, unspecified 404, network -, successful",
  "wraptile-0.3": "accepted|running, dismissed, dismissed, no-such-job 404, network -, no-such-job 404",
} as const;

interface Setup {
  readonly server: Pick<Server, "baseUrl" | "start" | "stop">;
  readonly backend?: Server; // stopped and restarted in its place
  readonly inner?: keyof typeof SERVERS; // whose jobs it passes on
  readonly headers?: Readonly<Record<string, string>>;
  readonly process?: string; // takes some seconds, and fails on request
  readonly inputs?: (seconds: number, fail: boolean) => object;
  readonly count?: number; // of jobs at once
}

/** An id with each special character that all of them allow in one. */
const MISSING = 'none ü日😀?#%2F+&=;:()!*~,$@|[]{}^`"';

/** Executes a process asynchronously. */
export async function execute(baseUrl: string, process: string, inputs: object, headers = {}): Promise<CreatedJob> {
  const sent = { ...headers, "content-type": "application/json", prefer: "respond-async" };
  const init = { method: "POST", headers: sent, body: JSON.stringify({ inputs }) };
  return createdJob(await fetch(`${baseUrl}/processes/${process}/execution`, init), baseUrl);
}

export function testLifecycle(name: keyof typeof SERVERS, setup: Setup): void {
  const [queued = "", deleted = "", later = "", missing = "", down = "", restarted = ""] = SERVERS[name].split(", ");
  const { server, backend = server, inner = name, headers = {}, process = "wait", count = 3 } = setup;
  const { inputs = (seconds, fail) => ({ seconds, fail }) } = setup;
  const recorded = corpus.filter((one) => {
    return one.name.startsWith(`${name}/`) || (one.name.startsWith(`${inner}/`) && one.result.kind === "StatusInfo");
  });
  const shapes = recorded.map(({ request, result }) => shape(result, request.path.replace(/.*\//, "")));

  /** Asserts that a result is the expected one, and that of a recorded response of this server. */
  const check = (result: Result, expected: string, id: string): void => {
    assert.ok(expected.split("|").includes(brief(result)), `${brief(result)} is not ${expected}`);
    if (!result.http) return assert.is(result.message, "Request failed: ECONNREFUSED");
    const own = shape(result, encodeURIComponent(id));
    assert.ok(shapes.includes(own), `${own} is not one of\n${shapes.join("\n")}`);
  };
  const run = (seconds: number, fail = false): Promise<CreatedJob> =>
    execute(server.baseUrl, process, inputs(seconds, fail), headers);
  const get = ({ baseUrl, jobId }: CreatedJob, opts: GetStatusOptions = {}): Promise<Result> =>
    getStatus(baseUrl, jobId, { headers, ...opts });
  const follow = ({ baseUrl, jobId }: CreatedJob, opts: WatchOptions = {}): Promise<Result> =>
    watch(baseUrl, jobId, { headers, interval: 300, timeLimit: 90_000, ...opts });

  describe(name, (test) => {
    test(`of ${count} jobs at once, one is ${queued} at first, and every second one fails`, async () => {
      const jobs = await Promise.all(Array.from({ length: count }, (_, index) => run(1, index % 2 === 1)));
      const first = await Promise.all(jobs.map((job) => get(job)));
      const one = first.findIndex((result) => queued.split("|").includes(brief(result)));
      check(first.at(one)!, queued, jobs.at(one)!.jobId);
      for (const [index, result] of (await Promise.all(jobs.map((job) => follow(job)))).entries()) {
        check(result, index % 2 === 1 ? "failed" : "successful", jobs[index]!.jobId);
        assert.is(result.kind === "StatusInfo" && result.jobID, jobs[index]!.jobId);
        if (result.status === "failed" && result.message) assert.match(result.message, FAILURE);
      }
    });

    test("a job runs, with progress if the server knows it, and its results can be fetched", async () => {
      const job = await run(3);
      const seen: Result[] = [];
      for (; !seen.some(isFinal); await sleep(200)) seen.push(await get(job));
      const running = seen.filter(isStatusInfo).filter(({ status }) => status === "running");
      const halfway = running.find(({ progress = 50 }) => progress > 0 && progress < 95);
      assert.ok(halfway, seen.map(brief).join());
      check(halfway, "running", job.jobId);
      const results = await fetchResults(server.baseUrl, seen.filter(isStatusInfo).at(-1)!, { headers });
      assert.match(await results.text(), /\b3\.\d/);
    });

    test(`a DELETE is ${deleted}, and the job then ${later}`, async () => {
      const job = await run(1);
      const remove: Fetch = (url, init) => fetch(url, { ...init, method: "DELETE" });
      check(await get(job, { fetch: remove }), deleted, job.jobId);
      const last = await follow(job, { shouldStop: (result) => isFinal(result) || result.kind === "NotFound" });
      check(last, later, job.jobId);
    });

    test(`a job that does not exist is ${missing}, and unspecified 404 below a wrong base URL`, async () => {
      check(await getStatus(server.baseUrl, MISSING, { headers }), missing, MISSING);
      check(await getStatus(`${server.baseUrl}/elsewhere`, "none", { headers }), "unspecified 404", "none");
    });

    if (setup.headers) {
      test("without its key, or with another one, a request is an http 401", async () => {
        for (const headers of [{}, { "x-api-key": "other" }])
          check(await getStatus(server.baseUrl, "none", { headers }), "http 401", "none");
      });
    }

    test(`while stopped, it returns ${down} for a job, and after the restart ${restarted}`, async () => {
      const job = await run(0.1);
      check(await follow(job), "successful", job.jobId);
      await backend.stop();
      await get(job); // Connections that were kept alive may be reset.
      check(await get(job), down, job.jobId);
      const watching = follow(job, { shouldStop: (result) => isFinal(result) || brief(result) === restarted });
      await backend.start();
      check(await watching, restarted, job.jobId);
    });
  });
}

const FAILURE = /It was told to fail|Woke up too early|^Internal Error$/;

/** What a server sends each time: neither ids, dates and progress, nor the messages of a process. */
function shape(result: { readonly kind: string }, segment: string): string {
  const id = decodeURIComponent(segment);
  return JSON.stringify(result, (name, value: unknown) => {
    if (/^(document|body|http)$/.test(name)) return undefined;
    if (/^(created|started|finished|updated)$/.test(name)) return String(value).replace(/\d+/g, "0");
    const varies = name === "message" ? result.kind === "StatusInfo" : name === "progress" && value !== 100;
    if (varies || /^(jobID|processID)$/.test(name)) return "…";
    if (name === "links") return (value as { rel?: string }[]).map(({ rel }) => rel);
    return typeof value === "string" ? value.replaceAll(segment, id).replaceAll(id, "ID") : value;
  });
}
