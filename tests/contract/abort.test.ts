import * as assert from "uvu/assert";
import { getStatus, type Fetch, type Result } from "../../src/get-status.ts";
import { describe } from "../runner/suite.ts";
import { STATUS, answering, brief, bytes, fail, rejection, responseLike, returning } from "../support/fetches.ts";
import { isIn } from "../support/place.ts";

const LIMIT = new DOMException("The operation timed out", "TimeoutError");
const TIMEOUT = { kind: "ServerError", reason: "timeout", message: "Request timed out", cause: LIMIT } as const;

/** Aborts a signal with `reason` when `fetch` calls `abort`, and gets the status with that signal. */
function getAborting(
  reason: unknown,
  fetch: (abort: () => void, init: Parameters<Fetch>[1]) => unknown,
  maxBytes?: number,
) {
  const controller = new AbortController();
  const abort = (): void => controller.abort(reason);
  const injected = (async (_: string, init: Parameters<Fetch>[1]) => fetch(abort, init)) as Fetch;
  return getStatus("https://h", "j", { fetch: injected, signal: controller.signal, maxBytes });
}

/** A signal that has aborted. Workers read the `name` of a reason, which may throw. */
const abortedWith = (reason: unknown): AbortSignal =>
  ({ aborted: true, reason, throwIfAborted: () => fail(reason) }) as unknown as AbortSignal;

/** Rejects on abort as a platform's fetch does, but with another error. */
const obedient: Fetch = (_, { signal }) =>
  new Promise((_, reject) => signal!.addEventListener("abort", () => reject(new Error("a copy")), { once: true }));

/** A response that aborts after its first chunk, and then ends or breaks. */
function abortingBody(abort: () => void, status: number, text: string, breaks: boolean): object {
  let reads = 0;
  const read = async (): Promise<object> => {
    if (++reads === 1) return { done: false, value: bytes(text) };
    abort();
    if (breaks) throw new Error("a copy");
    return { done: true };
  };
  return responseLike({ status, body: { getReader: () => ({ read, cancel: async () => {} }) } });
}

describe("a cancellation", (test) => {
  for (const reason of [new Error("own"), "text", 5, null, 0, "", { code: 1 }, undefined])
    test(`getStatus() rejects with the reason itself: ${String(reason)}`, async () => {
      const fetch = answering(STATUS);
      const signal = AbortSignal.abort(reason); // an AbortError, if there is no reason
      assert.is(await rejection(getStatus("https://h", "j", { fetch, signal })), signal.reason);
      assert.equal(fetch.calls, []);
      const late = getAborting(signal.reason, (abort, init) => (queueMicrotask(abort), obedient("", init)));
      assert.is(await rejection(late), signal.reason);
    });

  for (const status of [200, 404, 500])
    test(`getStatus() rejects if the signal aborts during a ${status} that arrives all the same, or is cut off`, async () => {
      const response = (): Response => Response.json(STATUS, { status });
      for (const fetch of [
        (abort: () => void) => (abort(), response()),
        (abort: () => void) => (abort(), Promise.reject(new Error("copy"))),
        (abort: () => void) => abortingBody(abort, status, JSON.stringify(STATUS), false),
        (abort: () => void) => abortingBody(abort, status, "{", true),
      ])
        assert.is(await rejection(getAborting("late", fetch)), "late");
      assert.is(await rejection(getAborting("late", (abort) => (abort(), response()), 1)), "late");
    });

  for (const name of ["AbortError", "TimeoutError"])
    test(`getStatus() does not mistake a DOMException ${name} of the fetch for an abort of the signal`, async () => {
      const { signal } = new AbortController();
      const error = new DOMException("x", name);
      const result = await getStatus("https://h", "j", { fetch: () => Promise.reject(error), signal });
      assert.equal([brief(result), result.cause], ["network -", error]);
    });

  test("getStatus() accepts a signal that is not an instance of the platform's AbortSignal", async () => {
    const platform = new AbortController();
    const signal = { aborted: false, throwIfAborted: () => platform.signal.throwIfAborted() } as AbortSignal;
    const fetch = answering(STATUS);
    assert.is(brief(await getStatus("https://h", "j", { fetch, signal })), "running");
    assert.is(fetch.calls[0]![1].signal, signal);
    platform.abort("own");
    assert.is(await rejection(getStatus("https://h", "j", { fetch, signal })), "own");
  });

  test("getStatus() adds no listener to the signal", async () => {
    const { signal } = new AbortController();
    const added: string[] = [];
    signal.addEventListener = (type: string) => void added.push(type);
    await getStatus("https://h", "j", { fetch: answering(STATUS), signal });
    assert.equal(added, []);
    assert.not(signal.onabort);
  });
});

describe("a time limit", (test) => {
  test("getStatus() sends nothing if the limit has expired, but checks its arguments first", async () => {
    const fetch = answering(STATUS);
    const signal = AbortSignal.abort(LIMIT);
    assert.equal(await getStatus("https://h", "j", { fetch, signal }), TIMEOUT);
    assert.ok((await rejection(getStatus("https://h", "", { fetch, signal }))) instanceof TypeError);
    assert.equal(fetch.calls, []);
  });

  test("getStatus() returns a timeout if AbortSignal.timeout() expires, alone or through AbortSignal.any()", async () => {
    const alive = setInterval(() => {}, 1_000); // the timer of AbortSignal.timeout() does not keep the process alive
    try {
      const { signal } = new AbortController();
      const limit = AbortSignal.timeout(5);
      limit.addEventListener("abort", () => {}); // else Node 20 may drop it
      const combined = isIn("edge VM") ? [] : [AbortSignal.any([signal, limit])]; // it lacks `any`
      for (const limited of [AbortSignal.timeout(5), ...combined]) {
        const result = await getStatus("https://h", "j", { fetch: obedient, signal: limited });
        assert.equal(result, { ...TIMEOUT, cause: limited.reason as unknown });
        assert.is(result.cause, limited.reason);
      }
    } finally {
      clearInterval(alive);
    }
  });

  for (const [name, fetch] of [
    ["rejects when the signal aborts", (abort, init) => (queueMicrotask(abort), obedient("", init))],
    ["ignores the signal and fails later", (abort) => (abort(), Promise.reject(new Error("late")))],
    ["ignores the signal and returns a Response without a body", (abort) => (abort(), { status: 200, url: "" })],
  ] as [string, (abort: () => void, init: Parameters<Fetch>[1]) => unknown][])
    test(`getStatus() returns a timeout without http if the fetch ${name}`, async () => {
      assert.equal(await getAborting(LIMIT, fetch), TIMEOUT);
    });

  for (const [status, text, complete, cutOff] of [
    [200, JSON.stringify(STATUS), "running", "timeout 200"],
    [202, "<p>", "malformed 202", "timeout 202"],
    [404, "<p>", "unspecified 404", "unspecified 404"],
    [410, "<p>", "gone 410", "gone 410"],
    [503, "busy", "http 503", "http 503"],
  ] as const)
    test(`getStatus() returns ${complete} for a ${status} that arrives after the limit, ${cutOff} if it is cut off`, async () => {
      assert.is(brief(await getAborting(LIMIT, (abort) => abortingBody(abort, status, text, false))), complete);
      const result: Result = await getAborting(LIMIT, (abort) => abortingBody(abort, status, text, true));
      assert.is(brief(result), cutOff);
      const http = { status, url: "https://h/jobs/j", headers: {} };
      if (result.reason === "timeout") assert.equal(result, { ...TIMEOUT, http });
      else assert.ok(result.kind !== "StatusInfo" && result.body === text && result.cause === undefined);
    });

  test("getStatus() returns malformed if the limit expires while a body over maxBytes arrives", async () => {
    const result = await getAborting(LIMIT, (abort) => (abort(), Response.json(STATUS)), 1);
    assert.is(brief(result), "malformed 200");
  });

  for (const [name, reason, isLimit] of [
    ["an object with the name", { name: "TimeoutError" }, true],
    ["an Error with the name", Object.assign(new Error("x"), { name: "TimeoutError" }), true],
    ["the name itself", "TimeoutError", false],
    ["another name", { name: "timeouterror" }, false],
    ["another property", { code: "TimeoutError" }, false],
    ["a name that throws", Object.defineProperty({}, "name", { get: () => fail() }), false],
  ] as const)
    test(`getStatus() ${isLimit ? "returns a timeout" : "rejects"} for a reason that is ${name}`, async () => {
      const call = getStatus("https://h", "j", { fetch: returning(undefined), signal: abortedWith(reason) });
      if (isLimit) assert.is((await call).cause, reason);
      else assert.is(await rejection(call), reason);
    });
});
