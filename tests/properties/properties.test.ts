/** Properties that hold for any input; a failure prints the seed and the smallest input that fails. */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { getStatus, type GetStatusOptions, type Result } from "../../src/get-status.ts";
import { describe } from "../runner/suite.ts";
import { corpus } from "../support/corpus.ts";
import { accepted, answering, chunks, rejection, returning, streamOf, stub } from "../support/fetches.ts";
import { expected } from "./oracle.ts";

const fc = createRequire(new URL("../../../tests/properties/package.json", import.meta.url))("fast-check");
const seed = Number(process.env["SEED"] ?? 20260101);
const numRuns = Number(process.env["RUNS"] ?? 2_000);
console.log(`seed: ${seed}, runs: ${numRuns}`);

const anything = fc.anything();
const statuses = fc
  .oneof(fc.integer({ min: 200, max: 599 }), fc.constantFrom(200, 200, 200, 201, 400, 404, 410, 500))
  .filter((status: number) => ![204, 205, 304].includes(status));

const INNER = "type code title detail description message msg error instance status href rel".split(" ");
const JOB = "jobID id jobId job_id processID processId process_id created started finished updated progress".split(" ");
const OTHER = "exception links kind http document body reason __proto__ constructor".split(" ");
const WORDS = ["", null, "NoSuchJob", "x/no-such-job", "running", "QUEUED", "50", "50.5", "1e2", 4.5, [], {}];
const value = fc.oneof(fc.jsonValue(), fc.string(), fc.integer({ min: -5, max: 105 }), fc.constantFrom(...WORDS));
/** An error, a link, or something like them. */
const inner = fc.dictionary(fc.constantFrom(...INNER), value, { maxKeys: 5 });
const outer = fc.oneof(value, inner, fc.array(fc.oneof(inner, value), { maxLength: 4 }));

const documents = corpus
  .filter(({ body }) => body[0] === "{".charCodeAt(0))
  .map(({ body }): object => JSON.parse(new TextDecoder().decode(body)));
/** A recorded document of which some properties are changed or new. */
const changed = fc
  .tuple(fc.constantFrom({}, ...documents), fc.dictionary(fc.constantFrom(...INNER, ...JOB, ...OTHER), outer))
  .map(([document, properties]: [object, object]) => JSON.stringify({ ...document, ...properties }));

function getResponse(status: number, body: BodyInit, maxBytes?: number): Promise<Result> {
  const fetch = answering(body, { status, headers: { "content-type": "text/html" } });
  return getStatus("https://h/ogc", "requested", { fetch, maxBytes });
}

/** Throws unless the result is plain data that exactly one guard accepts. */
function checkPlain(result: Result): void {
  const copy: unknown = JSON.parse(JSON.stringify(result));
  assert.deepEqual(copy, result);
  for (const one of [result, copy]) assert.deepEqual(accepted(one), [result.kind]);
}

interface Transfer {
  readonly status: number;
  readonly parts: string[];
  readonly end: "complete" | "cut off" | "no head";
}

function transfer({ status, parts, end }: Transfer): Response {
  const error = new TypeError("failed");
  if (end === "no head") throw error;
  return new Response(chunks(parts, end === "complete" ? "end" : { error }), { status });
}

/** Gets the status while the signal aborts, before the call or during it. */
function getAborting(response: Transfer, early: boolean, reason: unknown): Promise<Result> {
  const controller = new AbortController();
  if (early) controller.abort(reason);
  const fetch = stub(() => (controller.abort(reason), transfer(response)));
  return getStatus("https://h", "j", { fetch, signal: controller.signal });
}

describe("any input", (test) => {
  /** Defines a test that runs `check` with many values of each kind. */
  function forAll(title: string, kinds: unknown[], check: (...values: any[]) => Promise<void>): void {
    test(title, () => fc.assert(fc.asyncProperty(...kinds, check), { seed, numRuns }));
  }

  const bodies = {
    "any JSON": fc.json({ noUnicodeString: false }),
    "a changed document": changed,
    "any string": fc.string({ unit: "binary" }),
  };
  for (const [name, body] of Object.entries(bodies)) {
    const title = `getStatus() returns for ${name} what a second implementation returns`;
    forAll(title, [statuses, body], async (status: number, body: string) => {
      const result = await getResponse(status, body);
      const received = new TextDecoder().decode(new TextEncoder().encode(body)); // U+FFFD for a lone surrogate
      const http = { status, url: "https://h/ogc/jobs/requested", headers: { "content-type": "text/html" } };
      assert.deepEqual(result, expected(received, "requested", http));
      checkPlain(result);
    });
  }

  forAll(
    "getStatus() returns the same result in any chunks, and a valid one up to any limit",
    [statuses, fc.array(fc.uint8Array({ maxLength: 9 }), { maxLength: 20 }), fc.nat(100)],
    async (status: number, parts: Uint8Array[], maxBytes: number) => {
      const result = await getResponse(status, chunks(parts), maxBytes);
      checkPlain(result);
      const bytes = Buffer.concat(parts);
      assert.deepEqual(result, await getResponse(status, bytes, maxBytes));
      const text = new TextDecoder().decode(bytes);
      assert.ok(result.kind !== "StatusInfo" && text.startsWith(result.body!));
      if (bytes.length <= maxBytes) assert.equal(result.body, text);
    },
  );

  const maps = fc.array(fc.tuple(fc.string(), fc.oneof(fc.string(), anything))).map((pairs: []) => new Map(pairs));
  const streams = fc.array(fc.oneof(anything, fc.uint8Array())).map((parts: unknown[]) => streamOf(parts));
  const response = {
    status: fc.oneof(anything, fc.integer({ min: 0, max: 999 })),
    url: fc.oneof(anything, fc.webUrl()),
    headers: fc.oneof(anything, maps),
    body: fc.oneof(anything, fc.constant(null), streams),
    bodyUsed: anything,
  };
  forAll(
    "getStatus() returns a result that one guard accepts, whatever fetch returns or throws",
    [fc.oneof(anything, fc.record(response, { requiredKeys: [] })), fc.boolean()],
    async (value: unknown, throws: boolean) => {
      const fetch = throws ? () => Promise.reject(value) : returning(value);
      const result = await getStatus("https://h", "j", { fetch });
      assert.deepEqual(accepted(result), [result.kind]);
    },
  );

  const transfers = fc.record({
    status: statuses,
    parts: fc.oneof(fc.array(fc.string()), fc.constant(['{"jobID":"j",', '"status":"running"}'])),
    end: fc.constantFrom("complete", "cut off", "no head"),
  });
  forAll(
    "getStatus() never rejects for a time limit, which changes nothing but a network failure",
    [transfers, fc.boolean(), anything],
    async (response: Transfer, early: boolean, more: unknown) => {
      const limit = { name: "TimeoutError", more };
      const timeout = { kind: "ServerError", reason: "timeout", message: "Request timed out", cause: limit };
      const result = await getAborting(response, early, limit);
      const other = await getStatus("https://h", "j", { fetch: stub(() => transfer(response)) });
      if (early) assert.deepEqual(result, timeout);
      else assert.deepEqual(result, other.reason === "network" ? { ...other, ...timeout } : other);
    },
  );

  forAll(
    "getStatus() rejects with any other reason itself",
    [transfers, fc.boolean(), fc.oneof(anything, fc.record({ name: fc.string() }))],
    async (response: Transfer, early: boolean, reason: unknown) => {
      const error = await rejection(getAborting(response, early, reason));
      if (reason === undefined) assert.equal((error as Error).name, "AbortError");
      else assert.equal(error, reason);
    },
  );

  const ids = fc
    .oneof(fc.string(), fc.string({ unit: "binary" }))
    .filter((id: string) => !["", ".", ".."].includes(id) && !/\p{Surrogate}/u.test(id));
  forAll(
    "getStatus() sends a URL below {baseUrl}/jobs/ that decodes to exactly the id",
    [ids, fc.webUrl({ withQueryParameters: true, withFragments: true }), fc.nat(3)],
    async (id: string, url: string, slashes: number) => {
      const base = new URL(url);
      base.pathname += "/".repeat(slashes);
      const fetch = answering("");
      await getStatus(base, id, { fetch });
      const sent = new URL(fetch.calls[0]![0]);
      assert.equal(sent.href, fetch.calls[0]![0]);
      assert.deepEqual([sent.origin, sent.search, sent.hash], [base.origin, base.search, ""]);
      const segment = sent.pathname.split("/").at(-1)!;
      assert.equal(sent.pathname, `${base.pathname.replace(/\/+$/, "")}/jobs/${segment}`);
      assert.equal(decodeURIComponent(segment), id);
    },
  );

  const or = (valid: string) => fc.oneof(fc.constant(valid), anything);
  const options = { headers: anything, maxBytes: anything, signal: anything, fetch: anything };
  forAll(
    "getStatus() returns a result, or rejects with a TypeError of its own that names an argument",
    [or("https://h/"), or("j"), fc.record(options, { requiredKeys: [] })],
    async (baseUrl: string, jobId: string, { fetch, ...rest }: GetStatusOptions) => {
      try {
        checkPlain(await getStatus(baseUrl, jobId, { ...rest, fetch: fetch ?? answering("{}") }));
      } catch (error) {
        const message = /^getStatus: (baseUrl|jobId|headers|fetch|signal|maxBytes) must [-A-Za-z(),:." ]+$/;
        assert.ok(error instanceof TypeError && message.test(error.message), String(error));
      }
    },
  );

  forAll("the guards reject any value that is not a result", [anything], async (value: unknown) => {
    assert.deepEqual(accepted(value), []);
  });
});
