/** Properties that hold for any input; a failure prints the seed and the smallest input that fails. */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import {
  getStatus,
  isNotFound,
  isServerError,
  isStatusInfo,
  type GetStatusOptions,
  type Result,
} from "../../src/get-status.ts";
import { readCorpus } from "../support/corpus.ts";
import { describe } from "../support/suite.ts";
import { expected } from "./oracle.ts";

const here = fileURLToPath(new URL("../../../tests/properties/", import.meta.url));
const fc = createRequire(`${here}package.json`)("fast-check");
const seed = Number(process.env["SEED"] ?? 20260101);
const RUNS = Number(process.env["RUNS"] ?? 2_000);
console.log(`seed: ${seed}, runs: ${RUNS}`);

const holds = (property: unknown, runs = RUNS): Promise<void> =>
  fc.assert(property, { seed, numRuns: runs, verbose: 0 });
const json = fc.json({ noUnicodeString: false });
const statuses = fc
  .oneof(fc.integer({ min: 200, max: 599 }), fc.constantFrom(200, 200, 200, 201, 400, 404, 410, 500))
  .filter((status: number) => ![204, 205, 304].includes(status));
const ids = fc
  .oneof(fc.string(), fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }))
  .filter((id: string) => !["", ".", ".."].includes(id) && !/\p{Surrogate}/u.test(id));
const recorded: unknown[] = readCorpus().flatMap(({ body }) => {
  try {
    return [JSON.parse(new TextDecoder().decode(body))];
  } catch {
    return []; // a page, or nothing
  }
});

/** A recorded document in which some members are something else, or new. */
const mutated = fc
  .tuple(
    fc.constantFrom(
      ...recorded.filter((document) => document && typeof document === "object" && !Array.isArray(document)),
    ),
    fc.dictionary(
      fc.constantFrom(
        "jobID",
        "id",
        "jobId",
        "job_id",
        "status",
        "type",
        "processID",
        "message",
        "created",
        "started",
        "finished",
        "updated",
        "progress",
        "exception",
        "links",
        "title",
        "detail",
        "description",
        "instance",
        "kind",
        "http",
        "document",
        "body",
        "reason",
        "__proto__",
        "constructor",
        "toString",
      ),
      fc.oneof(
        fc.jsonValue(),
        fc.string(),
        fc.integer({ min: -5, max: 105 }),
        fc.constantFrom("", null, "NoSuchJob", "x/no-such-job", "RUNNING", "50", "50.5", "1e2", [], {}),
        fc.array(
          fc.record(
            { href: fc.oneof(fc.string(), fc.webUrl(), fc.constant("")), rel: fc.jsonValue(), title: fc.string() },
            { requiredKeys: [] },
          ),
        ),
        fc.record(
          {
            type: fc.string(),
            title: fc.jsonValue(),
            detail: fc.string(),
            status: fc.oneof(fc.integer(), fc.string()),
          },
          { requiredKeys: [] },
        ),
      ),
    ),
  )
  .map(([document, members]: [object, object]) => JSON.stringify({ ...document, ...members }));

async function resultOf(status: number, body: string | Uint8Array, id = "asked"): Promise<Result> {
  return getStatus("https://h/ogc", id, {
    fetch: async () => new Response(body as BodyInit, { status, headers: { "x-a": "1" } }),
  });
}

function guards(value: unknown): string[] {
  return [
    isStatusInfo(value) && "StatusInfo",
    isNotFound(value) && "NotFound",
    isServerError(value) && "ServerError",
  ].filter(Boolean) as string[];
}

function hasThrowIfAborted(value: unknown): boolean {
  return typeof (Object(value) as { throwIfAborted?: unknown }).throwIfAborted === "function";
}

/** No `undefined`, nothing but plain objects and arrays. */
function plain(value: unknown): void {
  assert.notEqual(value, undefined);
  if (typeof value !== "object" || value === null) return;
  assert.ok([Object.prototype, Array.prototype].includes(Object.getPrototypeOf(value)));
  for (const member of Object.values(value)) plain(member);
}

function sound(result: Result): void {
  plain(result);
  for (const copy of [result, JSON.parse(JSON.stringify(result)), structuredClone(result)])
    assert.deepEqual(guards(copy), [result.kind]);
}

describe("any answer", (test) => {
  const bodies: [string, unknown][] = [
    ["any JSON", json],
    ["a mutated document", mutated],
    ["any text", fc.string({ unit: "binary" })],
  ];
  for (const [name, body] of bodies) {
    test(`getStatus() returns for ${name} what a second implementation of the contract returns`, () =>
      holds(
        fc.asyncProperty(statuses, body, async (status: number, text: string) => {
          // What cannot be sent as UTF-8 arrives as U+FFFD.
          const sent = new TextDecoder().decode(new TextEncoder().encode(text));
          const result = await resultOf(status, text);
          assert.deepEqual(
            result,
            expected(status, sent, "asked", "https://h/ogc/jobs/asked", {
              "content-type": "text/plain;charset=UTF-8",
              "x-a": "1",
            }),
          );
          sound(result);
          if (result.kind === "StatusInfo") assert.deepEqual(result.document, JSON.parse(sent));
        }),
      ));
  }

  test("getStatus() returns a valid result for any bytes, in any chunks, up to any limit", () =>
    holds(
      fc.asyncProperty(
        statuses,
        fc.uint8Array({ maxLength: 200 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 0, max: 220 }),
        async (status: number, bytes: Uint8Array, size: number, maxBytes: number) => {
          const parts = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
            bytes.slice(i * size, (i + 1) * size),
          );
          const stream = (): ReadableStream =>
            new ReadableStream({
              start(controller) {
                for (const part of parts) controller.enqueue(part);
                controller.close();
              },
            });
          const get = (body: BodyInit): Promise<Result> =>
            getStatus("https://h", "j", { maxBytes, fetch: async () => new Response(body, { status }) });
          const result = await get(stream());
          sound(result);
          assert.deepEqual({ ...result, http: undefined }, { ...(await get(bytes as BodyInit)), http: undefined });
          const whole = new TextDecoder().decode(bytes);
          if (result.kind !== "StatusInfo") {
            if (bytes.length <= maxBytes) assert.equal(result.body, whole);
            else assert.ok(whole.startsWith(result.body!.replace(/\ufffd+$/, "")));
          }
        },
      ),
    ));
});

describe("any argument", (test) => {
  test("getStatus() sends a URL below {baseUrl}/jobs/ that decodes to exactly the id", () =>
    holds(
      fc.asyncProperty(
        ids,
        fc.webUrl({ withQueryParameters: true, withFragments: true }),
        fc.nat(3),
        async (id: string, url: string, slashes: number) => {
          const base = new URL(url);
          base.pathname += "/".repeat(slashes);
          let sent = "";
          await getStatus(base, id, { fetch: async (asked) => ((sent = asked), new Response("")) });
          const parsed = new URL(sent);
          assert.equal(parsed.href, sent);
          assert.equal(parsed.origin, base.origin);
          assert.equal(parsed.search, base.search);
          assert.equal(parsed.hash, "");
          const root = base.pathname.replace(/\/+$/, "");
          assert.ok(parsed.pathname.startsWith(`${root}/jobs/`));
          const segment = parsed.pathname.slice(root.length + "/jobs/".length);
          assert.ok(!segment.includes("/"));
          assert.equal(decodeURIComponent(segment), id);
        },
      ),
    ));

  test("getStatus() rejects any invalid argument with a TypeError of its own, and returns a result for any other", () =>
    holds(
      fc.asyncProperty(
        fc.anything(),
        fc.anything(),
        fc.record(
          {
            headers: fc.anything(),
            maxBytes: fc.anything(),
            signal: fc.anything().filter((signal: unknown) => !hasThrowIfAborted(signal)),
            fetch: fc.oneof(fc.anything(), fc.constant(undefined)),
          },
          { requiredKeys: [] },
        ),
        async (baseUrl: unknown, jobId: unknown, opts: object) => {
          for (const [base, id] of [
            [baseUrl, jobId],
            ["https://h/", "j"],
          ]) {
            try {
              // No network: a platform's fetch is not called with these.
              const given =
                "fetch" in opts && opts.fetch !== undefined ? opts : { ...opts, fetch: async () => new Response("{}") };
              sound(await getStatus(base as string, id as string, given as GetStatusOptions));
            } catch (error) {
              assert.ok(error instanceof TypeError, String(error));
              assert.match(
                error.message,
                /^getStatus: (baseUrl|jobId|headers|fetch|signal|maxBytes) must [-A-Za-z(),:." ]+$/,
              );
            }
          }
        },
      ),
    ));

  test("getStatus() never rejects for what an injected fetch does", () =>
    holds(
      fc.asyncProperty(fc.anything(), fc.boolean(), async (thing: unknown, throws: boolean) => {
        const result = await getStatus("https://h", "j", {
          fetch: (async () => {
            if (throws) throw thing;
            return thing;
          }) as never,
        });
        assert.ok(
          result.kind === "ServerError" &&
            (result.reason === "network" || result.reason === "http" || result.reason === "malformed"),
        );
      }),
    ));

  test("getStatus() returns a result that exactly one guard accepts, whatever an injected fetch returns", () => {
    const headers = fc.oneof(
      fc.anything(),
      fc.array(fc.tuple(fc.string(), fc.oneof(fc.string(), fc.anything()))).map((pairs: [unknown, unknown][]) => ({
        forEach: (callback: (value: unknown, name: unknown) => void) =>
          pairs.forEach(([name, value]) => callback(value, name)),
      })),
    );
    const chunk = fc.oneof(fc.anything(), fc.uint8Array());
    const body = fc.oneof(
      fc.anything(),
      fc.constant(null),
      fc.array(chunk).map((parts: unknown[]) => ({
        getReader: () => ({
          read: async () => (parts.length ? { done: false, value: parts.shift() } : { done: true }),
          cancel: async () => {},
        }),
      })),
    );
    const response = fc.record(
      {
        status: fc.oneof(fc.anything(), fc.integer({ min: 0, max: 999 })),
        url: fc.oneof(fc.anything(), fc.webUrl()),
        headers,
        body,
        bodyUsed: fc.anything(),
      },
      { requiredKeys: [] },
    );
    return holds(
      fc.asyncProperty(response, async (value: unknown) => {
        const result = await getStatus("https://h", "j", { fetch: (async () => value) as never });
        assert.deepEqual(guards(result), [result.kind]);
      }),
    );
  });

  test("no guard accepts or throws for a value that is not a result", () =>
    holds(fc.property(fc.anything(), (value: unknown) => assert.deepEqual(guards(value), []))));

  test("a guard rejects a result with a changed member, or still accepts it as the same kind", () =>
    holds(
      fc.asyncProperty(mutated, statuses, fc.anything(), async (body: string, status: number, value: unknown) => {
        const result = await resultOf(status, body);
        const names = Object.keys(result);
        for (const name of names) {
          const changed = guards({ ...result, [name]: value });
          assert.ok(changed.length === 0 || (changed.length === 1 && changed[0] === result.kind), name);
        }
      }),
      300,
    ));
});
