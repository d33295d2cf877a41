/** What every server is tested for, from the execution of a job to the end of the server. */
import assert from "node:assert/strict";
import { getStatus, type Result, type StatusInfo } from "ogcapi-job-status";
import { fetchResults } from "../recipes/results.ts";
import { watch, type WatchOptions } from "../recipes/watch.ts";
import type { Test } from "../runner/suite.ts";
import { brief, execute, info, line, type Job, type Server } from "./support.ts";

/** What is expected of a server. The defaults are what the standard says, and the process in `processes/` needs. */
interface Lifecycle {
  readonly server: Server;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** A process that takes some seconds, and fails on request. */
  readonly process?: string;
  readonly inputs?: (seconds: number, fail: boolean) => object;
  /** The number of jobs that the server runs at a time, if others wait. */
  readonly parallel?: number;
  /** The possible status of a job right after its execution, behind as many as run at a time. */
  readonly first?: readonly string[];
  /** Whether a running job has a progress between 0 and 95. */
  readonly progress?: boolean;
  /** The results of a job of three seconds. */
  readonly results: RegExp;
  /** The message of a failed job. */
  readonly failure: RegExp;
  /** The HTTP status of a DELETE, and what may become of the job. */
  readonly dismissal?: readonly [http: number, ...statuses: string[]];
  /** A job that does not exist, with the base URL (".") and with wrong ones, relative to it. */
  readonly missing: Readonly<Record<string, string>>;
  /** What is restarted during a watch: the server, or another one that it depends on. */
  readonly backend?: Pick<Server, "start" | "stop">;
  /** The status of a job while the backend is stopped, and afterwards. */
  readonly restart?: readonly [stopped: string, restarted: string];
  /** The pause between two requests of a watch, in milliseconds. */
  readonly interval?: number;
}

const STOPPED = "ServerError network: Request failed: see cause";

/** Defines the tests of a server. The last one stops it. */
export function testLifecycle(test: Test, lifecycle: Lifecycle): void {
  const { server, headers = {}, process = "wait", inputs = (seconds, fail) => ({ seconds, fail }) } = lifecycle;
  const { parallel = 0, first = ["accepted"], progress = true } = lifecycle;
  const { backend = server, restart = [STOPPED, "successful"], interval = 300 } = lifecycle;
  const [deleted, ...statuses] = lifecycle.dismissal ?? [200, "dismissed"];
  const run = (seconds: number, fail = false): Promise<Job> =>
    execute(server.baseUrl, process, inputs(seconds, fail), headers);
  const follow = ({ baseUrl, jobId }: Job, options: WatchOptions = {}): Promise<Result> =>
    watch(baseUrl, jobId, { headers, interval, ...options });

  test(`a job is ${first.join(" or ")} at first`, async () => {
    const jobs: Job[] = [];
    for (let i = 0; i <= parallel; i++) jobs.push(await run(1));
    const { baseUrl, jobId } = jobs.at(-1)!;
    const status = line(await getStatus(baseUrl, jobId, { headers }));
    assert.ok(first.includes(status), status);
    for (const job of jobs) assert.equal(line(await follow(job)), "successful");
  });

  test(`a job runs ${progress ? "with" : "without"} progress, and its results can be fetched`, async () => {
    const seen: StatusInfo[] = [];
    const last = info(await follow(await run(3), { onResult: (result) => seen.push(info(result)) }));
    assert.equal(last.status, "successful");
    const percents = seen.filter(({ status }) => status === "running").map((running) => running.progress ?? -1);
    assert.ok(percents.length > 0, seen.map(brief).join());
    const reported = percents.some((percent) => percent > 0 && percent < 95);
    assert.equal(reported, progress, percents.join());
    assert.equal(last.progress, progress ? 100 : undefined);
    assert.match(await (await fetchResults(server.baseUrl, last, { headers })).text(), lifecycle.results);
  });

  test("a failed job has a message with the reason", async () => {
    const last = info(await follow(await run(0.1, true)));
    assert.equal(last.status, "failed");
    assert.match(last.message ?? "", lifecycle.failure);
  });

  test(`a DELETE returns ${deleted}, and the job is ${statuses.join(" or ")}`, async () => {
    const job = await run(1);
    const response = await fetch(`${server.baseUrl}/jobs/${job.jobId}`, { method: "DELETE", headers });
    await response.body?.cancel();
    assert.equal(response.status, deleted);
    const last = brief(await follow(job));
    assert.ok(statuses.includes(last), last);
  });

  for (const [path, expected] of Object.entries(lifecycle.missing)) {
    test(`a job that does not exist is not found at ${path}`, async () => {
      assert.equal(line(await getStatus(new URL(path, `${server.baseUrl}/`), "none", { headers })), expected);
    });
  }

  test(`a watch continues while ${backend === server ? "the server" : "its backend"} is restarted`, async () => {
    const job = await run(0.1);
    assert.equal(brief(await follow(job)), "successful");
    await backend.stop();
    const seen: string[] = [];
    let restarted: Promise<void> | undefined;
    const last = await follow(job, {
      interval: 5_000, // A watch ends after six failures in a row, which the restart must not take.
      onResult: (result) => {
        seen.push(line(result));
        restarted ??= backend.start();
      },
      shouldStop: (result) => result.kind !== "ServerError",
    });
    await restarted;
    assert.deepEqual([seen[0], brief(last)], restart);
  });

  test("a server that has stopped is a network failure", async () => {
    await server.stop();
    assert.equal(line(await getStatus(server.baseUrl, "none", { headers })), STOPPED);
  });
}
