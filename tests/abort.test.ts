import assert from "node:assert/strict";
import { getStatus, type Fetch } from "../src/get-status.ts";
import { answering, chunks, rejection } from "./support/stub.ts";
import { describe } from "./support/suite.ts";

const STATUS = { jobID: "j", status: "running" };
const REASONS = [new Error("own"), "text", 5, null, { code: 1 }, new DOMException("x", "AbortError")];

/** Rejects on abort as a platform's fetch does, but with another error. */
const obedient: Fetch = (_url, { signal }) =>
  new Promise((_, reject) => signal!.addEventListener("abort", () => reject(new Error("a copy")), { once: true }));

describe("an abort", (test) => {
  for (const reason of REASONS) {
    test(`getStatus() rejects with the reason itself, ${String(reason)}, and sends nothing, if already aborted`, async () => {
      const fetch = answering(STATUS);
      assert.equal(await rejection(getStatus("https://h", "j", { fetch, signal: AbortSignal.abort(reason) })), reason);
      assert.deepEqual(fetch.calls, []);
    });

    test(`getStatus() rejects with the reason itself, ${String(reason)}, whatever the fetch throws`, async () => {
      const abort = new AbortController();
      const pending = rejection(getStatus("https://h", "j", { fetch: obedient, signal: abort.signal }));
      abort.abort(reason);
      assert.equal(await pending, reason);
    });
  }

  test("getStatus() rejects with an AbortError if abort() is called without a reason", async () => {
    const error = await rejection(
      getStatus("https://h", "j", { fetch: answering(STATUS), signal: AbortSignal.abort() }),
    );
    assert.equal((error as Error).name, "AbortError");
  });

  test("getStatus() rejects with the reason if the signal aborts before the head arrives and the fetch ignores it", async () => {
    for (const answer of [
      Response.json(STATUS),
      new Response("", { status: 404 }),
      new Response("", { status: 500 }),
    ]) {
      const abort = new AbortController();
      const fetch: Fetch = async () => {
        abort.abort("late");
        return answer;
      };
      assert.equal(await rejection(getStatus("https://h", "j", { fetch, signal: abort.signal })), "late");
    }
  });

  test("getStatus() rejects with the reason if the signal aborts during the body, for any status", async () => {
    for (const status of [200, 404, 500]) {
      for (const end of ["end", { error: new Error("copy") }] as const) {
        const abort = new AbortController();
        const stream = chunks(['{"jobID":"j",', '"status":"running"}'], end);
        const reader = stream.getReader();
        let reads = 0;
        const body = {
          getReader: () => ({
            read: () => (
              ++reads === 2 && abort.abort("late"),
              reader.read() as Promise<{ done: false; value: Uint8Array }>
            ),
            cancel: () => reader.cancel(),
          }),
        };
        const fetch: Fetch = async () => ({ status, url: "", headers: new Headers(), body });
        assert.equal(await rejection(getStatus("https://h", "j", { fetch, signal: abort.signal })), "late");
      }
    }
  });

  test("getStatus() rejects with the reason if the signal aborts and the body is over maxBytes", async () => {
    const abort = new AbortController();
    const fetch: Fetch = async () => (abort.abort("late"), Response.json(STATUS));
    assert.equal(await rejection(getStatus("https://h", "j", { fetch, signal: abort.signal, maxBytes: 1 })), "late");
  });

  test("getStatus() returns the result if the signal aborts afterwards", async () => {
    const abort = new AbortController();
    const result = await getStatus("https://h", "j", { fetch: answering(STATUS), signal: abort.signal });
    abort.abort();
    assert.equal(result.kind, "StatusInfo");
  });

  for (const name of ["AbortError", "TimeoutError"]) {
    test(`getStatus() does not mistake a DOMException ${name} of the fetch for an abort of the signal`, async () => {
      const { signal } = new AbortController();
      const error = new DOMException("x", name);
      const result = await getStatus("https://h", "j", { fetch: () => Promise.reject(error), signal });
      assert.equal(result.kind === "ServerError" && result.cause, error);
    });
  }

  test("getStatus() accepts a signal that is not an instance of the platform's AbortSignal", async () => {
    const { signal: platform } = new AbortController();
    const signal = { aborted: false, throwIfAborted: () => platform.throwIfAborted() } as AbortSignal;
    const fetch = answering(STATUS);
    assert.equal((await getStatus("https://h", "j", { fetch, signal })).kind, "StatusInfo");
    assert.equal(fetch.calls[0]![1].signal, signal);
  });

  test("getStatus() adds no listener to the signal", async () => {
    const { signal } = new AbortController();
    const added: string[] = [];
    signal.addEventListener = (type: string) => void added.push(type);
    await getStatus("https://h", "j", { fetch: answering(STATUS), signal });
    assert.deepEqual(added, []);
  });

  test("getStatus() rejects with a TimeoutError when the time limit expires", async () => {
    const alive = setInterval(() => {}, 1000); // the timer of AbortSignal.timeout() does not keep the process alive
    const error = await rejection(getStatus("https://h", "j", { fetch: obedient, signal: AbortSignal.timeout(5) }));
    clearInterval(alive);
    assert.equal((error as Error).name, "TimeoutError");
  });
});
