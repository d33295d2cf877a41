/**
 * The behaviours that are tested in every runtime. Uses no test runner and no API of Node.
 *
 * The caller passes the library, pasted or installed, and the URLs of the servers.
 */
import type * as Library from "../../src/get-status.ts";
import type { Fetch, GetStatusOptions, Result } from "../../src/get-status.ts";

/** Where the suite runs. */
export interface Place {
  /** The server of `faults.ts`; another origin than a page's. */
  readonly faults: string;
  /** The same server under another origin. */
  readonly away: string;
  /** A URL whose port refuses connections. */
  readonly refused: string;
  /** Workers with an older compatibility date send Authorization to another origin. */
  readonly keepsAuthorization?: boolean;
  /** A browser exposes few headers across origins, and nothing of a redirect that it did not follow. */
  readonly browser?: boolean;
}

export interface Outcome {
  readonly name: string;
  /** What failed, if something did. */
  readonly error?: string;
}

/** Runs every behaviour and returns the outcomes. */
export async function run(library: typeof Library, place: Place): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const [name, behave] of behaviours(library, place)) {
    try {
      await inTime(behave());
      outcomes.push({ name });
    } catch (error) {
      outcomes.push({ name, error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) });
    }
  }
  return outcomes;
}

/** A behaviour that does not end has failed, and must not prevent the others from running. */
function inTime(behaviour: Promise<void> | void): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("did not end")), 10_000);
    Promise.resolve(behaviour)
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}

/** One line for each failure, and the count. */
export function report(outcomes: readonly Outcome[]): string {
  const failed = outcomes.filter(({ error }) => error !== undefined);
  return [
    ...failed.map(({ name, error }) => `FAIL ${name}: ${error}`),
    `${outcomes.length - failed.length} passed, ${failed.length} failed`,
  ].join("\n");
}

type Behaviour = [name: string, behave: () => Promise<void> | void];

function behaviours(library: typeof Library, place: Place): Behaviour[] {
  const { getStatus, isNotFound, isServerError, isStatusInfo } = library;
  const { faults, browser } = place;
  const resultOf = (path: string, opts?: GetStatusOptions): Promise<Result> => getStatus(faults + path, "j", opts);
  const brief = (result: Result): string =>
    `${result.kind} ${result.kind === "StatusInfo" ? result.status : result.reason}`;
  const rejection = async (promise: Promise<unknown>): Promise<unknown> => {
    let result;
    try {
      result = await promise;
    } catch (error) {
      return error;
    }
    throw new Error(`did not reject, but gave ${JSON.stringify(result)}`);
  };
  const answering =
    (body: BodyInit | null, init?: ResponseInit): Fetch =>
    async () =>
      new Response(body, init);
  const keep: Fetch & { calls: Parameters<Fetch>[] } = Object.assign(
    (async (...call: Parameters<Fetch>) => (
      keep.calls.push(call),
      new Response('{"jobID":"j","status":"running"}')
    )) as Fetch,
    { calls: [] },
  );
  const sent = async (
    opts: GetStatusOptions,
    base: string | URL = "https://h",
    id = "j",
  ): Promise<Parameters<Fetch>> => {
    keep.calls.length = 0;
    await getStatus(base, id, { ...opts, fetch: keep });
    equal(keep.calls.length, 1);
    return keep.calls[0]!;
  };

  const full = {
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
      { href: `${faults}/full/jobs/j/results`, rel: "results", type: "application/json", hreflang: "en", title: "R" },
      { href: "https://other.example/x", rel: "self" },
    ],
  };

  return [
    [
      "getStatus() reads a success with every optional member, over a socket",
      async () => {
        const result = await resultOf("/full");
        if (result.kind !== "StatusInfo") throw new Error(brief(result));
        const { document, http, ...rest } = result;
        equal(rest, full);
        equal(document["vendor"], { kept: [1, null] });
        equal(http.status, 200);
        equal(http.url, `${faults}/full/jobs/j`);
        equal(http.headers["content-type"], "application/json");
      },
    ],
    [
      "getStatus() reads nulls as absent",
      async () => {
        const result = await resultOf("/nulls");
        equal(brief(result), "StatusInfo running");
        equal(Object.keys(result).sort(), ["document", "http", "jobID", "kind", "links", "status"]);
      },
    ],
    ["getStatus() reads a compressed answer", async () => equal(brief(await resultOf("/gzip")), "StatusInfo running")],
    [
      "getStatus() drops a BOM, whatever the charset says",
      async () => equal(brief(await resultOf("/bom")), "StatusInfo running"),
    ],
    ...(
      [
        ["404", "NotFound no-such-job"],
        ["404-html", "NotFound unspecified"],
        ["410", "NotFound gone"],
        ["400", "NotFound no-such-job"],
        ["401", "ServerError http"],
        ["429", "ServerError http"],
        ["500", "ServerError http"],
        ["503", "ServerError http"],
        ["html", "ServerError malformed"],
        ["empty", "ServerError malformed"],
        ["204", "ServerError malformed"],
        ["list", "ServerError malformed"],
        ["unknown", "StatusInfo unknown"],
      ] as const
    ).map(([path, expected]): Behaviour => [
      `getStatus() returns ${expected} for /${path}`,
      async () => {
        const result = await resultOf(`/${path}`);
        equal(brief(result), expected);
        equal([isStatusInfo(result), isNotFound(result), isServerError(result)].filter(Boolean).length, 1);
      },
    ]),
    [
      "getStatus() returns the exception and the message of a 404",
      async () => {
        const result = await resultOf("/404");
        if (result.kind !== "NotFound") throw new Error(brief(result));
        equal(result.message, "No job j");
        equal(result.exception?.title, "NoSuchJob");
        equal(JSON.parse(result.body).status, 404);
      },
    ],
    [
      "getStatus() returns Retry-After, names in lower case, and never set-cookie",
      async () => {
        const { http } = await resultOf("/429");
        equal(http?.headers["retry-after"], "17");
        equal(
          Object.keys(http?.headers ?? {}).filter((name) => name !== name.toLowerCase() || name === "set-cookie"),
          [],
        );
        // A browser exposes this header only if the server allows it.
        equal(http?.headers["x-hidden"], browser ? undefined : "1");
      },
    ],
    [
      "getStatus() follows a redirect and returns the final URL",
      async () => {
        const result = await resultOf("/redirect");
        equal(result.http?.url, `${faults}/full/jobs/j`);
        equal(result.kind === "StatusInfo" && result.links[0]?.href, `${faults}/full/jobs/j/results`);
      },
    ],
    [
      "getStatus() returns http for a redirect that is not followed",
      async () => {
        const result = await resultOf("/redirect", {
          fetch: (url, init) => fetch(url, { ...init, redirect: "manual" }),
        });
        equal(brief(result), "ServerError http");
        equal(result.http?.status, browser ? 0 : 302);
        equal(isServerError(result), true);
      },
    ],
    [
      "getStatus() returns a network failure with http for a 2xx that is reset in its body",
      async () => {
        const result = await resultOf("/reset");
        equal(brief(result), "ServerError network");
        equal(result.http?.status, 200);
        equal("cause" in result, true);
      },
    ],
    [
      "getStatus() returns http for a 503 that is reset in its body",
      async () => {
        equal(brief(await resultOf("/reset-503")), "ServerError http");
      },
    ],
    [
      "getStatus() returns a network failure for a refused port",
      async () => {
        const result = await getStatus(place.refused, "j");
        equal(brief(result), "ServerError network");
        equal("http" in result, false);
        equal(result.kind !== "StatusInfo" && result.message, "Request failed: see cause");
      },
    ],
    [
      "getStatus() stops an endless body at maxBytes, and closes the connection",
      async () => {
        const result = await resultOf("/endless", { maxBytes: 10_000 });
        equal(brief(result), "ServerError malformed");
        equal(result.kind === "ServerError" && result.body, "x".repeat(10_000));
        // The server answers once that connection has closed.
        equal(await (await fetch(`${faults}/endless-closed`)).text(), "closed");
      },
    ],
    [
      "getStatus() returns a timeout when the time limit expires, before the call, before the head and in the body",
      async () => {
        const expired = AbortSignal.timeout(1);
        while (!expired.aborted) await new Promise((done) => setTimeout(done, 5));
        for (const [path, limit] of [
          ["/full", () => expired],
          ["/no-head", () => AbortSignal.timeout(50)],
          // Browsers of 2022 and Workers of 2024 may lack it.
          ["/no-head", () => AbortSignal.any?.([new AbortController().signal, AbortSignal.timeout(50)])],
        ] as const) {
          const signal = limit();
          if (!signal) continue;
          const result = await resultOf(path, { signal });
          equal([brief(result), result.message, "http" in result], ["ServerError timeout", "Request timed out", false]);
          identical(result.cause, signal.reason);
          equal([isStatusInfo(result), isNotFound(result), isServerError(result)], [false, false, true]);
        }
        const abort = new AbortController();
        const cut = await resultOf("/no-body", {
          signal: abort.signal,
          fetch: async (url, init) => {
            const response = await fetch(url, init);
            abort.abort(expired.reason);
            return response;
          },
        });
        equal([brief(cut), cut.http?.status], ["ServerError timeout", 200]);
        const late = AbortSignal.timeout(20);
        const result = await getStatus("https://h", "j", {
          signal: late,
          fetch: () => new Promise((_, reject) => setTimeout(() => reject(new Error("late")), 60)),
        });
        equal(brief(result), "ServerError timeout");
        identical(result.cause, late.reason);
      },
    ],
    [
      "getStatus() rejects with the reason itself, whatever it is, before, during and after the head",
      async () => {
        for (const reason of ["stop", 5, { own: true }, new Error("own")]) {
          identical(await rejection(resultOf("/full", { signal: AbortSignal.abort(reason) })), reason);
          for (const path of ["/no-head", "/no-body"]) {
            const abort = new AbortController();
            const pending = rejection(
              resultOf(path, {
                signal: abort.signal,
                fetch: async (url, init) => {
                  if (path === "/no-head") setTimeout(() => abort.abort(reason), 20);
                  const response = await fetch(url, init);
                  setTimeout(() => abort.abort(reason), 20);
                  return response;
                },
              }),
            );
            identical(await pending, reason);
          }
        }
      },
    ],
    [
      "getStatus() rejects invalid arguments with a TypeError that contains no secret, and sends nothing",
      async () => {
        keep.calls.length = 0;
        const h = "https://h";
        const cases: [message: string, base: unknown, id: unknown, opts?: object][] = [
          ...["", ".", "..", "\ud800", 5, null, undefined].map((id): [string, unknown, unknown] => [
            'jobId must be a well-formed string other than "", "." and ".."',
            h,
            id,
          ]),
          ...["", "/x", "ftp://h", "https://secret[", null].map((base): [string, unknown, unknown] => [
            "baseUrl must be an absolute http: or https: URL",
            base,
            "j",
          ]),
          ...["https://secret@h", "https://u:secret@h", "https://:secret@h"].map((base): [string, unknown, unknown] => [
            "baseUrl must not contain credentials: send an Authorization header instead",
            base,
            "j",
          ]),
          ...[
            { "x-a": undefined },
            { "x-a": 5 },
            { "x-a": ["secret"] },
            { "x-a": "secret\nx: y" },
            { "x a": "secret" }, // not "", which workerd takes
            [["x-a"]],
            [["x-a", "secret", "secret"]],
            ["secret"],
            null,
            5,
            "secret",
            () => "secret",
            new Map([["x-a", 5]]),
            { forEach: (add: (value: unknown, name: unknown) => void) => add(undefined, "x-a") },
          ].map((headers): [string, unknown, unknown, object] => [
            "headers must have valid names and string values",
            h,
            "j",
            { headers },
          ]),
          ...[null, 5, {}].map((fetch): [string, unknown, unknown, object] => [
            "fetch must be a function (pass one if the platform has none)",
            h,
            "j",
            { fetch },
          ]),
          ...[new AbortController(), {}, 5, "", false].map((signal): [string, unknown, unknown, object] => [
            "signal must be an AbortSignal",
            h,
            "j",
            { signal },
          ]),
          ...[NaN, -1, "5", null].map((maxBytes): [string, unknown, unknown, object] => [
            "maxBytes must be a non-negative number",
            h,
            "j",
            { maxBytes },
          ]),
        ];
        for (const [message, base, id, opts] of cases) {
          const error = await rejection(getStatus(base as string, id as string, { fetch: keep, ...opts })).catch(
            (error: Error) => {
              throw new Error(`${message}, ${JSON.stringify([base, id, opts])}: ${error.message}`);
            },
          );
          if (!(error instanceof TypeError)) throw new Error(`${message}: no TypeError, but ${String(error)}`);
          equal(error.message, `getStatus: ${message}`);
          equal(error.cause, undefined);
          equal(String(error.stack).includes("secret"), false);
        }
        equal(keep.calls, []);
      },
    ],
    [
      "getStatus() sends the caller's headers over a socket, given as a record, pairs or Headers",
      async () => {
        const record = { Authorization: "Bearer t", "X-A": "1" };
        for (const headers of [record, Object.entries(record), new Headers(record)]) {
          const result = await resultOf("/echo", { headers });
          const seen = result.kind === "StatusInfo" ? (result.document["seen"] as Record<string, string>) : {};
          equal([seen["accept"], seen["authorization"], seen["x-a"]], ["application/json", "Bearer t", "1"]);
          equal(result.kind === "StatusInfo" && result.document["accepts"], 1);
        }
        const html = await resultOf("/echo", { headers: { ACCEPT: "text/html" } });
        equal(html.kind === "StatusInfo" && (html.document["seen"] as Record<string, string>)["accept"], "text/html");
      },
    ],
    [
      "getStatus() leaves redirects to another origin to the platform, which keeps every header but Authorization (Workers kept that too until 2025)",
      async () => {
        const result = await getStatus(`${faults}/redirect-away?to=${place.away}`, "j", {
          headers: { Authorization: "Bearer t", "X-A": "1" },
        });
        const seen = result.kind === "StatusInfo" ? (result.document["seen"] as Record<string, string>) : {};
        equal([seen["authorization"], seen["x-a"]], [place.keepsAuthorization ? "Bearer t" : undefined, "1"]);
        const refused = await getStatus(`${faults}/redirect-away?to=${place.away}`, "j", {
          headers: { "X-A": "1" },
          fetch: (url, init) => fetch(url, { ...init, redirect: "manual" }),
        });
        equal(brief(refused), "ServerError http");
      },
    ],
    [
      "getStatus() passes a plain record with lower-case names to an injected fetch",
      async () => {
        equal(await sent({}), ["https://h/jobs/j", { method: "GET", headers: { accept: "application/json" } }]);
        for (const headers of [{ "X-A": "1" }, [["X-A", "1"]] as [string, string][], new Headers({ "X-A": "1" })]) {
          equal((await sent({ headers }))[1].headers, { accept: "application/json", "x-a": "1" });
        }
        equal(
          (
            await sent({
              headers: [
                ["X-A", "1"],
                ["x-a", "2"],
              ],
            })
          )[1].headers,
          { accept: "application/json", "x-a": "1, 2" },
        );
      },
    ],
    [
      "getStatus() builds the same URL everywhere",
      async () => {
        for (const [base, id, url] of [
          ["https://h/ogc/?key=1#x", "j", "https://h/ogc/jobs/j?key=1"],
          ["https://h//evil", "a/b", "https://h//evil/jobs/a%2Fb"],
          ["HTTPS://H:443//", "a%2Fb", "https://h/jobs/a%252Fb"],
          ["http://[::1]:8080/x", "日本 😀", "http://[::1]:8080/x/jobs/%E6%97%A5%E6%9C%AC%20%F0%9F%98%80"],
          ["https://h", "(it's)!*~_", "https://h/jobs/(it's)!*~_"],
          ["https://h/a b", "...", "https://h/a%20b/jobs/..."],
          [`https://h/${"/".repeat(60_000)}x`, "j", `https://h/${"/".repeat(60_000)}x/jobs/j`],
          [`https://h/x${"/".repeat(60_000)}`, "j", "https://h/x/jobs/j"],
        ] as const) {
          equal((await sent({}, base, id))[0], url);
          equal((await sent({}, new URL(base), id))[0], url);
        }
      },
    ],
    [
      "getStatus() calls fetch as a bare function",
      async () => {
        const seen: unknown[] = [];
        const opts = {
          async fetch(this: unknown): Promise<Response> {
            return (seen.push(this), new Response("{}"));
          },
        };
        await getStatus("https://h", "j", opts as GetStatusOptions);
        equal(seen, [undefined]);
      },
    ],
    [
      "getStatus() returns what an injected fetch throws as cause",
      async () => {
        for (const cause of [new Error("x"), "text", 5, null]) {
          const result = await getStatus("https://h", "j", { fetch: () => Promise.reject(cause) });
          identical(result.kind === "ServerError" && result.cause, cause);
        }
      },
    ],
    [
      "getStatus() decodes a body that arrives byte by byte, and does not split a character at maxBytes",
      async () => {
        const bytes = new TextEncoder().encode("\ufeffaé€😀");
        const fetch = (): Fetch => {
          const rest = [...bytes];
          return async () =>
            new Response(
              new ReadableStream({
                pull(controller) {
                  const byte = rest.shift();
                  if (byte === undefined) controller.close();
                  else controller.enqueue(new Uint8Array([byte]));
                },
              }),
              { status: 500 },
            );
        };
        const body = async (maxBytes?: number): Promise<unknown> => {
          const result = await getStatus("https://h", "j", { fetch: fetch(), maxBytes });
          return result.kind === "ServerError" && result.body;
        };
        equal(await body(), "aé€😀");
        equal(
          [await body(2), await body(4), await body(5), await body(8), await body(12)],
          ["", "a", "a", "aé", "aé€"],
        );
      },
    ],
    [
      "getStatus() does not parse a body that is over maxBytes",
      async () => {
        const result = await getStatus("https://h", "j", {
          fetch: answering('{"jobID":"j","status":"running"} '),
          maxBytes: 32,
        });
        equal(result.kind === "ServerError" && [result.message, result.body], [
          "Response body is too large (see maxBytes)",
          '{"jobID":"j","status":"running"}',
        ]);
      },
    ],
    [
      "getStatus() describes a body that is not a job status",
      async () => {
        equal((await resultOf("/html")).message, "Response body is not JSON (Content-Type: text/html)");
        equal((await resultOf("/empty")).message, "Response body is empty");
        equal((await resultOf("/204")).message, "Response body is empty");
        equal((await resultOf("/list")).message, "Response body is not a job status: it has no status or no job id");
      },
    ],
    [
      "getStatus() returns a network failure for a value that is not a readable Response",
      async () => {
        const used = new Response("x");
        await used.text();
        const locked = new Response("x");
        locked.body?.getReader();
        const headers = new Headers();
        for (const value of [
          undefined,
          null,
          "{}",
          {},
          { ok: true, status: 200, json: async () => ({}) },
          { status: "200", url: "", headers, body: null },
          { status: 200.5, url: "", headers, body: null },
          { status: 200, url: 5, headers, body: null },
          { status: 200, url: "", headers: {}, body: null },
          { status: 200, url: "", headers: new Map([["x", 5]]), body: null },
          { status: 200, url: "", headers, body: undefined },
          { status: 200, url: "", headers, body: "{}" },
          used,
          locked,
        ]) {
          const result = await getStatus("https://h", "j", { fetch: (async () => value) as unknown as Fetch });
          equal(result.message, "fetch did not return a Response with a readable body");
          equal("http" in result, false);
          equal([isStatusInfo(result), isNotFound(result), isServerError(result)], [false, false, true]);
        }
      },
    ],
    [
      "getStatus() cancels a stream that it does not read to its end",
      async () => {
        for (const [status, chunk] of [
          ["200", new Uint8Array(1)],
          [200, "text"],
          [200, new ArrayBuffer(1)],
          [200, new Uint8Array(100)],
        ]) {
          let cancelled = 0;
          const read = async (): Promise<unknown> => ({ done: false, value: chunk });
          const body = { getReader: () => ({ read, cancel: async () => void cancelled++ }) };
          const fetch = async (): Promise<unknown> => ({ status, url: "", headers: new Headers(), body });
          await getStatus("https://h", "j", { fetch: fetch as unknown as Fetch, maxBytes: 10 });
          equal(cancelled, 1);
        }
      },
    ],
    [
      "getStatus() does not resolve links that a long URL would multiply",
      async () => {
        const url = `https://h/${"x".repeat(15_000)}/`;
        const links = Array.from({ length: 80_000 }, () => ({ href: "a" }));
        const { body, headers } = new Response(JSON.stringify({ jobID: "j", status: "running", links }));
        const result = await getStatus("https://h", "j", { fetch: async () => ({ status: 200, url, headers, body }) });
        equal(result.kind === "StatusInfo" && result.links.length, 80_000);
        equal(result.kind === "StatusInfo" && result.links[79_999]?.href, "a");
      },
    ],
    [
      "getStatus() sends the headers of every kind of object",
      async () => {
        for (const headers of [
          new Map([["X-A", "1"]]),
          { forEach: (add: (value: string, name: string) => void) => add("1", "X-A") },
          (function* (): Generator<[string, string]> {
            yield ["X-A", "1"];
          })(),
        ]) {
          equal((await sent({ headers }))[1].headers, { accept: "application/json", "x-a": "1" });
        }
      },
    ],
    [
      "the guards reject headers that are not a plain object, and sparse links",
      async () => {
        const result = await resultOf("/full");
        for (const headers of [new Headers(), new Map(), new Date(), [], () => {}]) {
          equal(isStatusInfo({ ...result, http: { ...result.http, headers } }), false);
        }
        equal(isStatusInfo({ ...result, links: new Array(1) }), false);
        equal(isStatusInfo({ ...result, reason: "http" }), false);
        equal(isStatusInfo(result), true);
      },
    ],
    [
      "getStatus() survives 100,000 nested arrays",
      async () => {
        const nested = "[".repeat(100_000) + "]".repeat(100_000);
        equal(brief(await getStatus("https://h", "j", { fetch: answering(nested) })), "ServerError malformed");
      },
    ],
    [
      "the guards hold for results that went through JSON or a structured clone",
      async () => {
        const guards = { StatusInfo: isStatusInfo, NotFound: isNotFound, ServerError: isServerError };
        for (const path of ["/full", "/nulls", "/404", "/410", "/500", "/html", "/reset"]) {
          const result = await resultOf(path);
          const { cause: _, ...plain } = result as { cause?: unknown }; // not every platform can clone every error
          for (const copy of [result, JSON.parse(JSON.stringify(result)), structuredClone(plain)]) {
            equal(
              Object.entries(guards)
                .filter(([, guard]) => guard(copy))
                .map(([kind]) => kind),
              [result.kind],
            );
          }
        }
      },
    ],
  ];
}

function identical(actual: unknown, expected: unknown): void {
  if (!Object.is(actual, expected)) throw new Error(`${String(actual)} is not the same as ${String(expected)}`);
}

/** Equal as JSON, the order of members apart. */
function equal(actual: unknown, expected: unknown): void {
  const show = (value: unknown): string =>
    JSON.stringify(value, (_, member: unknown) =>
      member && typeof member === "object" && !Array.isArray(member)
        ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
        : member === undefined
          ? "undefined"
          : member,
    );
  const [a, b] = [show(actual), show(expected)];
  if (a !== b) throw new Error(`got ${a.slice(0, 300)}, expected ${b.slice(0, 300)}`);
}
