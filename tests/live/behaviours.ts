/** The behaviours that every server is tested for, in one table for all of them. */
import assert from "node:assert/strict";
import type { Result, StatusInfo } from "ogcapi-job-status";
import type { Test } from "../support/suite.ts";
import { pythonClients, verdict, versionOf } from "./clients.ts";
import { brief, execute, fetchResults, getStatus, info, line, watch, type Job } from "./support.ts";

/** A server, and its outcome for each behaviour. */
export interface Behaviours {
  /** The server and its version. */
  readonly name: string;
  readonly server: {
    readonly baseUrl: string;
    stop(signal?: NodeJS.Signals): Promise<void>;
    /** Starts it again, with the same jobs. */
    restart?(): Promise<void>;
  };
  /** Sent with every request. */
  readonly headers?: Record<string, string>;
  /** A process that takes some seconds, and fails on request. */
  readonly process: string;
  inputs(seconds: number, fail: boolean): object;
  /** The status of a job right after it was executed, behind this number of other jobs. */
  readonly first: { readonly status: "accepted" | "accepted or running"; readonly behind: number };
  /** Whether the progress of a job can be read while it runs. */
  readonly progress: boolean;
  /** The results of a job of three seconds. */
  readonly results: RegExp;
  /** The message of a failed job. */
  readonly failure: RegExp;
  /** The HTTP status of a DELETE, and the status of the job from then on. */
  readonly dismissal: { readonly http: number; readonly then: string };
  /** A job that never existed, by its id. */
  readonly never: Readonly<Record<string, string>>;
  /** The same for a wrong base URL, by its path from the host. */
  readonly wrong: Readonly<Record<string, string>>;
  /** The outcomes of the same jobs with the Python client that is generated from the standard's OpenAPI document. */
  readonly python: { readonly successful: string; readonly failed: string; readonly never: string };
  /** What the server depends on. */
  readonly backend?: {
    readonly name: string;
    stop(): Promise<void>;
    restart(): Promise<void>;
    readonly down: string;
  };
  /** The pause between two requests of a watch, in milliseconds. */
  readonly interval?: number;
}

/** Defines the tests of a server; the last one stops it. */
export function testBehaviours(test: Test, behaviours: Behaviours): void {
  const { server, headers = {}, process, inputs, backend, interval = 300 } = behaviours;
  const { baseUrl } = server;
  const run = (seconds: number, fail = false): Promise<Job> =>
    execute(baseUrl, process, inputs(seconds, fail), headers);
  const status = (job: Job): Promise<Result> => getStatus(job.baseUrl, job.jobId, { headers });
  const follow = (job: Job, onResult?: (result: Result) => void): Promise<Result> =>
    watch(job.baseUrl, job.jobId, { headers, interval, ...(onResult && { onResult }) });

  test(`a job is ${behaviours.first.status} at first`, async () => {
    const jobs: Job[] = [];
    for (let i = 0; i <= behaviours.first.behind; i++) jobs.push(await run(1));
    const first = brief(await status(jobs.at(-1)!));
    assert.ok(behaviours.first.status.split(" or ").includes(first), first);
    for (const job of jobs) assert.equal(brief(await follow(job)), "successful");
  });

  test(`a job runs ${behaviours.progress ? "with" : "without"} progress, and its results can be fetched`, async () => {
    const seen: StatusInfo[] = [];
    const last = info(await follow(await run(3), (result) => seen.push(info(result))));
    assert.equal(last.status, "successful");
    const progress = seen.filter((result) => result.status === "running").map((result) => result.progress ?? -1);
    assert.ok(progress.length > 0, seen.map(brief).join());
    assert.equal(
      progress.some((percent) => percent > 0 && percent < 95),
      behaviours.progress,
      progress.join(),
    );
    assert.equal(last.progress, behaviours.progress ? 100 : undefined);
    assert.match(await (await fetchResults(baseUrl, last, headers)).text(), behaviours.results);
  });

  test("a failed job has a message with the reason", async () => {
    const last = info(await follow(await run(0.1, true)));
    assert.equal(last.status, "failed");
    assert.match(last.message ?? "", behaviours.failure);
  });

  test(`DELETE returns ${behaviours.dismissal.http}, and the job is ${behaviours.dismissal.then}`, async () => {
    const job = await run(1);
    const response = await fetch(`${baseUrl}/jobs/${job.jobId}`, { method: "DELETE", headers });
    await response.body?.cancel();
    assert.equal(response.status, behaviours.dismissal.http);
    assert.equal(brief(await follow(job)), behaviours.dismissal.then);
  });

  test("a job that never existed is not found", async () => {
    for (const [jobId, expected] of Object.entries(behaviours.never)) {
      assert.equal(line(await getStatus(baseUrl, jobId, { headers })), expected);
    }
  });

  test("a wrong base URL is not found", async () => {
    for (const [path, expected] of Object.entries(behaviours.wrong)) {
      assert.equal(line(await getStatus(new URL(path, baseUrl), "none", { headers })), expected, path);
    }
  });

  test("50 jobs are watched at once, each to its end", async () => {
    const fails = (i: number): boolean => i % 5 === 0;
    const watches: Promise<readonly [Job, Result]>[] = [];
    for (let i = 0; i < 50; i++) {
      const job = await run(0.2, fails(i));
      watches.push(follow(job).then((result) => [job, result]));
    }
    const ends = await Promise.all(watches);
    assert.deepEqual(
      ends.map(([, result]) => [info(result).jobID, brief(result)]),
      ends.map(([{ jobId }], i) => [jobId, fails(i) ? "failed" : "successful"]),
    );
  });

  test("the generated Python client reads the same jobs", async () => {
    const jobs: Job[] = [];
    for (const fail of [false, true]) jobs.push(await run(0.1, fail));
    const ends = await Promise.all(jobs.map((job) => follow(job)));
    assert.deepEqual(ends.map(brief), ["successful", "failed"]);
    const [never, notFound] = Object.entries(behaviours.never)[0]!;
    assert.equal(line(await getStatus(baseUrl, never, { headers })), notFound);

    const ids = [...jobs.map(({ jobId }) => jobId), never];
    const outcomes = await pythonClients(
      ids.map((jobId) => ["ogc-api-processes-client", baseUrl, jobId, headers] as const),
    );
    const sent = ends.map((end) => ({ jobID: info(end).jobID, words: [brief(end)] }));
    const [successful, failed, missing] = outcomes.map((outcome, index) => verdict(outcome, sent[index]));
    // uvu has written its progress dots to this line.
    console.log(
      `\nnote: | ${behaviours.name}, ogc-api-processes-client ${versionOf("ogc-api-processes-client")}` +
        ` | successful: ${successful} | failed: ${failed} | never existed: ${missing} |`,
    );
    assert.deepEqual({ successful, failed, never: missing }, behaviours.python);
  });

  if (backend) {
    test(`a watch continues while ${backend.name} is restarted`, async () => {
      const job = await run(0.1);
      assert.equal(brief(await follow(job)), "successful");
      await backend.stop();
      const seen: string[] = [];
      const restarted: Promise<void>[] = [];
      const last = await follow(job, (result) => {
        seen.push(line(result));
        if (seen.length === 1) restarted.push(backend.restart());
      });
      await Promise.all(restarted);
      assert.equal(seen[0], backend.down);
      assert.equal(brief(last), "successful");
    });
  }

  test("a server that has stopped is a network failure", async () => {
    await server.stop();
    assert.equal(line(await getStatus(baseUrl, "none", { headers })), "ServerError network: Request failed: see cause");
  });
}

/** The outcomes of pygeoapi, with any job manager. */
export const PYGEOAPI = {
  process: "wait",
  inputs: (seconds: number, fail: boolean): object => ({ seconds, fail }),
  first: { status: "accepted", behind: 0 },
  progress: true,
  results: /"value":\s*3\.0/,
  failure: /It was told to fail$/,
  dismissal: { http: 200, then: "NotFound unspecified" },
  never: { none: "NotFound unspecified 404: none" },
  wrong: { "/elsewhere": "NotFound unspecified 404: HTTP 404" },
  python: { successful: "read correctly", failed: "read correctly", never: "raised NotFoundException" },
} as const;
