import assert from "node:assert/strict";
import type { Fetch, Result } from "../../src/get-status.ts";
import { describe } from "../runner/suite.ts";
import { rejection } from "../support/fetches.ts";
import { withClock } from "../support/clock.ts";
import { isFinal, watch, type WatchOptions } from "./watch.ts";

type Respond = (signal: AbortSignal) => Response | Promise<Response>;
const job =
  (status: string, more = {}, headers = {}): Respond =>
  () =>
    Response.json({ jobID: "j", status, ...more }, { headers });
const failure =
  (status: number, headers: Record<string, string> = {}): Respond =>
  () =>
    new Response("", { status, headers });
const reset: Respond = () => Promise.reject(new Error("reset"));
const hangs: Respond = (signal) =>
  new Promise((_, reject) => {
    const timer = setTimeout(() => reject(new Error("not aborted")), 7_200_000);
    signal.addEventListener("abort", () => (clearTimeout(timer), reject(new Error("aborted"))));
  });
const times = (count: number, respond: Respond): Respond[] => Array.from({ length: count }, () => respond);
const running = job("running");
const ended = job("successful");
const FINISHED = { finished: "2026-01-01T00:00:00Z" };

interface Watched {
  /** For example `successful`, `unspecified`. */
  readonly outcome: string;
  readonly result: Result;
  /** The milliseconds at which requests were sent. */
  readonly requests: readonly number[];
  /** Those at which the watch ended. */
  readonly end: number;
}

/** Watches with these responses, the last of which is repeated, in simulated time. */
async function watchThrough(responses: readonly Respond[], opts: WatchOptions = {}, random = 0): Promise<Watched> {
  let watched: Watched | undefined;
  const platform = Math.random;
  Math.random = () => random;
  try {
    await withClock(async (now) => {
      const requests: number[] = [];
      const fetch: Fetch = async (_, { signal }) => {
        requests.push(now());
        return responses[Math.min(requests.length, responses.length) - 1]!(signal!);
      };
      const result = await watch("https://h", "j", { fetch, timeLimit: 86_400_000, ...opts });
      watched = { outcome: result.status ?? result.reason!, result, requests, end: now() };
    });
  } finally {
    Math.random = platform;
  }
  return watched!;
}

describe("watch()", (test) => {
  const down = times(4, failure(503));
  for (const [name, responses, outcome, requests] of [
    ["requests the status until the job has ended", [job("accepted"), running, ended], "successful", 3],
    ["ends with a failed job", [job("failed")], "failed", 1],
    ["ends with a dismissed job", [job("dismissed")], "dismissed", 1],
    ["continues while the status is unknown", [job("valid"), job("captured"), ended], "successful", 3],
    ["continues although `finished` is set", [job("captured", FINISHED), ended], "successful", 2],
    ["tolerates a 404 right after the 201", [failure(404), failure(404), ended], "successful", 3],
    ["ends with a persistent 404", [failure(404)], "unspecified", 6],
    ["ends with a job that is gone", [failure(410)], "gone", 1],
    ["waits for a server that is down", [failure(503), failure(502), ended], "successful", 3],
    ["ends with a server that remains down", [failure(503)], "http", 6],
    ["requests again after a broken connection", [reset, ended], "successful", 2],
    ["requests again after a request that hangs", [hangs, ended], "successful", 2],
    ["counts only failures in a row", [...down, running, ...down, ended], "successful", 10],
    ["ends with a key that has expired", [running, failure(403)], "http", 2],
    ["ends with a body that is not a status document", [() => new Response("<p>")], "malformed", 1],
  ] as [string, Respond[], string, number][]) {
    test(name, async () => {
      const watched = await watchThrough(responses);
      assert.deepEqual([watched.outcome, watched.requests.length], [outcome, requests]);
    });
  }

  const at = (seconds: number): string => new Date(1_700_000_000_000 + seconds * 1_000).toUTCString(); // by the clock
  for (const [name, opts, responses, expected] of [
    ["pauses longer each time", {}, times(4, running), [0, 1_000, 2_500, 4_750, 8_125]],
    ["pauses for 30 seconds at most", { interval: 20_000 }, times(4, running), [0, 20_000, 50_000, 80_000, 110_000]],
    ["pauses for a longer interval", { interval: 60_000 }, times(2, running), [0, 60_000, 120_000]],
    ["waits for as many seconds as Retry-After has", {}, [failure(429, { "retry-after": "90" })], [0, 90_000]],
    ["waits until the date that Retry-After has", {}, [failure(503, { "retry-after": at(45) })], [0, 45_000]],
    ["heeds Retry-After beside a status", {}, [job("running", {}, { "retry-after": "20" })], [0, 20_000]],
    ["waits for an hour at most", {}, [failure(503, { "retry-after": "99999999999" })], [0, 3_600_000]],
    ...["1", "0", "-9", "soon", at(-45)].map((value) => [
      `ignores Retry-After: ${value}`,
      { interval: 5_000 },
      [failure(503, { "retry-after": value })],
      [0, 5_000],
    ]),
  ] as [string, WatchOptions, Respond[], number[]][]) {
    test(name, async () => {
      assert.deepEqual((await watchThrough([...responses, ended], opts)).requests, expected);
    });
  }

  test("lengthens each pause at random, by up to a tenth", async () => {
    const { requests } = await watchThrough([...times(2, running), ended], {}, 0.5);
    assert.deepEqual(requests.map(Math.round), [0, 1_050, 2_625]);
  });

  for (const [name, responses, opts, end] of [
    ["during a pause", [running], { timeLimit: 600_000 }, 600_000],
    ["while the status is unknown", [job("captured")], { timeLimit: 600_000 }, 600_000],
    ["during a request", [hangs], { timeLimit: 30_000 }, 30_000],
    ["of an hour by default", [running], { timeLimit: undefined }, 3_600_000],
    ["that is longer than a timer can be", [running], { timeLimit: Infinity, interval: Infinity }, 2 ** 31 - 1],
  ] as [string, Respond[], WatchOptions, number][]) {
    test(`returns a timeout at its time limit ${name}`, async () => {
      const watched = await watchThrough(responses, opts);
      assert.deepEqual([watched.outcome, watched.end], ["timeout", end]);
    });
  }

  test("ends when shouldStop returns true, which the caller can extend", async () => {
    const partial = job("complete_with_errors");
    const shouldStop = (result: Result): boolean =>
      isFinal(result) || (result.kind === "StatusInfo" && result.document.status === "complete_with_errors");
    const watched = await watchThrough([running, partial], { shouldStop });
    assert.deepEqual([watched.outcome, watched.requests.length], ["unknown", 2]);
    assert.equal((await watchThrough([running, ended], { shouldStop })).outcome, "successful");
  });

  test("reports each result and the pause after it", async () => {
    const seen: unknown[] = [];
    const onResult = (result: Result, pause?: number): unknown => seen.push(result.kind, pause);
    await watchThrough([running, failure(503, { "retry-after": "7" }), ended], { onResult });
    assert.deepEqual(seen, ["StatusInfo", 1_000, "ServerError", 7_000, "StatusInfo", undefined]);
  });

  test("rejects with the reason of a cancellation, during a pause and before it", async () => {
    for (const abortFrom of [(abort: () => void) => void setImmediate(abort), (abort: () => void) => abort()]) {
      const controller = new AbortController();
      let requests = 0;
      const watching = watch("https://h", "j", {
        fetch: async () => (requests++, Response.json({ jobID: "j", status: "running" })),
        interval: 3_600_000,
        signal: controller.signal,
        onResult: () => abortFrom(() => controller.abort("enough")),
      });
      assert.equal(await rejection(watching), "enough");
      assert.equal(requests, 1);
    }
  });

  test("ends when a time limit of the caller has expired", async () => {
    const signal = AbortSignal.abort(new DOMException("late", "TimeoutError"));
    const seen: unknown[] = [];
    await watchThrough([running], { signal, onResult: (result, pause) => seen.push(result.reason, pause) });
    assert.deepEqual(seen, ["timeout", undefined]);
  });
});
