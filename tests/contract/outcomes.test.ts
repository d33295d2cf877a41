import * as assert from "uvu/assert";
import { getStatus, type Fetch, type Result } from "../../src/get-status.ts";
import { describe } from "../runner/suite.ts";
import { STATUS, answering, brief, bytes, chunks, fail, getFrom, responseLike } from "../support/fetches.ts";

const URL_REQUESTED = "https://h/jobs/j";

const getResult = (fetch: Fetch, maxBytes?: number): Promise<Result> =>
  getStatus("https://h", "j", { fetch, maxBytes });

describe("the kind and the reason", (test) => {
  const json = JSON.stringify(STATUS);
  // wire/ has every status from 200 to 599. The constructor of Response rejects others, but a fetch may return them.
  const others = [-1, 0, 101, 199, 300, 302, 399, 400, 401, 403, 405, 429, 499, 500, 503, 599, 999, 2000];
  const outcomes: [status: number, body: string | null, outcome: string][] = [
    ...[200, 201, 202, 203, 206, 299].map((status): [number, string, string] => [status, json, "running"]),
    ...others.map((status): [number, string, string] => [status, json, `http ${status}`]),
    [404, json, "unspecified 404"],
    [410, json, "gone 410"],
    [202, "", "malformed 202"],
    [204, null, "malformed 204"],
    [205, null, "malformed 205"],
    [304, null, "http 304"],
    [0, null, "http 0"],
  ];
  for (const [status, body, outcome] of outcomes)
    test(`getStatus() returns ${outcome} for a ${status} with the body ${body}, after one request`, async () => {
      const { body: stream } = new Response(body);
      const urls: string[] = [];
      const result = await getResult(async (url) => {
        urls.push(url);
        return responseLike({ status, body: stream });
      });
      assert.is(brief(result), outcome);
      assert.equal(urls, [URL_REQUESTED]);
      assert.equal(result.http, { status, url: URL_REQUESTED, headers: {} });
      if (result.kind === "StatusInfo") assert.equal(result.document, STATUS);
      else assert.is(result.body, body ?? "");
    });
});

describe("a malformed response", (test) => {
  const json = { "content-type": "application/json" };
  const notJson = (type: string): string => `Response body is not JSON (Content-Type: ${type})`;
  const notStatus = ["null", "true", "5", '"running"', "[]", `[${JSON.stringify(STATUS)}]`, "{}", '{"detail":"other"}'];
  type Row = [body: string | null, headers: Record<string, string>, message: string];
  for (const [body, headers, message] of [
    ["", json, "Response body is empty"],
    [null, json, "Response body is empty"],
    ["\ufeff", json, "Response body is empty"],
    [" ", json, notJson("application/json")],
    ["{} x", json, notJson("application/json")],
    ['{"jobID":"j","status":"running"', json, notJson("application/json")],
    ["<p>", { "Content-Type": "text/html; charset=utf-8" }, notJson("text/html; charset=utf-8")],
    ["<p>", { "content-type": "" }, notJson("none")],
    ["<p>", {}, notJson("none")],
    ...notStatus.map((text): Row => [text, {}, "Response body is not a job status: it has no status or no job id"]),
    ["x".repeat(101), {}, "Response body is too large (see maxBytes)"],
  ] as Row[])
    test(`getStatus() returns the message "${message}" for ${JSON.stringify(body)}`, async () => {
      const content = body === null ? null : bytes(body); // a string would set a Content-Type
      const result = await getResult(async () => new Response(content, { headers }), 100);
      assert.is(brief(result), "malformed 200");
      assert.is(result.message, message);
    });
});

describe("a fetch that fails", (test) => {
  const thrower = new Proxy({}, { get: () => fail() });
  const code = (value: unknown): object => ({ code: value });
  const inner = (value: unknown): object => ({ cause: { code: value } });
  const others = [new TypeError("x"), "text", "", 5, 0, false, null, undefined, Symbol("x")];
  for (const [name, cause, expected] of [
    ...others.map((cause): [string, unknown] => [`no code of ${String(cause)}`, cause]),
    ["the code of the cause, as in Bun", code("ConnectionRefused"), "ConnectionRefused"],
    ["the code of its cause, as in Node", inner("ECONNREFUSED"), "ECONNREFUSED"],
    ["the outer one of two codes", { ...code("A"), ...inner("B") }, "A"],
    ["the inner one if the outer is not one", { ...code("a b"), ...inner("B") }, "B"],
    ["a code of 40 characters", code("E".repeat(40)), "E".repeat(40)],
    ["a code of word characters", code("err_9"), "err_9"],
    ["no code of 41 characters", code("E".repeat(41)), undefined],
    ["no code with another character", code("E-1"), undefined],
    ["no code with a line end", code("E\n"), undefined],
    ["no code with a letter outside ASCII", code("É"), undefined],
    ["no String object", code(new String("E")), undefined],
    ["no code below the second level", { cause: inner("E") }, undefined],
    ["no code of a function's cause that is a text", { cause: "ECONNREFUSED" }, undefined],
    ["no code if reading it throws", thrower, undefined],
  ] as [string, unknown, string?][])
    test(`getStatus() returns the cause of a network failure, and in the message ${name}`, async () => {
      const failure = (message: string): object => ({
        kind: "ServerError",
        reason: "network",
        message: `${message}: ${expected ?? "see cause"}`,
        ...(cause !== undefined && { cause }),
      });
      const throwing = (): never => {
        throw cause; // fail() would not throw undefined
      };
      for (const fetch of [throwing, async () => throwing()]) {
        const result = await getResult(fetch);
        assert.equal(result, failure("Request failed"));
        assert.is(result.cause, cause);
      }
      const { http, ...cutOff } = await getResult(async () => new Response(chunks(["{"], { error: cause })));
      assert.equal(cutOff, failure("Response body could not be read to the end"));
      assert.is(cutOff.cause, cause);
      // What is not a Response has no code.
      const none = await getFrom(responseLike({ body: { getReader: throwing } }));
      assert.is(none.message, "fetch did not return a Response with a readable body: see cause");
      assert.is(none.cause, cause);
    });
});

describe("http", (test) => {
  test("getStatus() returns the headers as a plain record, names in lower case, without set-cookie", async () => {
    const platform = new Headers({ "Content-Type": "text/plain", "X-A": "1", "Set-Cookie": "a=1" });
    for (const [name, value] of Object.entries({ "x-a": "2", "Set-Cookie": "b=2" })) platform.append(name, value);
    const { http } = await getResult(answering("", { status: 429, headers: platform }));
    assert.equal(http?.headers, { "content-type": "text/plain", "x-a": "1, 2" });
    const headers = new Map(Object.entries({ "Retry-After": "17", "SET-COOKIE": "a=1", "Set-Cookie2": "a=1" }));
    const custom = await getFrom(responseLike({ headers }));
    assert.equal(custom.http?.headers, { "retry-after": "17", "set-cookie2": "a=1" });
  });

  test("getStatus() returns the URL after redirects, or the requested one if the platform gives none", async () => {
    for (const url of ["https://other/jobs/1", ""])
      assert.is((await getFrom(responseLike({ url }))).http?.url, url || URL_REQUESTED);
  });
});

// Errors: the exception, the message and the reason

const NO_SUCH_JOB = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/no-such-job";

/** The names of the text of an error, the first of which counts. */
const DETAILS = "detail description error_description error_message message Message msg error".split(" ");

const FULL = { type: "t", title: "T", detail: "d", instance: "i", status: 418 };

const getError = (status: number, body: unknown): Promise<Result> =>
  getStatus("https://h", "j", { fetch: answering(typeof body === "string" ? body : JSON.stringify(body), { status }) });

describe("the exception and the message", (test) => {
  const bodies: [body: unknown, exception: object | undefined, message?: string][] = [
    // Properties of RFC 9457, and those that servers send in place of them.
    [FULL, FULL, "d"],
    [{ type: "t" }, { type: "t" }],
    [{ code: "c" }, { type: "c" }],
    [{ type: "t", code: "c" }, { type: "t" }],
    [{ type: "", code: "c" }, { type: "c" }],
    [{ type: 5, code: 404 }, undefined],
    [{ title: "T" }, { title: "T" }, "T"],
    // Each name counts before those that follow it.
    ...DETAILS.map((name, index): [object, object, string] => [
      Object.fromEntries(DETAILS.map((other, at) => [other, at < index ? [null, "", 5][at % 3] : other]).reverse()),
      { detail: name },
      name,
    ]),
    [{ Type: "t", Title: "T", Detail: "d", Code: "c", Text: "x", reason: "r" }, undefined],
    [{ type: "t", status: "404", instance: "" }, { type: "t" }],
    [{ type: "t", status: 404.5, instance: 5 }, { type: "t" }],
    [{ status: 404, instance: "i" }, undefined],
    [{ type: "", title: null, detail: 5 }, undefined],
    // Nested: in `detail` by FastAPI, in `error` by gateways, in `errors` by JSON:API. The body itself comes first.
    [{ detail: { type: "t", title: "T", status: 404 } }, { type: "t", title: "T", status: 404 }, "T"],
    [{ detail: [{ loc: [], msg: "m", type: "t" }, { msg: "n" }] }, { type: "t", detail: "m" }, "m"],
    [{ detail: [null, 5, "x", [{ title: "T" }], {}, { status: 5 }, { msg: "m" }] }, { detail: "m" }, "m"],
    [{ error: { code: "c", message: "m" } }, { type: "c", detail: "m" }, "m"],
    [{ detail: { type: "d" }, error: { type: "e" } }, { type: "d" }],
    [{ detail: [{}], error: { type: "e" } }, { type: "e" }],
    [{ title: "T", detail: { detail: "d" }, error: { message: "e" } }, { title: "T" }, "T"],
    [{ type: "t", detail: [{ msg: "m" }] }, { type: "t" }],
    [{ detail: { detail: { msg: "m" } } }, undefined],
    [{ errors: { message: "m" } }, { detail: "m" }, "m"],
    [{ errors: ["m", null, { code: "c" }] }, { type: "c" }],
    [{ errors: "m" }, undefined],
    [{ errors: [{ error: "e" }], error: { message: "m" } }, { detail: "m" }, "m"],
    [{ errors: [{ error: "e" }], error: {}, detail: { title: "T" } }, { title: "T" }, "T"],
    [{ message: "m", errors: [{ message: "n" }] }, { detail: "m" }, "m"],
    [{ errors: [{ detail: { msg: "m" } }] }, undefined],
    // A list, as Weaver may send it.
    [[{ type: "t", detail: "d" }], { type: "t", detail: "d" }, "d"],
    [[null, 5, "x", {}, [{ type: "t" }], { title: "T" }, { type: "u" }], { title: "T" }, "T"],
    [[{ detail: { type: "t" } }], undefined],
    // Not an object.
    ["", undefined],
    [null, undefined],
    [true, undefined],
    ['"detail"', undefined, "detail"],
    ["<p>Service Unavailable", undefined],
    ['{"detail":"cut', undefined],
  ];
  for (const [body, exception, message] of bodies) {
    test(`getStatus() reads ${JSON.stringify(exception) ?? "no exception"} from ${JSON.stringify(body)}`, async () => {
      for (const status of [200, 400, 404, 410, 500, 503]) {
        const result = await getError(status, body);
        assert.equal(result.exception, exception);
        assert.is("exception" in result, exception !== undefined);
        if (status !== 200) assert.is(result.message, message ?? `HTTP ${status}`);
      }
    });
    test(`getStatus() reads it from the exception of a job: ${JSON.stringify(body)}`, async () => {
      for (const word of ["failed", "running", "captured"]) {
        const result = await getError(200, { jobID: "j", status: word, exception: body });
        assert.is(result.kind, "StatusInfo");
        assert.equal(result.exception, exception);
        assert.is("exception" in result, exception !== undefined);
      }
    });
  }
});

describe("the message of an error without an exception", (test) => {
  const PLAIN = "text/plain";
  const LONGEST = "x".repeat(200);
  const bodies: [body: string, type: string, message?: string][] = [
    // Istio, Envoy, nginx.
    ["Jwt is expired", PLAIN, "Jwt is expired"],
    ["no healthy upstream", `${PLAIN};charset=UTF-8`, "no healthy upstream"],
    ["  \r\n a b\t \n", "Text/Plain ; charset=x", "a b"],
    ["é€😀", "TEXT/PLAIN", "é€😀"],
    [` ${LONGEST}\n`, PLAIN, LONGEST],
    [`${LONGEST}x`, PLAIN],
    ["two\nlines", PLAIN],
    ["two\rlines", PLAIN],
    ["two\u2028lines", PLAIN],
    ["a < b", PLAIN],
    ["", PLAIN],
    [" \n ", PLAIN],
    ["busy", "text/html"],
    ["busy", "text/plainer"],
    ["busy", "x/text/plain"],
    ["busy", ""],
    // A JSON string, as of ripple1d, counts with any type, other JSON with none.
    ['"job j not found"', "application/json", "job j not found"],
    ['"job j not found"', "", "job j not found"],
    ['"<p>"', "application/json"],
    ['""', "application/json"],
    [JSON.stringify(LONGEST), "application/json", LONGEST],
    [JSON.stringify(`${LONGEST}x`), "application/json"],
    ["404", PLAIN],
    ["null", PLAIN],
    // An exception comes first.
    ['{"detail":"d"}', PLAIN, "d"],
  ];
  for (const [body, type, message] of bodies)
    test(`getStatus() says ${message ?? "HTTP and the status"} for ${JSON.stringify(body)} as ${type}`, async () => {
      const content = bytes(body);
      for (const status of [401, 404, 410, 503]) {
        const result = await getFrom(new Response(content, { status, headers: { "content-type": type } }));
        assert.is(result.message, message ?? `HTTP ${status}`);
        assert.ok(result.kind !== "StatusInfo" && result.body === body);
      }
      // The message of a 2xx response stays that of an unusable one.
      const ok = await getFrom(new Response(content, { headers: { "content-type": type } }));
      assert.match(ok.message ?? "", /^Response body is /);
    });

  test("getStatus() takes no text of a body that broke off or is longer than maxBytes", async () => {
    const init = { status: 503, headers: { "content-type": PLAIN } };
    const cutOff = (content: string): Fetch => answering(chunks([content], { error: new Error("x") }), init);
    assert.is((await getResult(cutOff("busy"))).message, "HTTP 503");
    assert.is((await getResult(cutOff('"busy"'))).message, "busy"); // complete JSON
    assert.is((await getResult(answering("busy", init), 3)).message, "HTTP 503");
  });
});

describe("the reason of a missing job", (test) => {
  const types: [body: unknown, isNoSuchJob: boolean][] = [
    ...[NO_SUCH_JOB, "urn:x:NO-SUCH-JOB", "NoSuchJob", "JobNotFound", "urn:x:jobnotfound"].flatMap(
      (type): [object, boolean][] => [
        [{ type }, true],
        [{ code: type }, true],
        [{ detail: { type } }, true],
        [{ error: { code: type } }, true],
        [{ detail: [{ loc: [] }, { type }] }, true],
        [{ title: type, detail: type }, false],
        [{ type: "about:blank", code: type }, false],
        [{ title: "t", detail: { type } }, false],
      ],
    ),
    ...[`${NO_SUCH_JOB}/`, "no-such-job-here", "no such job", "no-suchjob", "NoSuchJobs", "NotFound"].map(
      (type): [object, boolean] => [{ type }, false],
    ),
    ...["JobNotFoundException", 404, ["NoSuchJob"]].map((code): [object, boolean] => [{ code }, false]),
    [[{ type: NO_SUCH_JOB }], true],
    [{ errors: [{ code: "JobNotFound" }] }, true],
    [{ jobID: "j", status: "running" }, false],
  ];
  for (const [body, isNoSuchJob] of types)
    test(`getStatus() returns ${isNoSuchJob ? "no-such-job" : "unspecified"} for a 404 with ${JSON.stringify(body)}`, async () => {
      assert.is(brief(await getError(404, body)), isNoSuchJob ? "no-such-job 404" : "unspecified 404");
      assert.is(brief(await getError(400, body)), isNoSuchJob ? "no-such-job 400" : "http 400");
      assert.is(brief(await getError(410, body)), "gone 410");
      for (const status of [401, 403, 405, 409, 422, 500])
        assert.is(brief(await getError(status, body)), `http ${status}`);
    });
});
