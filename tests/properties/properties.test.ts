/** What holds for any input; a failure prints the seed and the smallest input that fails. */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { getStatus, type Fetch, type Result } from "../../src/get-status.ts";
import { describe } from "../runner/suite.ts";
import { corpus } from "../support/corpus.ts";
import { accepted, chunks, getFrom, responseLike, streamOf } from "../support/fetches.ts";
import type { Recorded } from "../support/recorded.ts";
import { FAILURE, expected, type Call } from "./oracle.ts";

const fc = createRequire(new URL("../../../tests/properties/package.json", import.meta.url))("fast-check");
const seed = Number(process.env["SEED"] ?? 20260101);
const numRuns = Number(process.env["RUNS"] ?? 20_000);
console.log(`seed: ${seed}, runs: ${numRuns}`);

const anything = fc.anything();
/** One of the values in five of six cases. */
const usually = (values: readonly unknown[], other: unknown): unknown =>
  fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...values) }, { weight: 1, arbitrary: other });

// What is named more than once is chosen more often.
const INNER =
  `type code title detail description error_description error_message message Message msg error errors instance
  status href href href rel`.split(/\s+/);
const OUTER =
  `jobID id jobId job_id processID processId process_id created started finished updated progress exception links
  links links kind http document body reason __proto__ constructor`.split(/\s+/);
const WORDS = "|NoSuchJob|x/no-such-job|running|QUEUED|50|50.5|1e2|a/b?c| //h|http:a|a\\b".split("|");
const word = fc.constantFrom(...WORDS, null, 4.5, [], {});
const value = fc.oneof(word, fc.jsonValue(), fc.string(), fc.integer({ min: -5, max: 105 }));
/** An error, a link, or something like them. */
const inner = fc.dictionary(fc.constantFrom(...INNER), fc.oneof(word, word, value), { maxKeys: 5 });
const outer = fc.oneof(word, word, value, inner, fc.array(fc.oneof(inner, value), { maxLength: 4 }));
const isObject = ({ body }: Recorded): boolean => body[0] === "{".charCodeAt(0);
const documents = corpus.filter(isObject).map(({ body }): object => JSON.parse(new TextDecoder().decode(body)));
const original = fc.oneof(fc.constantFrom({}, { id: "", status: "running" }), fc.constantFrom(...documents));
/** A document, recorded or simple, of which some properties are changed or new. */
const changed = fc
  .tuple(original, fc.dictionary(fc.constantFrom(...INNER, ...OUTER), outer))
  .map(([document, properties]: [object, object]) => JSON.stringify({ ...document, ...properties }));
const lines = fc.constantFrom("x".repeat(200), "x".repeat(201), " a ", "a\u2028b", "a<b");
const other = fc.oneof(lines, fc.json(), fc.string({ unit: "binary" }));
const text = fc.oneof({ weight: 9, arbitrary: changed }, other);
const texts = fc.tuple(usually([""], fc.constant("\uFEFF")), text).map((parts: string[]) => parts.join(""));

const reason = usually([{ name: "TimeoutError" }], fc.oneof(fc.record({ name: fc.string() }), fc.jsonValue()));
const calls = fc.record({
  baseUrl: fc
    .tuple(fc.webUrl({ withQueryParameters: true, withFragments: true }), fc.nat(3))
    .map(([url, slashes]: [string, number]) => url.replace(/(?=[?#]|$)/, "/".repeat(slashes))),
  jobId: fc
    .oneof(fc.string(), fc.string({ unit: "binary" }))
    .filter((id: string) => !["", ".", ".."].includes(id) && !/\p{Surrogate}/u.test(id)),
  maxBytes: usually([undefined], fc.nat(200)),
  abort: usually([undefined], fc.record({ early: fc.boolean(), reason })),
  end: usually(["complete"], fc.constantFrom("cut off", "no head")),
  status: usually([200, 200, 200, 200, 299, 300, 400, 404, 410, 500], fc.integer({ min: 305, max: 599 })),
  type: fc.constantFrom("application/json", "text/plain", "Text/Plain ; charset=utf-8", "text/plainer", ""),
  /** Chunks of any size, with empty ones between them. */
  parts: fc
    .tuple(fc.oneof({ weight: 5, arbitrary: texts.map(Buffer.from) }, fc.uint8Array()), fc.array(fc.nat(99)))
    .map(([bytes, cuts]: [Uint8Array, number[]]) => {
      const ends = [...cuts.sort((a, b) => a - b), bytes.length];
      return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
    }),
});

function callWith({ baseUrl, jobId, maxBytes, abort, end, status, type, parts }: Call): Promise<Result> {
  const controller = new AbortController();
  if (abort?.early) controller.abort(abort.reason);
  const fetch: Fetch = async (url) => {
    if (abort) controller.abort(abort.reason);
    if (end === "no head") throw FAILURE;
    const body = chunks(parts, end === "complete" ? "end" : { error: FAILURE });
    return responseLike({ status, url, headers: new Headers({ "content-type": type }), body });
  };
  return getStatus(baseUrl, jobId, { fetch, maxBytes, signal: controller.signal });
}

describe("any input", (test) => {
  const forAll = (values: unknown, check: (value: any) => Promise<void>): Promise<void> =>
    fc.assert(fc.asyncProperty(values, check), { seed, numRuns });

  test("getStatus() does what a second implementation does", () =>
    forAll(calls, async (call: Call) => {
      const result = await callWith(call).catch((rejected: unknown) => ({ rejected }));
      assert.deepEqual<unknown>(result, expected(call));
      if ("rejected" in result) return;
      for (const one of [result, JSON.parse(JSON.stringify(result))]) assert.deepEqual(accepted(one), [result.kind]);
    }));

  const pairs = fc.array(fc.tuple(fc.string(), anything));
  const headers = fc.oneof(
    fc.constant(new Headers()),
    pairs.map((list: [string, unknown][]) => new Map(list)),
    anything,
  );
  const body = fc.oneof(fc.array(fc.oneof(fc.uint8Array(), anything)).map(streamOf), anything);
  const [status, url] = [usually([200, 404], anything), usually([""], anything)];
  const response = fc.record({ status, url, headers, body, bodyUsed: anything });
  test("getStatus() returns a result that one guard accepts, whatever fetch returns, which none accepts", () =>
    forAll(fc.oneof(response, anything), async (response: unknown) => {
      const result = await getFrom(response);
      assert.deepEqual([accepted(response), accepted(result)], [[], [result.kind]]);
    }));
});
