import * as assert from "uvu/assert";
import { getStatus, type Fetch, type GetStatusOptions } from "../../src/get-status.ts";
import { describe } from "../runner/suite.ts";
import { STATUS, answering, brief, fail, getFrom, rejection, responseLike, type Init } from "../support/fetches.ts";
import { isIn, withGlobal } from "../support/place.ts";

type RequestHeaders = NonNullable<GetStatusOptions["headers"]>;

describe("the URL", (test) => {
  for (const [baseUrl, jobId, url] of [
    ["https://h", "j", "https://h/jobs/j"],
    ["https://h/ogc", "j", "https://h/ogc/jobs/j"],
    ["https://h/ogc///", "j", "https://h/ogc/jobs/j"],
    ["https://h//evil", "j", "https://h//evil/jobs/j"],
    ["https://h/ogc/?key=1", "j", "https://h/ogc/jobs/j?key=1"],
    ["https://h?key=1", "j", "https://h/jobs/j?key=1"],
    ["https://h/ogc?next=/a/&key=a%2Fb", "j", "https://h/ogc/jobs/j?next=/a/&key=a%2Fb"],
    ["https://h/ogc#top", "j", "https://h/ogc/jobs/j"],
    ["HTTP://H:80/ogc", "j", "http://h/ogc/jobs/j"],
    ["http://[::1]:8080/x", "j", "http://[::1]:8080/x/jobs/j"],
    ["https://h/a b/$&/", "j", "https://h/a%20b/$&/jobs/j"],
    ["https://h/user@host/?mail=a@b", "j", "https://h/user@host/jobs/j?mail=a@b"],
    ["https://h/jobs", "j", "https://h/jobs/jobs/j"],
    ["https://h", " j\n", "https://h/jobs/%20j%0A"],
    ["https://h", "J", "https://h/jobs/J"],
    ["https://h", "a/b", "https://h/jobs/a%2Fb"],
    ["https://h", "a%2Fb", "https://h/jobs/a%252Fb"],
    ["https://h", "a?b#c", "https://h/jobs/a%3Fb%23c"],
    ["https://h", "...", "https://h/jobs/..."],
    ["https://h", "$& \t\n\\", "https://h/jobs/%24%26%20%09%0A%5C"],
    ["https://h", "日本 😀", "https://h/jobs/%E6%97%A5%E6%9C%AC%20%F0%9F%98%80"],
    ["https://h", "(it's)!*~_", "https://h/jobs/(it's)!*~_"],
  ] as const)
    test(`getStatus() requests ${url} for the job ${JSON.stringify(jobId)} of ${baseUrl}`, async () => {
      for (const base of [baseUrl, new URL(baseUrl)]) {
        const before = String(base);
        const fetch = answering(STATUS);
        const result = await getStatus(base, jobId, { fetch });
        assert.equal([fetch.calls.length, fetch.calls[0]![0], result.http?.url], [1, url, url]);
        assert.is(new URL(url).href, url); // sending it changes nothing further
        assert.is(String(base), before);
      }
    });

  test("getStatus() trims 1,000,000 slashes at the end, and none elsewhere, in linear time", async () => {
    // In quadratic time, this would take longer than a test file may.
    const slashes = "/".repeat(1_000_000);
    const fetch = answering(STATUS);
    for (const path of [slashes, `${slashes}x`]) await getStatus(`https://h/ogc${path}`, "j", { fetch });
    const [first, second] = fetch.calls.map(([url]) => url);
    assert.ok(first === "https://h/ogc/jobs/j" && second === `https://h/ogc${slashes}x/jobs/j`);
  });
});

/** Workers before the compatibility date 2024-11-11 throw for the option. */
const CACHE = isIn("workerd 2024-01-01", "workerd 2024-11-10") ? {} : ({ cache: "no-store" } as const);

describe("the call of fetch", (test) => {
  async function sent(headers?: RequestHeaders): Promise<Init> {
    const fetch = answering(STATUS);
    await getStatus("https://h", "j", headers === undefined ? { fetch } : { fetch, headers });
    assert.is(fetch.calls.length, 1);
    return fetch.calls[0]![1];
  }

  test("getStatus() sends a GET that accepts JSON, and nothing else", async () => {
    assert.equal(await sent(), { method: "GET", headers: { accept: "application/json" }, ...CACHE });
  });

  const json = { accept: "application/json" };
  type Callback = (value: string, name: string) => void;
  const twice = (add: Callback): unknown => [add("1", "X-A"), add("2", "x-a")];
  const given: [name: string, headers: () => unknown, expected: Record<string, string>][] = [
    ["a record", () => ({ Authorization: "Bearer t", "X-A": "1" }), { ...json, authorization: "Bearer t", "x-a": "1" }],
    ["pairs", () => [["Authorization", "Bearer t"]], { ...json, authorization: "Bearer t" }],
    ["a Headers", () => new Headers({ "X-A": "1" }), { ...json, "x-a": "1" }],
    ["a Map", () => new Map([["X-A", "1"]]), { ...json, "x-a": "1" }],
    ["an iterator", () => Object.entries({ "X-A": "1", "X-B": "2" }).values(), { ...json, "x-a": "1", "x-b": "2" }],
    ["an object with forEach", () => ({ forEach: twice }), { ...json, "x-a": "1, 2" }],
    ["an inherited forEach", () => Object.create({ forEach: twice }), { ...json, "x-a": "1, 2" }],
    ["no inherited properties", () => Object.create({ "x-inherited": "1" }), json],
    ["a header named forEach", () => ({ forEach: "1" }), { ...json, foreach: "1" }],
    ["a header named constructor", () => ({ constructor: "1" }), { ...json, constructor: "1" }],
    ["a header named __proto__", () => [["__proto__", "1"]], { ...json, ["__proto__"]: "1" }],
    ["a name twice", () => Object.entries({ "X-A": "1", "x-a": "2" }), { ...json, "x-a": "1, 2" }],
    ["Latin-1 in a value", () => ({ "x-name": "Jürgen" }), { ...json, "x-name": "Jürgen" }],
    ["Set-Cookie", () => Object.entries({ "Set-Cookie": "1", "set-cookie": "2" }), { ...json, "set-cookie": "2" }],
    ["accept", () => ({ accept: "text/html" }), { accept: "text/html" }],
    ["aCCept in a Headers", () => new Headers([["aCCept", "text/html"]]), { accept: "text/html" }],
    ["an empty Accept", () => ({ Accept: "" }), { accept: "" }],
  ];
  for (const [name, headers, expected] of given)
    test(`getStatus() sends ${name} in a plain record, names in lower case`, async () => {
      const init = await sent(headers() as RequestHeaders);
      assert.equal(init.headers, expected);
      assert.equal({ ...init.headers }, expected);
    });

  test("getStatus() reads the headers of the caller once", async () => {
    let reads = 0;
    const count = (): [string, string][] => (reads++, [["X-A", "1"]]);
    for (const headers of [
      { [Symbol.iterator]: () => count().values() },
      { forEach: (add: Callback) => count().forEach(([name, value]) => add(value, name)) },
      Object.defineProperty({}, "X-A", { enumerable: true, get: () => count()[0]![1] }),
    ] as RequestHeaders[])
      assert.is((await sent(headers)).headers["x-a"], "1");
    assert.is(reads, 3);
  });

  test("getStatus() reads each option once", async () => {
    const reads: string[] = [];
    const { signal } = new AbortController();
    const given = { fetch: answering(STATUS), headers: {}, signal, maxBytes: 1_000 };
    const get = (target: object, name: string): unknown => (reads.push(name), Reflect.get(target, name));
    await getStatus("https://h", "j", new Proxy(given, { get } as ProxyHandler<typeof given>));
    assert.equal(reads.sort(), ["fetch", "headers", "maxBytes", "signal"]);
  });

  test("getStatus() writes nothing to the console", async () => {
    const used: PropertyKey[] = [];
    const watched = new Proxy(console, { get: (_, name) => (used.push(name), () => {}) });
    await withGlobal("console", watched, async () => {
      const fetch = (): Promise<never> => Promise.reject(new Error("x"));
      for (const opts of [{}, { maxBytes: -1 }, { signal: AbortSignal.abort() }])
        await getStatus("https://h", "j", { fetch, ...opts }).catch(() => {});
      for (const status of [200, 404, 500]) await getFrom(responseLike({ status }));
      for (const body of ["<p>", "", "longer"]) await getFrom(new Response(body), { maxBytes: 5 });
    });
    assert.equal(used, []);
  });

  test("getStatus() passes the signal on, and no signal if there is none", async () => {
    const { signal } = new AbortController();
    const fetch = answering(STATUS);
    for (const given of [signal, undefined, null as never]) await getStatus("https://h", "j", { fetch, signal: given });
    const [first, ...others] = fetch.calls.map(([, init]) => init);
    assert.equal([first!.signal === signal, Object.keys(first!).length], [true, 3 + Object.keys(CACHE).length]);
    for (const init of others) assert.not("signal" in init);
  });

  for (const [name, value, cache] of [
    ["a Request that inherits the property", { prototype: Object.create({ cache: "default" }) }, "no-store"],
    ["no global Request", undefined, undefined],
    ["a Request without the property, as in Workers before 2024-11-11", class {}, undefined],
    ["a Request that is an arrow function", () => {}, undefined],
  ] as const)
    test(`getStatus() passes ${cache ? `cache: "${cache}"` : "no cache option"} to fetch with ${name}`, () =>
      withGlobal("Request", value, async () => {
        const init = await sent();
        assert.is(init.cache, cache);
        assert.is("cache" in init, cache !== undefined);
      }));

  test("getStatus() lets a wrapper change the init and its headers, and shares them with no other call", async () => {
    const seen: object[] = [];
    const fetch: Fetch = async (_, init) => {
      seen.push({ ...init, headers: { ...init.headers } });
      delete init.headers["x-a"];
      Object.assign(init.headers, { "x-b": "2" });
      Object.assign(init, { redirect: "manual" });
      return Response.json(STATUS);
    };
    const opts = Object.freeze({ fetch, headers: Object.freeze({ "x-a": "1" }) });
    for (let call = 0; call < 2; call++) assert.is(brief(await getStatus("https://h", "j", opts)), "running");
    const init = { method: "GET", headers: { accept: "application/json", "x-a": "1" }, ...CACHE };
    assert.equal(seen, [init, init]);
  });

  test("getStatus() calls fetch as a bare function, with two arguments", async () => {
    const seen: unknown[] = [];
    const fetch = async function (this: unknown, ...args: unknown[]): Promise<Response> {
      seen.push(this, args.length);
      return Response.json(STATUS);
    };
    await getStatus("https://h", "j", { fetch: fetch as Fetch });
    assert.equal(seen, [undefined, 2]);
  });

  test("getStatus() looks up the platform's fetch when it is called", () =>
    withGlobal("fetch", answering({ jobID: "patched", status: "running" }), async () => {
      for (const opts of [undefined, {}, { fetch: undefined }]) {
        const result = await getStatus("https://h", "j", opts);
        assert.is(result.kind === "StatusInfo" && result.jobID, "patched");
      }
    }));
});

/** Checks that a call rejects with a TypeError that repeats nothing of its arguments, and sends nothing. */
async function refuses(message: string, args: object): Promise<void> {
  const fetch = answering(STATUS);
  const { baseUrl, jobId, opts, ...rest } = { baseUrl: "https://h", jobId: "j", opts: {}, ...args };
  // Never a synchronous throw.
  const error = await rejection(getStatus(baseUrl, jobId, "opts" in args ? opts : { fetch, ...rest }));
  assert.ok(error instanceof TypeError, String(error));
  assert.is(error.message, `getStatus: ${message}`);
  assert.is(error.cause, undefined);
  assert.not.match(String(error.stack), /secret/);
  assert.equal(fetch.calls, []);
}

const NO_FETCH = "fetch must be a function (pass one if the platform has none)";

describe("an invalid argument", (test) => {
  const withFile = new FormData();
  withFile.set("x-key", new Blob(["secret"]));
  const NO_URL =
    "|/ogc|h/ogc|ftp://h/|file:///etc|data:application/json,{}|javascript:alert(1)|blob:https://h/1|httpx://h";
  const PAIRS = [["x-key", undefined], ["x-key"], ["x-key", "a", "b"], "secret", "ab", [5, "secret"], null, Array(2)];
  const VALUES = [undefined, null, 5, ["secret"], { toString: () => "secret" }, "secret\r\nx: 1", "secret\0"];
  // Workers send these.
  const elsewhere = isIn("workerd") ? [] : [{ "": "secret" }, { "x-key": "secret €" }];
  const invalid: Readonly<Record<string, unknown[]>> = {
    "baseUrl must be an absolute http: or https: URL": [
      ...NO_URL.split("|"),
      ...["https-x://h", "https://secret[secret/", "https://h:secret/", new URL("ftp://h/?secret")],
      ...[undefined, null, 5, Symbol("u"), {}, Object.create(null)],
    ],
    "baseUrl must not contain credentials: send an Authorization header instead": [
      ...["https://secret@h/", "https://u:secret@h/", "https://:secret@h/", new URL("https://u:secret@h/")],
    ],
    'jobId must be a well-formed string other than "", "." and ".."': [
      ...["", ".", "..", "a\ud800", "\udc00b", undefined, null, 5, 5n, Symbol("j"), { toString: () => "j" }, ["j"]],
      ...[new String("j"), Object.create(null)],
    ],
    "headers must have valid names and string values": [
      ...[null, 5, "secret: 1", true, () => "secret", Symbol("secret"), { "x key": "secret" }, ...elsewhere],
      ...VALUES.map((value) => ({ "x-key": value })),
      ...[...PAIRS, { 0: "x-key", 1: "secret", length: 2 }].map((pair) => [pair]),
      ...[new Map([["x-key", 5]]), new Map([["x-key", undefined]]), withFile],
      { forEach: (add: (value?: string, name?: string) => void) => add(undefined, "x-key") },
      { forEach: (add: (value: string, name: number) => void) => add("secret", 5) },
      { forEach: () => fail("secret") },
      { [Symbol.iterator]: () => fail("secret") },
    ],
    [NO_FETCH]: [null, 5, "fetch", {}, true],
    "signal must be an AbortSignal": [
      ...[new AbortController(), {}, { throwIfAborted: true, aborted: false }, 5, 0, "abort", "", false],
    ],
    "maxBytes must be a non-negative number": [NaN, -1, -0.001, -Infinity, "5", null, {}, [5], true, 5n],
    "opts must be an object": [null, 5, "x", true, () => {}, Symbol("x")],
  };
  for (const [message, values] of Object.entries(invalid)) {
    const name = message.split(" ")[0]!;
    values.forEach((value, index) => {
      const shown = typeof value === "object" ? JSON.stringify(value) : String(value);
      test(`getStatus() rejects the ${name} ${index + 1} of ${values.length}: ${shown}`, () =>
        refuses(message, { [name]: value }));
    });
  }

  test("getStatus() does not resolve a relative base URL against the location of a page", async () => {
    const check = async (): Promise<void> => {
      for (const baseUrl of ["/ogcapi", "ogcapi", "//h/ogcapi", ""])
        await refuses("baseUrl must be an absolute http: or https: URL", { baseUrl });
    };
    // A page has one, and would go to another.
    await (isIn("Chromium") ? check() : withGlobal("location", new URL("https://page.example/app/"), check));
  });

  test("getStatus() rejects a missing fetch if the platform has none, and uses one that is passed", () =>
    withGlobal("fetch", undefined, async () => {
      await refuses(NO_FETCH, { fetch: undefined });
      assert.is(brief(await getStatus("https://h", "j", { fetch: answering(STATUS) })), "running");
    }));

  test("getStatus() checks opts, baseUrl, jobId, headers, fetch, signal and maxBytes in this order, and an abort last", async () => {
    const invalid = { headers: 5, fetch: 5, signal: 5, maxBytes: NaN };
    const fetch = answering(STATUS);
    const aborted = { fetch, signal: AbortSignal.abort("late") };
    const calls: [string, Promise<unknown>][] = [
      ["opts", getStatus("x", "", null as never)],
      ["baseUrl", getStatus("x", "", invalid as never)],
      ["baseUrl", getStatus("https://user@h", "", invalid as never)],
      ["jobId", getStatus("https://h", "", invalid as never)],
      ["headers", getStatus("https://h", "j", invalid as never)],
      ["fetch", getStatus("https://h", "j", { ...invalid, headers: {} } as never)],
      ["signal", getStatus("https://h", "j", { ...invalid, headers: {}, fetch } as never)],
      ["maxBytes", getStatus("https://h", "j", { ...aborted, maxBytes: NaN })],
      ["baseUrl", getStatus("x", "j", aborted)],
    ];
    for (const [name, call] of calls)
      assert.match(String(await rejection(call)), new RegExp(`^TypeError: getStatus: ${name} `));
  });
});
