import assert from "node:assert/strict";
import type { Fetch } from "../src/get-status.ts";
import { watch } from "./recipes/watch.ts";
import { withClock } from "./support/clock.ts";
import { startServer } from "./support/server.ts";
import { rejection } from "./support/stub.ts";
import { describe } from "./support/suite.ts";

type Answer = () => Response;
const job =
  (status: string, more = {}): Answer =>
  () =>
    Response.json({ jobID: "j", status, ...more });
const failure =
  (status: number, headers: Record<string, string> = {}): Answer =>
  () =>
    new Response("", { status, headers });
const reset: Answer = () => {
  throw new Error("reset");
};
const page: Answer = () => new Response("<p>");
const times = (count: number, answer: Answer): Answer[] => Array.from({ length: count }, () => answer);

/** Returns the responses in order, repeating the last one, and records the time of each request. */
function script(answers: readonly Answer[], now: () => number): Fetch & { readonly requests: number[] } {
  const requests: number[] = [];
  const fetch: Fetch = async (_, init) => {
    init.signal?.throwIfAborted();
    requests.push(now());
    return answers[Math.min(requests.length, answers.length) - 1]!();
  };
  return Object.assign(fetch, { requests });
}

describe("the recipe that watches a job", (test) => {
  for (const [name, answers, expected, requests] of [
    [
      "requests the status until the job has ended",
      [job("accepted"), job("running"), job("successful")],
      "successful",
      3,
    ],
    ["ends with a failed job", [job("failed")], "failed", 1],
    ["ends with a lost job, which has failed", [job("running"), job("lost")], "failed", 2],
    ["ends with a dismissed job", [job("dismissed")], "dismissed", 1],
    ["continues while the status is unknown", [job("valid"), job("captured"), job("successful")], "successful", 3],
    [
      "continues while the status is unknown, although `finished` is set",
      [job("captured", { finished: "2026-01-01T00:00:00Z" }), job("successful")],
      "successful",
      2,
    ],
    [
      "continues while the job is running, although `finished` is set",
      [job("running", { finished: "2026-01-01T00:00:00Z" }), job("successful")],
      "successful",
      2,
    ],
    ["tolerates a 404 right after the 201", [failure(404), failure(404), job("successful")], "successful", 3],
    ["ends with a persistent 404", [failure(404)], "NotFound unspecified", 6],
    ["ends with a job that is gone", [failure(410)], "NotFound gone", 1],
    ["waits for a server that is down", [failure(503), failure(502), job("successful")], "successful", 3],
    ["ends with a server that remains down", [failure(503)], "ServerError http", 6],
    ["requests again after a broken connection", [reset, job("successful")], "successful", 2],
    [
      "counts only failures in a row",
      [...times(4, failure(503)), job("running"), ...times(4, failure(503)), job("successful")],
      "successful",
      10,
    ],
    ["ends with a wrong key", [failure(401)], "ServerError http", 1],
    ["ends with a key that has expired", [job("running"), failure(403)], "ServerError http", 2],
    ["ends with a body that is not a status document", [page], "ServerError malformed", 1],
  ] as const) {
    test(`watch() ${name}`, () =>
      withClock(async (now) => {
        const fetch = script(answers, now);
        const result = await watch("https://h", "j", { fetch });
        assert.equal(result.kind === "StatusInfo" ? result.status : `${result.kind} ${result.reason}`, expected);
        assert.equal(fetch.requests.length, requests);
      }));
  }

  for (const [name, interval, answers, expected] of [
    ["pauses longer each time", 1_000, times(4, job("running")), [0, 1_000, 2_500, 4_750, 8_125]],
    ["pauses for 30 seconds at most", 20_000, times(4, job("running")), [0, 20_000, 50_000, 80_000, 110_000]],
    [
      "never pauses for less than an interval that is longer",
      60_000,
      times(3, job("running")),
      [0, 60_000, 120_000, 180_000],
    ],
    ["waits for as many seconds as Retry-After has", 1_000, [failure(429, { "retry-after": "90" })], [0, 90_000]],
    ["heeds Retry-After beside a status", 1_000, [() => retry(job("running")(), "20")], [0, 20_000]],
    ["ignores a Retry-After of 0", 1_000, times(3, failure(503, { "retry-after": "0" })), [0, 1_000, 2_500, 4_750]],
    [
      "ignores a Retry-After in the past",
      1_000,
      [failure(503, { "retry-after": "Wed, 21 Oct 2015 07:28:00 GMT" })],
      [0, 1_000],
    ],
    ["ignores a Retry-After below its interval", 5_000, [failure(503, { "retry-after": "1" })], [0, 5_000]],
    ["ignores a negative Retry-After", 1_000, [failure(503, { "retry-after": "-9" })], [0, 1_000]],
    [
      "ignores a Retry-After that is neither a number nor a date",
      1_000,
      [failure(503, { "retry-after": "soon" })],
      [0, 1_000],
    ],
    ["waits for an hour at most", 1_000, [failure(503, { "retry-after": "99999999999" })], [0, 3_600_000]],
  ] as const) {
    test(`watch() ${name}`, () =>
      withClock(async (now) => {
        const fetch = script([...answers, job("successful")], now);
        await watch("https://h", "j", { fetch, interval, timeLimit: 86_400_000 });
        assert.deepEqual(fetch.requests, expected);
      }));
  }

  test("watch() waits until the date that Retry-After names", () =>
    withClock(async (now) => {
      const date = new Date(Date.now() + 45_000).toUTCString();
      const fetch = script([failure(503, { "retry-after": date }), job("successful")], now);
      await watch("https://h", "j", { fetch });
      assert.deepEqual(fetch.requests, [0, 45_000]);
    }));

  for (const [name, answer] of [
    ["running", job("running")],
    ["unknown", job("captured", { finished: "2026-01-01T00:00:00Z" })],
  ] as const) {
    test(`watch() rejects at its time limit while the status is ${name}`, () =>
      withClock(async (now) => {
        const fetch = script([answer], now);
        const error = await rejection(watch("https://h", "j", { fetch, timeLimit: 600_000 }));
        assert.equal((error as Error).name, "TimeoutError");
        assert.equal(now(), 600_000);
        assert.ok(fetch.requests.at(-1)! >= 570_000, String(fetch.requests.at(-1)));
      }));
  }

  test("watch() has a time limit of an hour by default", () =>
    withClock(async (now) => {
      const error = await rejection(watch("https://h", "j", { fetch: script([job("captured")], now) }));
      assert.equal((error as Error).name, "TimeoutError");
      assert.equal(now(), 3_600_000);
    }));

  for (const longer of [30 * 86_400_000, Infinity]) {
    test(`watch() waits as long as a timer can, given ${longer} ms`, () =>
      withClock(async (now) => {
        const fetch = script([job("running")], now);
        const error = await rejection(watch("https://h", "j", { fetch, interval: longer, timeLimit: longer }));
        assert.equal((error as Error).name, "TimeoutError");
        assert.deepEqual(fetch.requests, [0]);
        assert.equal(now(), 2 ** 31 - 1);
      }));
  }

  test("watch() reports each result and the pause after it", () =>
    withClock(async (now) => {
      const seen: unknown[] = [];
      await watch("https://h", "j", {
        fetch: script([job("running"), failure(503, { "retry-after": "7" }), job("successful")], now),
        onResult: (result, pause) => seen.push([result.kind, pause]),
      });
      assert.deepEqual(seen, [
        ["StatusInfo", 1_000],
        ["ServerError", 7_000],
        ["StatusInfo", undefined],
      ]);
    }));

  test("watch() rejects with the signal's reason, during a pause and between a request and a pause", async () => {
    for (const abortFrom of [(abort: () => void) => void setImmediate(abort), (abort: () => void) => abort()]) {
      const controller = new AbortController();
      let requests = 0;
      const pending = watch("https://h", "j", {
        fetch: async () => (requests++, job("running")()),
        interval: 3_600_000,
        signal: controller.signal,
        onResult: () => abortFrom(() => controller.abort("enough")),
      });
      assert.equal(await rejection(pending), "enough");
      assert.equal(requests, 1);
    }
  });

  test("watch() rejects if an argument is invalid", async () => {
    assert.ok((await rejection(watch("ogc.example.com", "j"))) instanceof TypeError);
  });

  test("watch() watches a job on a server to its end", async () => {
    const server = await startServer();
    try {
      const { id } = server.add({ seconds: 0.3 });
      const seen = new Set<string>();
      const result = await watch(server.baseUrl, id, {
        interval: 20,
        onResult: (one) => one.kind === "StatusInfo" && seen.add(one.status),
      });
      assert.equal(result.kind === "StatusInfo" && result.status, "successful");
      assert.ok(seen.has("running"), [...seen].join());
    } finally {
      await server.close();
    }
  });
});

function retry(response: Response, seconds: string): Response {
  response.headers.set("retry-after", seconds);
  return response;
}
