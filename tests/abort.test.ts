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
});

describe("a time limit", (test) => {
  const limit = new DOMException("The operation timed out", "TimeoutError");
  const timeout = { kind: "ServerError", reason: "timeout", message: "Request timed out", cause: limit } as const;
  const http = (status: number) => ({ status, url: "https://h/jobs/j", headers: {} });

  /** A response whose body is `text`; the signal aborts before the read of the end, which then fails or not. */
  function expiring(abort: AbortController, status: number, text: string, fails: boolean): Fetch {
    let reads = 0;
    const read = async () => {
      if (++reads === 1) return { done: false, value: new TextEncoder().encode(text) };
      abort.abort(limit);
      if (fails) throw new Error("a copy");
      return { done: true };
    };
    const body = { getReader: () => ({ read, cancel: async () => {} }) };
    return async () => ({ status, url: "", headers: new Headers(), body });
  }

  test("getStatus() sends nothing and returns a timeout if the limit expired before the call", async () => {
    const fetch = answering(STATUS);
    assert.deepEqual(await getStatus("https://h", "j", { fetch, signal: AbortSignal.abort(limit) }), timeout);
    assert.deepEqual(fetch.calls, []);
  });

  test("getStatus() checks its arguments before the limit", async () => {
    const error = await rejection(getStatus("https://h", "", { signal: AbortSignal.abort(limit) }));
    assert.ok(error instanceof TypeError);
  });

  test("getStatus() returns a timeout without http if no response head has arrived", async () => {
    const abort = new AbortController();
    const pending = getStatus("https://h", "j", { fetch: obedient, signal: abort.signal });
    abort.abort(limit);
    assert.deepEqual(await pending, timeout);
  });

  test("getStatus() returns a timeout if AbortSignal.timeout() expires, alone or through AbortSignal.any()", async () => {
    const alive = setInterval(() => {}, 1000); // the timer of AbortSignal.timeout() does not keep the process alive
    const { signal } = new AbortController();
    for (const limited of [AbortSignal.timeout(5), AbortSignal.any([signal, AbortSignal.timeout(5)])]) {
      const result = await getStatus("https://h", "j", { fetch: obedient, signal: limited });
      assert.deepEqual(result, { ...timeout, cause: limited.reason as unknown });
    }
    clearInterval(alive);
  });

  test("getStatus() returns a timeout with http if the body of a 2xx has not arrived completely", async () => {
    for (const status of [200, 202]) {
      const abort = new AbortController();
      const fetch = expiring(abort, status, JSON.stringify(STATUS), true);
      const result = await getStatus("https://h", "j", { fetch, signal: abort.signal });
      assert.deepEqual(result, { ...timeout, http: http(status) });
    }
  });

  for (const [status, reason] of [
    [404, "unspecified"],
    [410, "gone"],
    [500, "http"],
  ] as const) {
    test(`getStatus() returns ${reason} for a ${status} whose body the limit cuts off`, async () => {
      const abort = new AbortController();
      const fetch = expiring(abort, status, "<p>", true);
      const result = await getStatus("https://h", "j", { fetch, signal: abort.signal });
      assert.ok(result.kind !== "StatusInfo");
      assert.deepEqual([result.reason, result.body, result.cause], [reason, "<p>", undefined]);
    });
  }

  test("getStatus() returns a response that arrived completely although the limit expired", async () => {
    for (const [status, text, expected] of [
      [200, JSON.stringify(STATUS), "StatusInfo"],
      [200, "<p>", "malformed"],
      [503, "busy", "http"],
    ] as const) {
      const abort = new AbortController();
      const fetch = expiring(abort, status, text, false);
      const result = await getStatus("https://h", "j", { fetch, signal: abort.signal });
      assert.equal(result.reason ?? result.kind, expected);
    }
  });

  test("getStatus() returns malformed if the body was over maxBytes before the limit expired", async () => {
    const abort = new AbortController();
    const fetch: Fetch = async () => (abort.abort(limit), Response.json(STATUS));
    const result = await getStatus("https://h", "j", { fetch, signal: abort.signal, maxBytes: 1 });
    assert.equal(result.reason, "malformed");
  });

  test("getStatus() returns a timeout if the fetch ignores the signal and then fails or returns no Response", async () => {
    for (const settle of [
      () => Promise.reject(new Error("late")),
      async () => undefined,
      async () => ({ status: 200 }),
    ]) {
      const abort = new AbortController();
      const fetch = (async () => (abort.abort(limit), settle())) as unknown as Fetch;
      assert.deepEqual(await getStatus("https://h", "j", { fetch, signal: abort.signal }), timeout);
    }
  });

  test("getStatus() recognises a limit by the name of the reason alone", async () => {
    for (const reason of [{ name: "TimeoutError" }, Object.assign(new Error("x"), { name: "TimeoutError" })]) {
      const result = await getStatus("https://h", "j", { fetch: answering(STATUS), signal: AbortSignal.abort(reason) });
      assert.equal(result.kind === "ServerError" && result.cause, reason);
    }
    const unreadable = {
      get name(): string {
        throw new Error("no name");
      },
    };
    for (const reason of ["TimeoutError", { name: "timeouterror" }, { code: "TimeoutError" }, unreadable]) {
      const pending = getStatus("https://h", "j", { fetch: answering(STATUS), signal: AbortSignal.abort(reason) });
      assert.equal(await rejection(pending), reason);
    }
  });

  test("getStatus() rejects if the signal was cancelled before its limit expired", async () => {
    const abort = new AbortController();
    abort.abort("cancelled");
    abort.abort(limit);
    assert.equal(await rejection(getStatus("https://h", "j", { fetch: obedient, signal: abort.signal })), "cancelled");
  });
});
