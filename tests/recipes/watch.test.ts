import * as assert from "uvu/assert";
import type { Fetch, Result } from "../../src/get-status.ts";
import { describe } from "../runner/suite.ts";
import { withClock } from "../support/clock.ts";
import { STATUS, chunks, fail, rejection } from "../support/fetches.ts";
import { withGlobal } from "../support/place.ts";
import { isFinal, watch, type WatchOptions } from "./watch.ts";

/** What the server sends: a status of the job, an HTTP status without a body, or something else. */
type Reply = string | number | ((signal: AbortSignal) => Response | Promise<Response>);

function sends(body: string, init?: ResponseInit): Reply {
  return () => new Response(body, init);
}

const finished = (status: string): Reply => sends(JSON.stringify({ jobID: "j", status, finished: "2026-01-01" }));
const html = sends("<p>Just a moment");
const cutOff: Reply = () => new Response(chunks(['{"jobID":'], { error: new Error("reset") }));
const reset: Reply = () => Promise.reject(new Error("reset"));
const hangs = (signal: AbortSignal): Promise<Response> =>
  new Promise((_, reject) => {
    const timer = setTimeout(() => reject(new Error("not aborted")), 7_200_000);
    signal.addEventListener("abort", () => (clearTimeout(timer), reject(new Error("aborted"))));
  });
const times = (count: number, reply: Reply): Reply[] => Array.from({ length: count }, () => reply);

function toResponse(reply: Reply, signal: AbortSignal): Response | Promise<Response> {
  if (typeof reply === "string") return Response.json({ jobID: "j", status: reply });
  return typeof reply === "number" ? new Response(null, { status: reply }) : reply(signal);
}

/** Watches a job with these replies, the last of which is repeated, in simulated time. */
function watchThrough(replies: readonly Reply[], opts: WatchOptions = {}, random = 0) {
  const requests: number[] = []; // when each was sent, in milliseconds
  const keys: unknown[] = []; // the header `x-key` of each
  const math = Object.create(Math, { random: { value: () => random } });
  return withGlobal("Math", math, () =>
    withClock(async ({ now, timers }) => {
      const fetch: Fetch = async (_, { headers, signal }) => {
        keys.push(headers["x-key"]);
        requests.push(now());
        return toResponse(replies[Math.min(requests.length, replies.length) - 1]!, signal!);
      };
      const watching = watch("https://h", "j", { fetch, timeLimit: 86_400_000, ...opts });
      const outcome = await watching.then(
        ({ status, reason }) => status ?? reason,
        (error: unknown) => error,
      );
      return { outcome, requests, keys, end: now(), timers: timers() };
    }),
  );
}

describe("watch()", (test) => {
  for (const [name, ...replies] of [
    ["accepted and running", "accepted", "running"],
    ["an unknown status", "valid", "captured"],
    ["a status with `finished` that is not final", finished("captured"), finished("running")],
    ["a 404 right after the 201", 404, 404],
    ["a broken connection", reset],
    ["a body that was cut off", cutOff],
    ["an empty 200", "running", 200],
    ["an HTML 200", "running", html],
    ["other JSON", "running", sends("null"), sends("[]")],
    ["a 202 and a 204 without a body", 202, 204],
    ...[500, 502, 503, 504, 507, 508, 509, 511, 520, 522, 524, 530, 598, 599, 408, 425, 429].map((status) => [
      `a ${status}`,
      "running",
      status,
    ]),
    ["many failures, but not in a row", ...times(11, reset), "running", ...times(5, reset)],
  ] as [string, ...Reply[]][])
    test(`goes on after ${name}`, async () => {
      const { outcome, requests, timers } = await watchThrough([...replies, "successful"]);
      assert.equal([outcome, requests.length, timers], ["successful", replies.length + 1, 0]);
    });

  for (const [reply, expected] of [
    ["successful", "successful"],
    ["failed", "failed"],
    ["dismissed", "dismissed"],
    [410, "gone"],
    ...[501, 505, 300, 302, 304, 400, 401, 403, 405, 406, 422, 451].map((status) => [status, "http"]),
  ] as [string | number, string][])
    test(`ends with ${reply}`, async () => {
      const { outcome, requests, timers } = await watchThrough(["running", reply, "successful"]);
      assert.equal([outcome, requests.length, timers], [expected, 2, 0]);
    });

  for (const [name, reply, expected] of [
    ["a 404", 404, "unspecified"],
    ["a server that is down", 503, "http"],
    ["a broken connection", reset, "network"],
    ["HTML", html, "malformed"],
  ] as const)
    test(`gives up after six failures in a row and two minutes without a status: ${name}`, async () => {
      const { outcome, requests } = await watchThrough([reply]);
      const seconds = requests.map((milliseconds) => Math.round(milliseconds / 1_000));
      assert.equal([outcome, seconds], [expected, [0, 1, 3, 5, 8, 13, 21, 32, 49, 75, 105, 135]]);
      const slow = await watchThrough([reply], { interval: 60_000 });
      assert.is(slow.requests.length, 6);
    });

  test("counts the two minutes from the last status", async () => {
    const replies = [...times(4, "running"), ...times(6, reset), "successful"];
    // The last status comes after 9.5 seconds, the sixth failure after 124.
    assert.is((await watchThrough(replies, { interval: 2_000 })).outcome, "successful");
  });

  const at = (seconds: number): string => new Date(1_700_000_000_000 + seconds * 1_000).toUTCString(); // by the clock
  const asking = (value: string, status = 503): Reply =>
    sends(JSON.stringify(STATUS), { status, headers: { "retry-after": value } });
  for (const [name, opts, replies, expected] of [
    ["pauses longer each time", {}, times(4, "running"), [0, 1_000, 2_500, 4_750, 8_125]],
    ["pauses for 30 seconds at most", { interval: 20_000 }, times(4, "running"), [0, 20_000, 50_000, 80_000, 110_000]],
    ["pauses for a longer interval", { interval: 60_000 }, times(2, "running"), [0, 60_000, 120_000]],
    ["pauses for a fraction of a millisecond", { interval: 0.5 }, times(2, "running"), [0, 0.5, 1.25]],
    ["gives a request a minute", {}, [hangs], [0, 61_000]],
    ["waits for as many seconds as Retry-After has", {}, [asking("90", 429)], [0, 90_000]],
    ["waits until the date that Retry-After has", {}, [asking(at(45))], [0, 45_000]],
    ["heeds Retry-After beside a status", {}, [asking("20", 200)], [0, 20_000]],
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
  ] as [string, WatchOptions, Reply[], number[]][])
    test(name, async () => {
      assert.equal((await watchThrough([...replies, "successful"], opts)).requests, expected);
    });

  test("lengthens each pause at random, by up to a tenth", async () => {
    const { requests } = await watchThrough([...times(2, "running"), "successful"], {}, 0.5);
    assert.equal(requests.map(Math.round), [0, 1_050, 2_625]);
  });

  const late = (): Promise<Response> => new Promise((resolve) => setTimeout(() => resolve(Response.json(STATUS)), 9));
  const never = (): Promise<never> => new Promise(() => setTimeout(() => {}, 1e9));
  for (const [name, reply, opts, expected] of [
    ["during a pause", "running", { timeLimit: 600_000 }, 600_000],
    ["while the status is unknown", "captured", { timeLimit: 600_000 }, 600_000],
    ["during a request", hangs, { timeLimit: 30_000 }, 30_000],
    ["with a fraction", hangs, { timeLimit: 1_500.5 }, 1_501],
    ["of an hour by default", "running", { timeLimit: undefined }, 3_600_000],
    ["that is longer than a timer can be", "running", { timeLimit: Infinity, interval: Infinity }, 2 ** 31 - 1],
    ["although `fetch` ignores the signal", late, { timeLimit: 5 }, 9],
    ["while a function for headers waits", "running", { timeLimit: 9, headers: never }, 9],
    ["that the caller has set", "running", { signal: AbortSignal.abort(new DOMException("", "TimeoutError")) }, 0],
  ] as [string, Reply, WatchOptions, number][])
    test(`returns a timeout at its time limit ${name}, and reports that no pause follows`, async () => {
      let last: unknown[] = [];
      const onResult = ({ reason }: Result, pause?: number): unknown => (last = [reason, pause]);
      const { outcome, end } = await watchThrough([reply], { ...opts, onResult });
      assert.equal([outcome, end, last], ["timeout", expected, ["timeout", undefined]]);
    });

  for (const name of ["interval", "timeLimit"])
    for (const value of [NaN, 0, -1, -Infinity, "5", null, {}, 5n])
      test(`rejects the ${name} ${String(value)}, and sends nothing`, async () => {
        const { outcome, requests } = await watchThrough(["running"], { [name]: value });
        assert.is(String(outcome), `TypeError: watch: ${name} must be a positive number of milliseconds`);
        assert.equal(requests, []);
      });

  test("rejects with the TypeError of getStatus() for other arguments", async () => {
    for (const call of [watch("x", "j"), watch("https://h", ""), watch("https://h", "j", { maxBytes: -1 })])
      assert.match(String(await rejection(call)), /^TypeError: getStatus: /);
    const { outcome } = await watchThrough(["running"], { headers: "secret" as never });
    assert.match(String(outcome), /^TypeError: getStatus: headers/);
  });

  test("ends when shouldStop returns true, which the caller can extend", async () => {
    const shouldStop = (result: Result): boolean =>
      isFinal(result) || (result.kind === "StatusInfo" && result.document.status === "complete_with_errors");
    const { outcome, requests } = await watchThrough(["running", "complete_with_errors"], { shouldStop });
    assert.equal([outcome, requests.length], ["unknown", 2]);
    assert.is((await watchThrough(["running", "successful"], { shouldStop })).outcome, "successful");
  });

  test("reports each result and the pause after it, and waits for the callback", async () => {
    const seen: unknown[] = [];
    const onResult = async (result: Result, pause?: number): Promise<void> => {
      await null;
      seen.push(result.kind, pause);
    };
    await watchThrough(["running", asking("7"), "successful"], { onResult });
    assert.equal(seen, ["StatusInfo", 1_000, "ServerError", 7_000, "StatusInfo", undefined]);
  });

  const thrown = new Error("thrown");
  const throws = (): never => fail(thrown);
  let controller = new AbortController(); // that of the current test
  const abort = (): void => controller.abort(thrown);
  for (const [name, requests, opts, reply = "running"] of [
    ["onResult throws", 1, { onResult: throws }],
    ["an asynchronous onResult throws", 1, { onResult: async () => throws() }],
    ["shouldStop throws", 1, { shouldStop: throws }],
    ["a function for headers throws", 0, { headers: throws }],
    ["an asynchronous function for headers throws", 0, { headers: async () => throws() }],
    ["cancelled before it starts", 0, { signal: AbortSignal.abort(thrown), headers: () => fail() }],
    ["cancelled while a function for headers waits", 0, { headers: () => (abort(), new Promise(() => {})) }],
    ["cancelled when a request is sent", 1, {}, () => (abort(), Response.json({}))],
    ["cancelled during a request", 1, {}, (signal) => (setTimeout(abort, 1), hangs(signal))],
    ["cancelled in onResult", 1, { onResult: abort }],
    ["cancelled in shouldStop", 1, { shouldStop: () => (abort(), false) }],
    ["cancelled during a pause", 1, { interval: 3_600_000, onResult: () => setTimeout(abort, 1) }],
  ] as [string, number, WatchOptions, Reply?][])
    test(`rejects with what was thrown or the reason if ${name}, and leaves no timer`, async () => {
      controller = new AbortController();
      const watched = await watchThrough([reply], { signal: controller.signal, ...opts });
      assert.is(watched.outcome, thrown);
      assert.ok(watched.end <= 1);
      assert.equal([watched.requests.length, watched.timers], [requests, 0]);
    });

  const record = { "x-key": "1" };
  const pairs = Object.entries(record);
  let token = 0;
  for (const [name, headers, expected = ["1", "1", "1"]] of [
    ["a record", record],
    ["pairs", pairs],
    ["a Headers", new Headers(record)],
    ["an iterator", pairs.values()],
    ["an object with forEach", { forEach: (add: (value: string, name: string) => void) => add("1", "x-key") }],
    ["a function that returns an iterator", () => pairs.values()],
    ["a function, which it asks each time", async () => ({ "x-key": `${++token}` }), ["1", "2", "3"]],
  ] as [string, WatchOptions["headers"], string[]?][])
    test(`sends the headers of ${name} with each request`, async () => {
      assert.equal((await watchThrough(["running", "running", "successful"], { headers })).keys, expected);
    });
});
