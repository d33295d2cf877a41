import * as assert from "uvu/assert";
import type { Fetch, Result } from "../../src/get-status.ts";
import { describe } from "../runner/suite.ts";
import { withClock, type Clock } from "../support/clock.ts";
import { chunks, fail, rejection } from "../support/fetches.ts";
import { isFinal, watch, type WatchOptions } from "./watch.ts";

type Respond = (signal: AbortSignal) => Response | Promise<Response>;
const job =
  (status: string, more = {}, headers = {}): Respond =>
  () =>
    Response.json({ jobID: "j", status, ...more }, { headers });
const reply =
  (status: number, body = "", headers: Record<string, string> = {}): Respond =>
  () =>
    new Response(status === 204 || status === 304 ? null : body, { status, headers });
const reset: Respond = () => Promise.reject(new Error("reset"));
const cutOff: Respond = () => new Response(chunks(['{"jobID":'], { error: new Error("reset") }));
const hangs: Respond = (signal) =>
  new Promise((_, reject) => {
    const timer = setTimeout(() => reject(new Error("not aborted")), 7_200_000);
    signal.addEventListener("abort", () => (clearTimeout(timer), reject(new Error("aborted"))));
  });
const times = (count: number, respond: Respond): Respond[] => Array.from({ length: count }, () => respond);
const running = job("running");
const ended = job("successful");

interface Watched {
  /** For example `successful`, `unspecified`. */
  readonly outcome: string;
  /** The milliseconds at which requests were sent. */
  readonly requests: readonly number[];
  /** Those at which the watch ended. */
  readonly end: number;
  /** The timers that it left. */
  readonly timers: number;
}

/** Watches with these responses, the last of which is repeated, in simulated time, without jitter. */
async function watchThrough(responses: readonly Respond[], opts: WatchOptions = {}, random = 0): Promise<Watched> {
  const platform = Math.random;
  Math.random = () => random;
  let watched: Watched | undefined;
  try {
    await withClock(async ({ now, timers }) => {
      const requests: number[] = [];
      const fetch: Fetch = async (_, { signal }) => {
        requests.push(now());
        return responses[Math.min(requests.length, responses.length) - 1]!(signal!);
      };
      const result = await watch("https://h", "j", { fetch, timeLimit: 86_400_000, ...opts });
      watched = { outcome: result.status ?? result.reason!, requests, end: now(), timers: timers() };
    });
  } finally {
    Math.random = platform;
  }
  return watched!;
}

/** Until there were six failures in a row and two minutes without a status, in seconds. */
const PATIENCE = [0, 1, 3, 5, 8, 13, 21, 32, 49, 75, 105, 135];

describe("watch()", (test) => {
  const date = { finished: "2026-01-01T00:00:00Z" };
  for (const [name, responses, outcome, requests] of [
    ["requests the status until the job has ended", [job("accepted"), running, ended], "successful", 3],
    ["ends with a failed job", [job("failed")], "failed", 1],
    ["ends with a dismissed job", [job("dismissed")], "dismissed", 1],
    ["goes on while the status is unknown", [job("valid"), job("captured"), ended], "successful", 3],
    ["goes on although `finished` is set", [job("captured", date), job("running", date), ended], "successful", 3],
    ["tolerates a 404 right after the 201", [reply(404), reply(404), ended], "successful", 3],
    ["ends with a job that is gone", [reply(410)], "gone", 1],
    ["ends with a key that has expired", [running, reply(403)], "http", 2],
    ["goes on after a broken connection", [reset, ended], "successful", 2],
    ["goes on after a body that was cut off", [cutOff, ended], "successful", 2],
    ["goes on after a request that hangs", [hangs, ended], "successful", 2],
    ["goes on after an empty 200", [running, reply(200), ended], "successful", 3],
    ["goes on after an HTML 200", [running, reply(200, "<p>Just a moment"), ended], "successful", 3],
    ["goes on after other JSON", [running, reply(200, "null"), reply(200, "[]"), ended], "successful", 4],
    ["goes on after a 202 and a 204 without a body", [reply(202), reply(204), ended], "successful", 3],
    ...[500, 502, 503, 504, 507, 508, 509, 511, 520, 522, 524, 530, 598, 599, 408, 425, 429].map((status) => [
      `goes on after a ${status}`,
      [running, reply(status), ended],
      "successful",
      3,
    ]),
    ...[501, 505, 300, 302, 304, 400, 401, 403, 405, 406, 422, 451].map((status) => [
      `ends with a ${status}`,
      [running, reply(status, ""), ended],
      "http",
      2,
    ]),
    ["counts only failures in a row", [...times(11, reset), running, ...times(5, reset), ended], "successful", 18],
  ] as [string, Respond[], string, number][]) {
    test(name, async () => {
      const watched = await watchThrough(responses);
      assert.equal([watched.outcome, watched.requests.length, watched.timers], [outcome, requests, 0]);
    });
  }

  for (const [name, respond, outcome] of [
    ["a 404", reply(404), "unspecified"],
    ["a server that is down", reply(503), "http"],
    ["a broken connection", reset, "network"],
    ["HTML", reply(200, "<p>"), "malformed"],
  ] as const) {
    test(`gives up after six failures in a row and two minutes without a status: ${name}`, async () => {
      const watched = await watchThrough([respond]);
      const seconds = watched.requests.map((milliseconds) => Math.round(milliseconds / 1_000));
      assert.equal([watched.outcome, seconds], [outcome, PATIENCE]);
      const after = await watchThrough([running, respond]);
      assert.ok(after.requests.length >= 7 && after.end >= 120_000);
      const slow = await watchThrough([respond], { interval: 60_000 });
      assert.is(slow.requests.length, 6);
    });
  }

  test("survives an outage of 110 seconds in its first minute", async () => {
    const watched = await watchThrough([running, ...times(9, reset), ended]);
    assert.is(watched.outcome, "successful");
  });

  const at = (seconds: number): string => new Date(1_700_000_000_000 + seconds * 1_000).toUTCString(); // by the clock
  const asking = (value: string): Respond => reply(503, "", { "retry-after": value });
  for (const [name, opts, responses, expected] of [
    ["pauses longer each time", {}, times(4, running), [0, 1_000, 2_500, 4_750, 8_125]],
    ["pauses for 30 seconds at most", { interval: 20_000 }, times(4, running), [0, 20_000, 50_000, 80_000, 110_000]],
    ["pauses for a longer interval", { interval: 60_000 }, times(2, running), [0, 60_000, 120_000]],
    ["pauses for a fraction of a millisecond", { interval: 0.5 }, times(2, running), [0, 0.5, 1.25]],
    ["waits for as many seconds as Retry-After has", {}, [reply(429, "", { "retry-after": "90" })], [0, 90_000]],
    ["waits until the date that Retry-After has", {}, [asking(at(45))], [0, 45_000]],
    ["heeds Retry-After beside a status", {}, [job("running", {}, { "retry-after": "20" })], [0, 20_000]],
    ["heeds decimals in Retry-After", {}, [asking("299.997")], [0, 299_997]],
    ["rounds Retry-After up", {}, [asking("49.00051")], [0, 49_001]],
    ["waits for an hour at most", {}, [asking("99999999999")], [0, 3_600_000]],
    ["waits for an hour at most until a date", {}, [asking(at(1e7))], [0, 3_600_000]],
    ...["1", "0", "-9", "soon", "49.", ".5", "1e9", "2049-01-01", "9 9", at(-45)].map((value) => [
      `ignores Retry-After: ${value}`,
      { interval: 5_000 },
      [asking(value)],
      [0, 5_000],
    ]),
  ] as [string, WatchOptions, Respond[], number[]][]) {
    test(name, async () => {
      assert.equal((await watchThrough([...responses, ended], opts)).requests, expected);
    });
  }

  test("lengthens each pause at random, by up to a tenth", async () => {
    const { requests } = await watchThrough([...times(2, running), ended], {}, 0.5);
    assert.equal(requests.map(Math.round), [0, 1_050, 2_625]);
  });

  for (const [name, responses, opts, end] of [
    ["during a pause", [running], { timeLimit: 600_000 }, 600_000],
    ["while the status is unknown", [job("captured")], { timeLimit: 600_000 }, 600_000],
    ["during a request", [hangs], { timeLimit: 30_000 }, 30_000],
    ["with a fraction", [hangs], { timeLimit: 1_500.5 }, 1_501],
    ["of an hour by default", [running], { timeLimit: undefined }, 3_600_000],
    ["that is longer than a timer can be", [running], { timeLimit: Infinity, interval: Infinity }, 2 ** 31 - 1],
    [
      "while a function for headers waits",
      [running],
      { timeLimit: 9, headers: () => new Promise(() => setTimeout(() => {}, 1e9)) },
      9,
    ],
  ] as [string, Respond[], WatchOptions, number][]) {
    test(`returns a timeout at its time limit ${name}`, async () => {
      const watched = await watchThrough(responses, opts);
      assert.equal([watched.outcome, watched.end], ["timeout", end]);
    });
  }

  for (const name of ["interval", "timeLimit"]) {
    for (const value of [NaN, 0, -1, -Infinity, "5", null, {}, 5n]) {
      test(`rejects the ${name} ${String(value)}, and sends nothing`, async () => {
        let requests = 0;
        const fetch: Fetch = async () => (requests++, Response.json({}));
        const error = await rejection(watch("https://h", "j", { fetch, [name]: value } as WatchOptions));
        assert.is(String(error), `TypeError: watch: ${name} must be a positive number of milliseconds`);
        assert.is(requests, 0);
      });
    }
  }

  test("rejects with the TypeError of getStatus() for other arguments", async () => {
    for (const call of [watch("x", "j"), watch("https://h", ""), watch("https://h", "j", { maxBytes: -1 })])
      assert.match(String(await rejection(call)), /^TypeError: getStatus: /);
    const headers = "secret" as unknown as Record<string, string>;
    assert.match(String(await rejection(watch("https://h", "j", { headers }))), /^TypeError: getStatus: headers/);
  });

  test("ends when shouldStop returns true, which the caller can extend", async () => {
    const partial = job("complete_with_errors");
    const shouldStop = (result: Result): boolean =>
      isFinal(result) || (result.kind === "StatusInfo" && result.document.status === "complete_with_errors");
    const watched = await watchThrough([running, partial], { shouldStop });
    assert.equal([watched.outcome, watched.requests.length], ["unknown", 2]);
    assert.is((await watchThrough([running, ended], { shouldStop })).outcome, "successful");
  });

  test("reports each result and the pause after it, and waits for the callback", async () => {
    const seen: unknown[] = [];
    const onResult = async (result: Result, pause?: number): Promise<void> => {
      await null;
      seen.push(result.kind, pause);
    };
    await watchThrough([running, asking("7"), ended], { onResult });
    assert.equal(seen, ["StatusInfo", 1_000, "ServerError", 7_000, "StatusInfo", undefined]);
  });

  const thrown = new Error("thrown");
  const throws = (): never => fail(thrown);
  for (const [name, opts] of Object.entries<WatchOptions>({
    onResult: { onResult: throws },
    "an asynchronous onResult": { onResult: async () => throws() },
    shouldStop: { shouldStop: throws },
    "a function for headers": { headers: throws },
    "an asynchronous function for headers": { headers: async () => throws() },
  })) {
    test(`rejects with what ${name} throws, and leaves no timer`, () =>
      withClock(async ({ timers }) => {
        const fetch: Fetch = async () => Response.json({ jobID: "j", status: "running" });
        assert.is(await rejection(watch("https://h", "j", { ...opts, fetch })), thrown);
        assert.is(timers(), 0);
      }));
  }

  const phases: [name: string, requests: number, opts: (abort: () => void, clock: Clock) => WatchOptions][] = [
    ["before it starts", 0, (abort) => (abort(), {})],
    ["while a function for headers waits", 0, (abort) => ({ headers: () => (abort(), new Promise(() => {})) })],
    ["when a request is sent", 1, (abort) => ({ fetch: async () => (abort(), Response.json({})) })],
    [
      "during a request",
      1,
      (abort) => ({ fetch: (_, { signal }) => (queueMicrotask(abort), hangs(signal!) as never) }),
    ],
    ["in onResult", 1, (abort) => ({ onResult: abort })],
    ["in shouldStop", 1, (abort) => ({ shouldStop: () => (abort(), false) })],
    ["during a pause", 1, (abort, { later }) => ({ interval: 3_600_000, onResult: () => later(abort) })],
  ];
  for (const [name, requests, optsOf] of phases) {
    test(`rejects with the reason of a cancellation ${name}, and leaves no timer`, () =>
      withClock(async (clock) => {
        const controller = new AbortController();
        let sent = 0;
        const { fetch = async () => Response.json({ jobID: "j", status: "running" }), ...opts } = optsOf(
          () => controller.abort("enough"),
          clock,
        );
        const counted: Fetch = (...call) => (sent++, fetch(...call) as ReturnType<Fetch>);
        const watching = watch("https://h", "j", { ...opts, fetch: counted, signal: controller.signal });
        assert.is(await rejection(watching), "enough");
        assert.equal([sent, clock.timers()], [requests, 0]);
      }));
  }

  test("ends when a time limit of the caller has expired", async () => {
    const signal = AbortSignal.abort(new DOMException("late", "TimeoutError"));
    const seen: unknown[] = [];
    await watchThrough([running], { signal, onResult: (result, pause) => seen.push(result.reason, pause) });
    assert.equal(seen, ["timeout", undefined]);
  });

  const record = { "x-key": "1" };
  const pairs = Object.entries(record);
  let token = 0;
  for (const [name, headers, expected = "1 1 1"] of [
    ["a record", record],
    ["pairs", pairs],
    ["a Headers", new Headers(record)],
    ["an iterator", pairs.values()],
    ["an object with forEach", { forEach: (add: (value: string, name: string) => void) => add("1", "x-key") }],
    ["a function that returns an iterator", () => pairs.values()],
    ["a function, which it asks each time for a token that expires", async () => ({ "x-key": `${++token}` }), "1 2 3"],
  ] as [string, WatchOptions["headers"], string?][]) {
    test(`sends the headers of ${name} with each request`, async () => {
      const sent: unknown[] = [];
      await withClock(async () => {
        const fetch: Fetch = async (_, init) => {
          sent.push(init.headers["x-key"]);
          return Response.json({ jobID: "j", status: sent.length < 3 ? "running" : "successful" });
        };
        await watch("https://h", "j", { fetch, headers });
      });
      assert.is(sent.join(" "), expected);
    });
  }
});
