/** The behaviours that are tested in every runtime. They use no test runner, and nothing that only Node has. */
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
  /** A browser exposes few headers across origins, and nothing of a redirect that it did not follow. */
  readonly browser?: boolean;
}

/** The name of a behaviour, and what failed, if something did. */
export interface Outcome {
  readonly name: string;
  readonly error?: string;
}

type Test = (name: string, run: () => Promise<void>) => void;

export async function run(library: typeof Library, place: Place): Promise<Outcome[]> {
  const tests: [name: string, run: () => Promise<void>][] = [];
  define((name, run) => tests.push([name, run]), library, place);
  const outcomes: Outcome[] = [];
  for (const [name, run] of tests) {
    const error = await inTime(run()).then(
      () => undefined,
      (error: unknown) => String(error),
    );
    outcomes.push({ name, ...(error !== undefined && { error }) });
  }
  return outcomes;
}

export function names(): string[] {
  const names: string[] = [];
  define((name) => names.push(name), {} as typeof Library, {} as Place);
  return names;
}

/** A behaviour that hangs has failed, and must not prevent the others from running. */
function inTime(behaviour: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("did not end")), 10_000);
    behaviour.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function define(test: Test, library: typeof Library, { server, away, refused, ...place }: Place): void {
  const { getStatus, isNotFound, isServerError, isStatusInfo } = library;
  const STATUS = '{"jobID":"j","status":"running"}';

  const get = (path: string, opts?: GetStatusOptions, id = "j"): Promise<Result> => getStatus(server + path, id, opts);
  const getFrom = (response: unknown, opts?: GetStatusOptions): Promise<Result> =>
    getStatus("https://h", "j", { ...opts, fetch: (async () => response) as unknown as Fetch });
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
  /** A Response whose stream gives these chunks as they are. */
  const streaming = (chunks: readonly unknown[], status: unknown = 500, cancel = async () => {}): object => {
    const rest = [...chunks];
    const read = async (): Promise<object> => (rest.length ? { done: false, value: rest.shift() } : { done: true });
    return { status, url: "", headers: new Headers(), body: { getReader: () => ({ read, cancel }) } };
  };
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  const uniqueId = (): string => String(Math.random());
  /** Lets the server act on the response that it holds back for this job, as soon as there is one. */
  const meanwhile = (action: "held" | "reset" | "closed", id: string): Promise<Response> =>
    fetch(`${server}/${action}/${id}`);

  test("the module exports getStatus and the guards, and nothing else", async () => {
    equal(Object.keys(library).sort(), ["getStatus", "isNotFound", "isServerError", "isStatusInfo"]);
  });

  test("getStatus() reads every property of a status document", async () => {
    const result = await get("/full");
    if (result.kind !== "StatusInfo") throw new Error(brief(result));
    const { document, http, ...rest } = result;
    equal(rest, {
      kind: "StatusInfo",
      jobID: "j",
      status: "failed",
      type: "process",
      processID: "p",
      message: "é€😀",
      created: "2026-01-01T00:00:00Z",
      started: "2026-01-01T00:00:01",
      finished: "2026-01-01T00:00:02Z",
      updated: "2026-01-01T00:00:03Z",
      progress: 12.5,
      exception: { type: "t", title: "T", detail: "d", instance: "i", status: 400 },
      links: [
        { href: `${server}/full/jobs/j/results`, rel: "results", type: "application/json", hreflang: "en", title: "R" },
        { href: "https://other.example/x", rel: "self" },
      ],
    });
    equal(document["vendor"], { kept: [1, null] });
    equal([http.status, http.url, http.headers["content-type"]], [200, `${server}/full/jobs/j`, "application/json"]);
  });

  test("getStatus() reads job_id, a status in capitals, processId and a single link, and omits nulls", async () => {
    const result = (await get("/variants")) as Library.StatusInfo;
    equal(brief(result), "accepted");
    const { kind, http, document, ...rest } = result;
    equal(rest, { jobID: "v", status: "accepted", processID: "p", links: [{ href: `${server}/x` }] });
  });

  for (const [path, expected, message] of [
    ["unknown", "unknown"],
    ["gzip", "running"],
    ["bom", "running"],
    ["400", "no-such-job 400", "HTTP 400"],
    ["401", "http 401", "Unauthenticated"],
    ["404", "no-such-job 404", "No job j"],
    ["404-nested", "no-such-job 404", "No job j"],
    ["404-html", "unspecified 404", "HTTP 404"],
    ["410", "gone 410", "HTTP 410"],
    ["429", "http 429", "HTTP 429"],
    ["500", "http 500", "HTTP 500"],
    ["503", "http 503", "HTTP 503"],
    ["html", "malformed 200", "Response body is not JSON (Content-Type: text/html)"],
    ["empty", "malformed 200", "Response body is empty"],
    ["204", "malformed 204", "Response body is empty"],
    ["list", "malformed 200", "Response body is not a job status: it has no status or no job id"],
  ] as const) {
    test(`getStatus() returns ${expected} for /${path}, without a cause`, async () => {
      const result = await get(`/${path}`);
      equal([brief(result), result.message, "cause" in result], [expected, message, false]);
      if (path.startsWith("404-n")) equal(result.exception?.title, "NoSuchJob");
    });
  }

  test("getStatus() returns Retry-After, names in lower case, and never set-cookie", async () => {
    const headers = (await get("/429")).http?.headers ?? {};
    // A browser exposes x-hidden only if the server allows it.
    equal([headers["retry-after"], headers["x-hidden"]], ["17", place.browser ? undefined : "1"]);
    const wrong = Object.keys(headers).filter((name) => name !== name.toLowerCase() || name === "set-cookie");
    equal(wrong, []);
  });

  test("getStatus() follows a redirect, and resolves links against the final URL", async () => {
    const result = (await get("/redirect")) as Library.StatusInfo;
    equal([result.http.url, result.links[0]?.href], [`${server}/full/jobs/j`, `${server}/full/jobs/j/results`]);
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
      const opts: GetStatusOptions = {
        async fetch(url, init) {
          const response = await fetch(url, init);
          await meanwhile("reset", id);
          return response;
        },
      };
      const result = await get(path, opts, id);
      equal([brief(result), result.cause !== undefined], [expected, path === "/cut"]);
    });
  }

  test("getStatus() returns network with a cause for a refused port", async () => {
    const result = await getStatus(refused, "j");
    equal([brief(result), result.message, "cause" in result], ["network -", "Request failed: see cause", true]);
  });

  test("getStatus() stops an endless body at maxBytes, and closes the connection", async () => {
    const id = uniqueId();
    const result = await get("/endless", { maxBytes: 10_000 }, id);
    equal([brief(result), result.kind === "ServerError" && result.body], ["malformed 200", "x".repeat(10_000)]);
    await meanwhile("closed", id);
  });

  test("getStatus() returns timeout if the time limit expires before the call, before the head or later", async () => {
    const expired = AbortSignal.timeout(1);
    if (!expired.aborted) await new Promise((done) => expired.addEventListener("abort", done));
    const check = async (result: Result, signal: AbortSignal, expected = "timeout -"): Promise<void> => {
      equal([brief(result), result.message], [expected, "Request timed out"]);
      identical(result.cause, signal.reason);
    };
    await check(await get("/full", { signal: expired }), expired);
    const alone = AbortSignal.timeout(50);
    await check(await get("/no-head", { signal: alone }, uniqueId()), alone);
    // Browsers of 2022 and Workers of 2024 may lack it.
    const any = AbortSignal.any?.([new AbortController().signal, AbortSignal.timeout(50)]);
    if (any) await check(await get("/no-head", { signal: any }, uniqueId()), any);

    const abort = new AbortController();
    const inBody = async (url: string, init: RequestInit): Promise<Response> => {
      const response = await fetch(url, init);
      abort.abort(expired.reason);
      return response;
    };
    const cut = await get("/cut", { signal: abort.signal, fetch: inBody }, uniqueId());
    await check(cut, abort.signal, "timeout 200");

    const late = AbortSignal.timeout(20);
    const failing = (): Promise<never> =>
      new Promise((_, reject) => late.addEventListener("abort", () => reject(new Error("late"))));
    await check(await getStatus("https://h", "j", { signal: late, fetch: failing }), late);
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

  test("getStatus() rejects invalid arguments with a TypeError that contains no secret, and sends nothing", async () => {
    const rows: readonly (readonly [message: string, name: string, values: readonly unknown[]])[] = [
      ["baseUrl must be an absolute http: or https: URL", "baseUrl", ["", "/x", "ftp://h", "https://secret[", null]],
      ["baseUrl must not contain credentials: send an Authorization header instead", "baseUrl", ["http://:secret@h"]],
      ['jobId must be a well-formed string other than "", "." and ".."', "jobId", ["", ".", "..", "\ud800", 5]],
      [
        "headers must have valid names and string values",
        "headers",
        [
          { "x-a": undefined },
          { "x-a": ["secret"] },
          { "x-a": "secret\nx: y" },
          { "x a": "secret" }, // not "", which workerd accepts
          [["x-a"]],
          [["x-a", "secret", "secret"]],
          null,
          "secret",
          () => "secret",
          new Map([["x-a", 5]]),
          { forEach: (add: (value: unknown, name: unknown) => void) => add(undefined, "x-a") },
        ],
      ],
      ["fetch must be a function (pass one if the platform has none)", "fetch", [null]],
      ["signal must be an AbortSignal", "signal", [new AbortController()]],
      ["maxBytes must be a non-negative number", "maxBytes", [NaN]],
    ];
    let calls = 0;
    const fetch = async (): Promise<Response> => (calls++, new Response(STATUS));
    for (const [message, name, values] of rows) {
      for (const value of values) {
        const { baseUrl = "https://h", jobId = "j", ...opts } = { [name]: value } as Record<string, never>;
        const error = await rejection(getStatus(baseUrl, jobId, { fetch, ...opts }));
        if (!(error instanceof TypeError)) throw new Error(`${message}: ${String(error)}`);
        equal([error.message, error.cause], [`getStatus: ${message}`, undefined]);
        equal(String(error.stack).includes("secret"), false);
      }
    }
    equal(calls, 0);
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

  test("getStatus() sends the caller's headers, and Accept once", async () => {
    const record = { Authorization: "Bearer t", "X-A": "1" };
    for (const headers of [record, Object.entries(record), new Headers(record)]) {
      const seen = await echo("/echo", { headers });
      equal([seen["accept"], seen["accepts"], seen["authorization"]], ["application/json", 1, "Bearer t"]);
      equal(seen["x-a"], "1");
    }
    equal((await echo("/echo", { headers: { ACCEPT: "text/html" } }))["accept"], "text/html");
  });

  test("getStatus() passes a plain record with lower-case names to an injected fetch", async () => {
    equal(await sent({}), ["https://h/jobs/j", { method: "GET", headers: { accept: "application/json" } }]);
    const pairs: [string, string][] = [["X-A", "1"]];
    const generator = (function* () {
      yield* pairs;
    })();
    const own = { forEach: (add: (value: string, name: string) => void) => add("1", "X-A") };
    for (const headers of [{ "X-A": "1" }, pairs, new Headers(pairs), new Map(pairs), generator, own]) {
      equal((await sent({ headers }))[1].headers, { accept: "application/json", "x-a": "1" });
    }
    equal((await sent({ headers: [...pairs, ["x-a", "2"]] }))[1].headers["x-a"], "1, 2");
  });

  test("getStatus() calls fetch as a bare function", async () => {
    let receiver: unknown = "none";
    async function fetch(this: unknown): Promise<Response> {
      receiver = this;
      return new Response(STATUS);
    }
    await getStatus("https://h", "j", { fetch });
    equal(receiver, undefined);
    // Workers reject it as a method of another object.
    equal(brief(await get("/echo", { fetch: globalThis.fetch })), "running");
  });

  test("getStatus() reads a Response byte by byte, and does not split a character at maxBytes", async () => {
    for (const [maxBytes, body] of [
      [undefined, "aé€😀"],
      [2, ""],
      [4, "a"],
      [5, "a"],
      [8, "aé"],
      [12, "aé€"],
    ] as const) {
      const rest = [...bytes("\ufeffaé€😀")];
      const stream = new ReadableStream({
        pull(controller) {
          const byte = rest.shift();
          if (byte === undefined) controller.close();
          else controller.enqueue(new Uint8Array([byte]));
        },
      });
      const result = await getFrom(new Response(stream, { status: 500 }), { maxBytes });
      equal(result.kind === "ServerError" && result.body, body);
    }
  });

  test("getStatus() decodes Int8Array chunks, invalid bytes, and a BOM in the middle", async () => {
    const chunks = [new Int8Array(bytes("\ufeffa")), bytes("\ufeffb\ufeff"), new Uint8Array([255, 0xe2, 0x82])];
    const result = await getFrom(streaming(chunks));
    equal(result.kind === "ServerError" && result.body, "a\ufeffb\ufeff\ufffd\ufffd");
  });

  test("getStatus() returns network with a TypeError for a chunk that is not bytes", async () => {
    for (const chunk of ["text", new ArrayBuffer(1), new Uint16Array(1), undefined]) {
      const result = await getFrom(streaming([chunk], 200));
      equal(brief(result), "network 200");
      equal(result.cause instanceof TypeError && result.cause.message, "Chunk is not a byte array");
    }
  });

  test("getStatus() returns network for a value that is not a readable Response", async () => {
    const used = new Response("x");
    await used.text();
    const locked = new Response("x");
    locked.body?.getReader();
    const valid = { status: 200, url: "", headers: new Headers(), body: null };
    for (const value of [
      undefined,
      "{}",
      { ok: true, status: 200, json: async () => ({}) },
      { ...valid, status: 200.5 },
      { ...valid, url: 5 },
      { ...valid, headers: {} },
      { ...valid, headers: new Map([["x", 5]]) },
      { ...valid, body: "{}" },
      used,
      locked,
    ]) {
      const result = await getFrom(value);
      const expected = ["network -", "fetch did not return a Response with a readable body"];
      equal([brief(result), result.message], expected);
    }
  });

  test("getStatus() cancels a stream that it does not read to its end", async () => {
    for (const [status, chunk] of [
      ["200", new Uint8Array(1)],
      [200, "text"],
      [200, new Uint8Array(100)],
    ]) {
      let cancelled = 0;
      await getFrom(
        streaming([chunk], status, async () => void cancelled++),
        { maxBytes: 10 },
      );
      equal(cancelled, 1);
    }
  });

  test("getStatus() survives 100,000 nested arrays", async () => {
    equal(brief(await getFrom(new Response("[".repeat(100_000) + "]".repeat(100_000)))), "malformed 200");
  });

  test("the guards accept results that went through JSON or a structured clone", async () => {
    for (const path of ["/full", "/variants", "/404-nested", "/410", "/500", "/html"]) {
      const result = await get(path);
      for (const copy of [JSON.parse(JSON.stringify(result)), structuredClone(result)]) {
        equal(accepted(copy), [result.kind]);
      }
    }
    for (const reason of ["network", "timeout"]) {
      const plain = { kind: "ServerError", reason, message: "m" };
      equal(accepted(structuredClone(plain)), ["ServerError"]);
    }
  });

  test("the guards reject headers that are not a plain object, and sparse links", async () => {
    const result = await get("/full");
    for (const headers of [new Headers(), new Map(), new Date(), [], () => {}]) {
      equal(accepted({ ...result, http: { ...result.http, headers } }), []);
    }
    equal(accepted({ ...result, links: new Array(1) }), []);
  });
}

/** Returns what a promise rejects with, and throws if it does not reject. */
async function rejection(promise: Promise<unknown>): Promise<unknown> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  throw new Error(`expected a rejection, got ${JSON.stringify(value)}`);
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
