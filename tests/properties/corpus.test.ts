import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe } from "../runner/suite.ts";
import { corpus, files, folder } from "../support/corpus.ts";
import { REQUESTED, TO_BE_REVIEWED, expectedResult } from "../support/recorded.ts";
import { expected } from "./oracle.ts";

const Ajv = createRequire(new URL("../../../tests/properties/package.json", import.meta.url))("ajv/dist/2020.js");
const read = (file: string): string => readFileSync(new URL(file, folder), "utf8");
const accepts: (info: object) => boolean = new Ajv().compile(JSON.parse(read("schema.json")));
const SAMPLE = JSON.parse(read("ogc-1.0/full-running.json"));

describe("schema.json", (test) => {
  test("accepts every file of the corpus, and what `npm run record` writes", () => {
    const descriptions = files().filter((file) => file.endsWith(".json") && file !== "schema.json");
    const written = { ...SAMPLE, head: "x", notes: TO_BE_REVIEWED, review: TO_BE_REVIEWED };
    for (const info of [...descriptions.map((file) => JSON.parse(read(file))), written])
      assert.ok(accepts(info), JSON.stringify(info));
  });

  test("rejects a file in which something is missing, wrong or not described", () => {
    const timeout = { kind: "ServerError", reason: "timeout", message: "x" };
    const files = [{ origin: undefined }, { comment: "x" }, { how: "copied" }, { review: "done" }, { result: timeout }];
    const requests = [{ headers: { authorization: "Bearer x" } }, { method: "PUT" }, { path: "jobs/a" }];
    const properties = [{ kind: "Gone" }, { status: "queued" }, { document: {} }, { progress: 101 }];
    const exceptions = [{ exception: { instance: "x" } }, { exception: { type: "x", status: 4.5 } }];
    const results = [...properties, ...exceptions, { links: undefined }, { links: [{ rel: "self" }] }];
    for (const change of [
      ...files,
      ...requests.map((request) => ({ request: { ...SAMPLE.request, ...request } })),
      ...results.map((result) => ({ result: { ...SAMPLE.result, ...result } })),
    ])
      assert.ok(!accepts(JSON.parse(JSON.stringify({ ...SAMPLE, ...change }))), JSON.stringify(change));
  });
});

describe("the corpus", (test) => {
  test("has the results of the second implementation", () => {
    for (const recorded of corpus) {
      const { status, headers, body } = recorded;
      const type = headers.find(([name]) => /^content-type$/i.test(name))?.[1] ?? "";
      const call = { ...REQUESTED, maxBytes: undefined, abort: undefined, status, type, parts: [body] };
      const found = { ...expected({ ...call, end: "complete" }), http: undefined };
      assert.deepEqual(found, { ...expectedResult(recorded), http: undefined }, recorded.name);
    }
  });

  const [, example = ""] = /```python\n([^]*?)```/.exec(read("README.md")) ?? [];
  const lines = corpus.map(
    ({ name, status, body, result }) => `${name.replace("/", " ")} ${status} ${body.length} ${result.kind}`,
  );
  for (const [reader, command, ...args] of [
    ["corpus.go", "go", "run", "tests/properties/corpus.go"],
    ["the example in Python of its README", "python3", "-c", example],
  ] as const)
    test(`is read by ${reader}`, () => {
      const { stdout, stderr } = spawnSync(command, args, { cwd: new URL("../..", folder), encoding: "utf8" });
      assert.deepEqual([stderr, stdout.trimEnd().split("\n").sort()], ["", lines.sort()]);
    });
});
