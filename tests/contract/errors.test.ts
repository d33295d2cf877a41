import assert from "node:assert/strict";
import { getStatus, type Result } from "../../src/get-status.ts";
import { describe } from "../runner/suite.ts";
import { answering, brief } from "../support/fetches.ts";

const NO_SUCH_JOB = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/no-such-job";

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
    [{ error: "5", msg: "4", message: "3", description: "2", detail: "1" }, { detail: "1" }, "1"],
    [{ error: "5", msg: "4", message: "3", description: "2", detail: "" }, { detail: "2" }, "2"],
    [{ error: "5", msg: "4", message: "3", description: null }, { detail: "3" }, "3"],
    [{ error: "5", msg: "4", message: ["3"] }, { detail: "4" }, "4"],
    [{ code: "Unauthorized", message: "m", extra: 1 }, { type: "Unauthorized", detail: "m" }, "m"],
    [{ type: "t", status: "404", instance: "" }, { type: "t" }],
    [{ type: "t", status: 404.5, instance: 5 }, { type: "t" }],
    [{ status: 404, instance: "i" }, undefined],
    [{ type: "", title: null, detail: 5 }, undefined],
    // Nested: in `detail` by FastAPI, in `error` by gateways. The body itself comes first.
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
    [[{ type: "t", detail: "d" }], undefined],
    // Not an object.
    ["", undefined],
    ["null", undefined],
    ['"detail"', undefined],
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
    [[{ type: NO_SUCH_JOB }], false],
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
