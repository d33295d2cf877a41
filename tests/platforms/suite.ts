/**
 * The behaviours in which a runtime can differ, tested in each. They use no test runner, and nothing that only Node has.
 */
import type * as Library from "../../src/get-status.ts";
import type { Fetch, GetStatusOptions, Result } from "../../src/get-status.ts";

/** Where the suite runs. */
export interface Place {
  /** The URL of the server; for a page, it is one of another origin. */
  readonly server: string;
  /** The URL of such a server under another origin. */
  readonly away: string;
  /** A URL whose port refuses connections. */
  readonly refused: string;
  /** Workers with an older compatibility date send Authorization to another origin. */
  readonly keepsAuthorization?: boolean;
  /** Workers with an older compatibility date throw for the option `cache`. */
  readonly lacksCache?: boolean;
  /** A browser exposes few headers across origins, and nothing of a redirect that it did not follow. */
  readonly browser?: boolean;
}

/** The name of a behaviour, and what failed: "" if nothing did. */
export type Outcome = readonly [name: string, error: string];

type Test = (name: string, run: () => Promise<void>) => void;

export async function run(library: typeof Library, place: Place): Promise<Outcome[]> {
  const tests: [name: string, run: () => Promise<void>][] = [];
  define((name, run) => tests.push([name, run]), library, place);
  const outcomes: Outcome[] = [];
  for (const [name, run] of tests) outcomes.push([name, await errorOf(run())]);
  return outcomes;
}

export function names(): string[] {
  const names: string[] = [];
  define((name) => names.push(name), {} as typeof Library, {} as Place);
  return names;
}

/** A behaviour that hangs has failed, and must not prevent the others from running. */
function errorOf(behaviour: Promise<void>): Promise<string> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, 10_000, "did not end");
    void behaviour
      .then(() => "", String)
      .then(resolve)
      .finally(() => clearTimeout(timer));
  });
}

function define(test: Test, library: typeof Library, { server, away, refused, ...place }: Place): void {
  const { getStatus, isNotFound, isServerError, isStatusInfo } = library;
  const STATUS = '{"jobID":"j","status":"running"}';

  const get = (path: string, opts?: GetStatusOptions, id = "j"): Promise<Result> => getStatus(server + path, id, opts);
  const getFrom = (response: unknown, maxBytes?: number): Promise<Result> =>
    getStatus("https://h", "j", { maxBytes, fetch: (async () => response) as unknown as Fetch });
  const accepted = (value: unknown): string[] =>
    Object.entries({ StatusInfo: isStatusInfo, NotFound: isNotFound, ServerError: isServerError })
      .filter(([, guard]) => guard(value))
      .map(([kind]) => kind);
  /** For example `running`, `no-such-job 404`, `network -`. */
  const brief = (result: Result): string => {
    equal(accepted(result), [result.kind]);
    return result.kind === "StatusInfo" ? result.status : `${result.reason} ${result.http?.status ?? "-"}`;
  };
  /** What the server received. */
  const echo = async (path: string, opts: GetStatusOptions): Promise<Record<string, unknown>> => {
    const result = await get(path, opts);
    equal(brief(result), "running");
    const { seen, accepts } = (result as Library.StatusInfo).document as Record<string, any>;
    return { ...seen, accepts };
  };
  /** What an injected fetch is called with. */
  const sent = async (opts: object, baseUrl: string | URL = "https://h", id = "j"): Promise<Parameters<Fetch>> => {
    const calls: Parameters<Fetch>[] = [];
    const fetch: Fetch = async (...call) => (calls.push(call), new Response(STATUS));
    await getStatus(baseUrl, id, { ...opts, fetch });
    equal(calls.length, 1);
    return calls[0]!;
  };
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  const uniqueId = (): string => String(Math.random());
  /** Lets the server act on the response that it holds back for this job, as soon as there is one. */
  const meanwhile = (action: "held" | "reset" | "closed", id: string): Promise<Response> =>
    fetch(`${server}/${action}/${id}`);
  /** Does something between the head and the body of the response. */
  const afterHead = (action: () => unknown): Fetch => {
    return async (url, init) => {
      const response = await fetch(url, init);
      await action();
      return response;
    };
  };

  test("getStatus() reads a document, also after a redirect, and resolves links against the final URL", async () => {
    for (const path of ["/full", "/redirect"]) {
      const result = await get(path);
      equal(brief(result), "running");
      const { document, http, ...rest } = result as Library.StatusInfo;
      const links = [{ href: `${server}/full/jobs/j/results`, rel: "results" }, { href: "//[" }];
      equal(rest, { kind: "StatusInfo", jobID: "j", status: "running", message: "é€😀", links });
      equal([http.status, http.url, http.headers["content-type"]], [200, `${server}/full/jobs/j`, "application/json"]);
    }
  });

  for (const [path, expected, message] of [
    ["gzip", "running"],
    ["bom", "running"],
    ["401", "http 401", "Unauthenticated"],
    ["404", "no-such-job 404", "No job j"],
    ["html", "malformed 200", "Response body is not JSON (Content-Type: text/html)"],
    ["empty", "malformed 200", "Response body is empty"],
    ["204", "malformed 204", "Response body is empty"],
  ] as const) {
    test(`getStatus() returns ${expected} for /${path}, without a cause`, async () => {
      const result = await get(`/${path}`);
      equal([brief(result), result.message, "cause" in result], [expected, message, false]);
    });
  }

  test("getStatus() returns Retry-After, names in lower case, and never set-cookie", async () => {
    const headers = (await get("/429")).http?.headers ?? {};
    // A browser exposes x-hidden only if the server allows it.
    equal([headers["retry-after"], headers["x-hidden"]], ["17", place.browser ? undefined : "1"]);
    const wrong = Object.keys(headers).filter((name) => name !== name.toLowerCase() || name === "set-cookie");
    equal(wrong, []);
  });

  test("getStatus() returns http for a redirect that is not followed", async () => {
    const result = await get("/redirect", { fetch: (url, init) => fetch(url, { ...init, redirect: "manual" }) });
    equal(brief(result), place.browser ? "http 0" : "http 302");
  });

  test("getStatus() leaves redirects to the platform, which may drop Authorization for another origin", async () => {
    const seen = await echo(`/redirect-away?to=${away}`, { headers: { Authorization: "Bearer t", "X-A": "1" } });
    equal([seen["authorization"], seen["x-a"]], [place.keepsAuthorization ? "Bearer t" : undefined, "1"]);
  });

  for (const [path, expected] of [
    ["/cut", "network 200"],
    ["/cut-503", "http 503"],
  ] as const) {
    test(`getStatus() returns ${expected} if the connection is reset in the body`, async () => {
      const id = uniqueId();
      const result = await get(path, { fetch: afterHead(() => meanwhile("reset", id)) }, id);
      equal([brief(result), result.cause !== undefined], [expected, path === "/cut"]);
    });
  }

  test("getStatus() returns network with a cause for a refused port", async () => {
    const result = await getStatus(refused, "j");
    equal([brief(result), "cause" in result], ["network -", true]);
    // Node and Bun have a code, other platforms have none.
    equal(/^Request failed: (ECONNREFUSED|see cause)$/.test(result.message ?? ""), true);
  });

  test("getStatus() passes no-store where the platform knows the option, which it throws for elsewhere", async () => {
    const modes: unknown[] = [];
    const result = await get("/echo", { fetch: (url, init) => (modes.push(init.cache), fetch(url, init)) });
    equal([brief(result), modes], ["running", [place.lacksCache ? undefined : "no-store"]]);
    if (!place.lacksCache) return;
    const thrown = await get("/echo", { fetch: (url, init) => fetch(url, { ...init, cache: "no-store" }) });
    equal(brief(thrown), "network -");
  });

  test("getStatus() stops an endless body at maxBytes, and closes the connection", async () => {
    const id = uniqueId();
    const result = await get("/endless", { maxBytes: 10_000 }, id);
    equal([brief(result), result.kind === "ServerError" && result.body], ["malformed 200", "x".repeat(10_000)]);
    await meanwhile("closed", id);
  });

  test("getStatus() returns timeout if the time limit expires before the call, the head or the body", async () => {
    const returns = async (expected: string, path: string, signal: AbortSignal, fetch?: Fetch): Promise<void> => {
      const result = await get(path, { signal, fetch }, uniqueId());
      equal([brief(result), result.message], [expected, "Request timed out"]);
      identical(result.cause, signal.reason);
    };
    const expired = AbortSignal.timeout(1);
    if (!expired.aborted) await new Promise((done) => expired.addEventListener("abort", done));
    await returns("timeout -", "/full", expired);
    await returns("timeout -", "/no-head", AbortSignal.timeout(50));
    // Browsers of 2022 and Workers of 2024 may lack it.
    const any = AbortSignal.any?.([new AbortController().signal, AbortSignal.timeout(50)]);
    if (any) await returns("timeout -", "/no-head", any);
    const abort = new AbortController();
    const inBody = afterHead(() => abort.abort(expired.reason));
    await returns("timeout 200", "/cut", abort.signal, inBody);
  });

  test("getStatus() rejects with the signal's reason before, during and after the head", async () => {
    for (const reason of ["stop", 5, { own: true }, new Error("own")]) {
      identical(await rejection(get("/full", { signal: AbortSignal.abort(reason) })), reason);
      for (const path of ["/no-head", "/cut"]) {
        const id = uniqueId();
        const abort = new AbortController();
        // The server knows only that it has sent the head: the client may be waiting for it or reading on.
        void meanwhile("held", id).then(() => abort.abort(reason));
        identical(await rejection(get(path, { signal: abort.signal }, id)), reason);
      }
    }
  });

  test("getStatus() rejects invalid arguments with a TypeError that contains no secret", async () => {
    const fetch: Fetch = async () => new Response(STATUS);
    for (const [message, invalid] of [
      ["baseUrl must be an absolute http: or https: URL", { baseUrl: "/x" }],
      ["baseUrl must be an absolute http: or https: URL", { baseUrl: "https://secret[" }],
      ["baseUrl must not contain credentials: send an Authorization header instead", { baseUrl: "http://:secret@h" }],
      ['jobId must be a well-formed string other than "", "." and ".."', { jobId: "\ud800" }],
      ["headers must have valid names and string values", { headers: { "x a": "secret" } }], // not "", which workerd accepts
      ["headers must have valid names and string values", { headers: { "x-a": "secret\nx: y" } }],
      ["headers must have valid names and string values", { headers: [["x-a", "secret", "secret"]] }],
      ["signal must be an AbortSignal", { signal: new AbortController() }],
    ] as [message: string, invalid: Record<string, any>][]) {
      const { baseUrl = "https://h", jobId = "j", ...opts } = invalid;
      const error = await rejection(getStatus(baseUrl, jobId, { fetch, ...opts }));
      if (!(error instanceof TypeError)) throw new Error(`${message}: ${String(error)}`);
      equal([error.message, error.cause], [`getStatus: ${message}`, undefined]);
      equal(String(error.stack).includes("secret"), false);
    }
  });

  test("getStatus() builds the same URL everywhere", async () => {
    for (const [base, id, url] of [
      ["https://h/ogc/?key=1#x", "j", "https://h/ogc/jobs/j?key=1"],
      ["https://h//evil", "a/b", "https://h//evil/jobs/a%2Fb"],
      ["HTTPS://H:443//", "a%2Fb", "https://h/jobs/a%252Fb"],
      ["http://[::1]:8080/x", "日本 😀", "http://[::1]:8080/x/jobs/%E6%97%A5%E6%9C%AC%20%F0%9F%98%80"],
      ["https://h/a b", "(it's)!*~_...", "https://h/a%20b/jobs/(it's)!*~_..."],
      [`https://h/x${"/".repeat(60_000)}`, "j", "https://h/x/jobs/j"],
    ] as const) {
      equal((await sent({}, base, id))[0], url);
      equal((await sent({}, new URL(base), id))[0], url);
    }
  });

  test("getStatus() sends the caller's headers, names in lower case, and Accept once", async () => {
    const record = { Authorization: "Bearer t", "X-A": "1" };
    const expected = { accept: "application/json", authorization: "Bearer t", "x-a": "1" };
    for (const headers of [record, Object.entries(record), new Headers(record)]) {
      const [url, { cache: _, ...init }] = await sent({ headers });
      equal([url, init], ["https://h/jobs/j", { method: "GET", headers: expected }]);
      const seen = await echo("/echo", { headers });
      equal([seen["accept"], seen["accepts"], seen["authorization"]], ["application/json", 1, "Bearer t"]);
      equal(seen["x-a"], "1");
    }
    equal((await sent({ headers: [...Object.entries(record), ["x-a", "2"]] }))[1].headers["x-a"], "1, 2");
    equal((await echo("/echo", { headers: { ACCEPT: "text/html" } }))["accept"], "text/html");
  });

  test("getStatus() calls fetch as a bare function, as Workers require", async () => {
    const own: Fetch = async function (this: unknown) {
      equal(this, undefined);
      return new Response(STATUS);
    };
    for (const fetch of [own, globalThis.fetch]) equal(brief(await get("/echo", { fetch })), "running");
  });

  test("getStatus() reads a Response byte by byte, and does not split a character at maxBytes", async () => {
    for (const [maxBytes, body] of [
      [Infinity, "aé€😀"],
      [5, "a"],
      [12, "aé€"],
    ] as const) {
      const stream = new ReadableStream({
        start(controller) {
          for (const byte of bytes("\ufeffaé€😀")) controller.enqueue(new Uint8Array([byte]));
          controller.close();
        },
      });
      const result = await getFrom(new Response(stream, { status: 500 }), maxBytes);
      equal(result.kind === "ServerError" && result.body, body);
    }
  });

  test("getStatus() decodes Int8Array chunks, invalid bytes, and a BOM in the middle", async () => {
    const chunks = [new Int8Array(bytes("\ufeffa")), bytes("\ufeffb\ufeff"), new Uint8Array([255, 0xe2, 0x82])];
    const read = async (): Promise<object> => ({ done: !chunks.length, value: chunks.shift() });
    const result = await getFrom({
      status: 500,
      url: "",
      headers: new Headers(),
      body: { getReader: () => ({ read }) },
    });
    equal(result.kind === "ServerError" && result.body, "a\ufeffb\ufeff\ufffd\ufffd");
  });

  test("getStatus() returns network for a Response that was read or is locked", async () => {
    const [used, locked] = [new Response("x"), new Response("x")];
    await used.text();
    locked.body?.getReader();
    for (const response of [used, locked]) {
      const result = await getFrom(response);
      equal(
        [brief(result), result.message],
        ["network -", "fetch did not return a Response with a readable body: see cause"],
      );
    }
  });

  test("getStatus() survives 100,000 nested arrays", async () => {
    equal(brief(await getFrom(new Response("[".repeat(100_000) + "]".repeat(100_000)))), "malformed 200");
  });

  test("a guard accepts a result after JSON or a structured clone, but not with a Headers", async () => {
    for (const path of ["/full", "/404", "/html"]) {
      const result = await get(path);
      for (const copy of [JSON.parse(JSON.stringify(result)), structuredClone(result)]) {
        equal(accepted(copy), [result.kind]);
      }
      equal(accepted({ ...result, http: { ...result.http, headers: new Headers() } }), []);
    }
  });
}

/** Returns what a promise rejects with, and rejects if it does not. */
function rejection(promise: Promise<unknown>): Promise<unknown> {
  const fail = (value: unknown): never => {
    throw new Error(`expected a rejection, got ${JSON.stringify(value)}`);
  };
  return promise.then(fail, (error: unknown) => error);
}

function identical(actual: unknown, expected: unknown): void {
  if (!Object.is(actual, expected)) throw new Error(`${String(actual)} is not the same as ${String(expected)}`);
}

/** Compares values as JSON, in which `undefined` stays and the order of properties does not count. */
function equal(actual: unknown, expected: unknown): void {
  const show = (value: unknown): string =>
    JSON.stringify(value, (_, one: unknown) => {
      if (one === undefined) return "undefined";
      if (one === null || typeof one !== "object" || Array.isArray(one)) return one;
      return Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)));
    });
  const [a, b] = [show(actual), show(expected)];
  if (a !== b) throw new Error(`got ${a.slice(0, 300)}, expected ${b.slice(0, 300)}`);
}
