import assert from "node:assert/strict";
import { getStatus, type Result } from "../../src/get-status.ts";
import { describe } from "../runner/suite.ts";
import { answering, brief, chunks } from "../support/fetches.ts";

const NO_SUCH_JOB = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/no-such-job";

/** The names of the text of an error, the first of which counts. */
const DETAILS = [
  ...["detail", "description", "error_description", "error_message"],
  ...["message", "Message", "msg", "error"],
];

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
    [{ title: "T", detail: "d" }, { title: "T", detail: "d" }, "d"],
    [{ description: "d" }, { detail: "d" }, "d"],
    [{ message: "m" }, { detail: "m" }, "m"],
    [{ msg: "m" }, { detail: "m" }, "m"],
    [{ error: "e" }, { detail: "e" }, "e"],
    [{ error_description: "d" }, { detail: "d" }, "d"],
    [{ error_message: "m" }, { detail: "m" }, "m"],
    [{ Message: "m" }, { detail: "m" }, "m"],
    // Each name counts before those that follow it.
    ...DETAILS.map((name, index): [object, object, string] => [
      Object.fromEntries(DETAILS.map((other, at) => [other, at < index ? [null, "", 5][at % 3] : other]).reverse()),
      { detail: name },
      name,
    ]),
    [{ error: "invalid_token", error_description: "expired" }, { detail: "expired" }, "expired"],
    [{ Type: "t", Title: "T", Detail: "d", Code: "c", Text: "x", reason: "r" }, undefined],
    [{ code: "Unauthorized", message: "m", extra: 1 }, { type: "Unauthorized", detail: "m" }, "m"],
    [{ type: "t", status: "404", instance: "" }, { type: "t" }],
    [{ type: "t", status: 404.5, instance: 5 }, { type: "t" }],
    [{ status: 404, instance: "i" }, undefined],
    [{ type: "", title: null, detail: 5 }, undefined],
    // Nested: in `detail` by FastAPI, in `error` by gateways, in `errors` by JSON:API. The body itself comes first.
    [{ detail: { type: "t", title: "T", status: 404 } }, { type: "t", title: "T", status: 404 }, "T"],
    [{ detail: [{ loc: [], msg: "m", type: "t" }, { msg: "n" }] }, { type: "t", detail: "m" }, "m"],
    [{ detail: [null, 5, "x", [], {}, { status: 5 }, { msg: "m" }] }, { detail: "m" }, "m"],
    [{ error: { code: "c", message: "m" } }, { type: "c", detail: "m" }, "m"],
    [{ error: [{ message: "m" }] }, { detail: "m" }, "m"],
    [{ detail: { type: "d" }, error: { type: "e" } }, { type: "d" }],
    [{ detail: [{}], error: { type: "e" } }, { type: "e" }],
    [{ title: "T", detail: { detail: "d" }, error: { message: "e" } }, { title: "T" }, "T"],
    [{ description: "d", error: { code: "404" } }, { detail: "d" }, "d"],
    [{ type: "t", detail: [{ msg: "m" }] }, { type: "t" }],
    [{ detail: { detail: { msg: "m" } } }, undefined],
    [{ detail: [[{ msg: "m" }]] }, undefined],
    [{ errors: [{ status: "404", title: "T", detail: "d" }] }, { title: "T", detail: "d" }, "d"],
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
    [[], undefined],
    [[[{ type: "t" }]], undefined],
    // Not an object.
    ["", undefined],
    ["null", undefined],
    ['"detail"', undefined, "detail"],
    ["<p>Service Unavailable", undefined],
    ['{"detail":"cut', undefined],
  ];
  for (const [body, exception, message] of bodies) {
    test(`getStatus() reads ${JSON.stringify(exception) ?? "no exception"} from ${JSON.stringify(body)}`, async () => {
      for (const status of [200, 400, 404, 410, 500, 503]) {
        const result = await getError(status, body);
        assert.deepEqual(result.exception, exception);
        assert.equal("exception" in result, exception !== undefined);
        if (status !== 200) assert.equal(result.message, message ?? `HTTP ${status}`);
      }
    });
    if (typeof body === "string") continue;
    test(`getStatus() reads it from the exception of a failed job: ${JSON.stringify(body)}`, async () => {
      for (const word of ["failed", "running", "captured"]) {
        const result = await getError(200, { jobID: "j", status: word, exception: body });
        assert.equal(result.kind, "StatusInfo");
        assert.deepEqual(result.exception, exception);
        assert.equal("exception" in result, exception !== undefined);
      }
    });
  }

  for (const exception of [undefined, null, "boom", 5, true]) {
    test(`getStatus() reads no exception from a job whose exception is ${String(exception)}`, async () => {
      assert.ok(!("exception" in (await getError(200, { jobID: "j", status: "failed", exception }))));
    });
  }
});

describe("the message of an error without an exception", (test) => {
  const PLAIN = "text/plain";
  const LONGEST = "x".repeat(200);
  const bodies: [body: string, type: string, message?: string][] = [
    // Istio, Envoy, nginx.
    ["Jwt is expired", PLAIN, "Jwt is expired"],
    ["RBAC: access denied", `${PLAIN}; charset=utf-8`, "RBAC: access denied"],
    ["no healthy upstream", `${PLAIN};charset=UTF-8`, "no healthy upstream"],
    ["  \r\n a b\t \n", "Text/Plain ; charset=x", "a b"],
    ["é€😀", "TEXT/PLAIN", "é€😀"],
    ["x", PLAIN, "x"],
    [LONGEST, PLAIN, LONGEST],
    [` ${LONGEST}\n`, PLAIN, LONGEST],
    [`${LONGEST}x`, PLAIN],
    ["two\nlines", PLAIN],
    ["two\rlines", PLAIN],
    ["two\u2028lines", PLAIN],
    ["<p>", PLAIN],
    ["a < b", PLAIN],
    ["", PLAIN],
    [" \n ", PLAIN],
    ["busy", "text/html"],
    ["busy", "text/plainer"],
    ["busy", "application/json"],
    ["busy", "x/text/plain"],
    ["busy", ""],
    // A JSON string, as of ripple1d, counts with any type, other JSON with none.
    ['"job j not found"', "application/json", "job j not found"],
    ['"job j not found"', PLAIN, "job j not found"],
    ['"job j not found"', "", "job j not found"],
    ['" a "', "text/html", "a"],
    ['"two\\nlines"', PLAIN],
    ['"<p>"', "application/json"],
    ['""', "application/json"],
    [JSON.stringify(LONGEST), "application/json", LONGEST],
    [JSON.stringify(`${LONGEST}x`), "application/json"],
    ["404", PLAIN],
    ["null", PLAIN],
    ["{}", PLAIN],
    ["[1]", PLAIN],
    ["true", PLAIN],
    // An exception comes first.
    ['{"detail":"d"}', PLAIN, "d"],
  ];
  for (const [body, type, message] of bodies) {
    test(`getStatus() says ${message ?? "HTTP and the status"} for ${JSON.stringify(body)} as ${type}`, async () => {
      const content = new TextEncoder().encode(body);
      for (const status of [401, 404, 410, 503]) {
        const fetch = answering(content, { status, headers: { "content-type": type } });
        const result = await getStatus("https://h", "j", { fetch });
        assert.equal(result.message, message ?? `HTTP ${status}`);
        assert.ok(result.kind !== "StatusInfo" && result.body === body);
      }
      // The message of a 2xx response stays that of an unusable one.
      const ok = await getStatus("https://h", "j", {
        fetch: answering(content, { headers: { "content-type": type } }),
      });
      assert.match(ok.message ?? "", /^Response body is /);
    });
  }

  test("getStatus() takes no text of a body that broke off or is longer than maxBytes", async () => {
    for (const [content, message] of [
      ["busy", "HTTP 503"],
      ['"busy"', "busy"], // complete JSON
    ] as const) {
      const headers = { "content-type": PLAIN };
      const cutOff = answering(chunks([content], { error: new Error("x") }), { status: 503, headers });
      assert.equal((await getStatus("https://h", "j", { fetch: cutOff })).message, message);
    }
    const long = answering("busy", { status: 503, headers: { "content-type": PLAIN } });
    assert.equal((await getStatus("https://h", "j", { fetch: long, maxBytes: 3 })).message, "HTTP 503");
  });
});

describe("the reason of a missing job", (test) => {
  const types: [body: unknown, isNoSuchJob: boolean][] = [
    ...[
      NO_SUCH_JOB,
      NO_SUCH_JOB.replace("http:", "https:"),
      "http://www.opengis.net/def/rel/ogc/1.0/exception/no-such-job",
      "urn:x:NO-SUCH-JOB",
      "NoSuchJob",
      "nosuchjob",
      "JobNotFound",
      "urn:x:jobnotfound",
    ].flatMap((type): [object, boolean][] => [
      [{ type }, true],
      [{ code: type }, true],
      [{ detail: { type } }, true],
      [{ error: { code: type } }, true],
      [{ detail: [{ loc: [] }, { type }] }, true],
      [{ title: type, detail: type }, false],
      [{ type: "about:blank", code: type }, false],
      [{ title: "t", detail: { type } }, false],
    ]),
    ...[`${NO_SUCH_JOB}/`, "no-such-job-here", "no such job", "no-suchjob", "NoSuchJobs", "NotFound"].map(
      (type): [object, boolean] => [{ type }, false],
    ),
    ...["JobNotFoundException", 404, ["NoSuchJob"]].map((code): [object, boolean] => [{ code }, false]),
    [[{ type: NO_SUCH_JOB }], true],
    [{ errors: [{ code: "JobNotFound" }] }, true],
    [{ jobID: "j", status: "running" }, false],
    ["<html>no-such-job", false],
    ["", false],
  ];
  for (const [body, isNoSuchJob] of types) {
    test(`getStatus() returns ${isNoSuchJob ? "no-such-job" : "unspecified"} for a 404 with ${JSON.stringify(body)}`, async () => {
      assert.equal(brief(await getError(404, body)), isNoSuchJob ? "no-such-job 404" : "unspecified 404");
      assert.equal(brief(await getError(400, body)), isNoSuchJob ? "no-such-job 400" : "http 400");
      assert.equal(brief(await getError(410, body)), "gone 410");
      for (const status of [401, 403, 405, 409, 422, 500])
        assert.equal(brief(await getError(status, body)), `http ${status}`);
    });
  }
});
