import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { inspect } from "node:util";
import { describe } from "../runner/suite.ts";
import { corpus, files, folder } from "../support/corpus.ts";
import { TO_BE_REVIEWED } from "../support/recorded.ts";

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

  const requests = [{ headers: { authorization: "Bearer x" } }, { method: "PUT" }, { path: "jobs/a" }];
  const results = [{ kind: "Gone" }, { status: "queued" }, { document: {} }, { progress: 101 }, { links: undefined }];
  const links = [{ rel: "self" }];
  const exceptions = [
    { instance: "x", status: 404 },
    { type: "x", status: 4.5 },
  ].map((exception) => ({ exception }));
  for (const change of [
    ...[{ origin: undefined }, { comment: "x" }, { how: "copied" }, { review: "done" }],
    ...requests.map((request) => ({ request: { ...SAMPLE.request, ...request } })),
    ...[...results, ...exceptions, { links }].map((result) => ({ result: { ...SAMPLE.result, ...result } })),
    { result: { kind: "ServerError", reason: "timeout", message: "x" } },
  ]) {
    test(`rejects a file with ${inspect(change)}`, () => {
      assert.ok(!accepts(JSON.parse(JSON.stringify({ ...SAMPLE, ...change }))));
    });
  }
});

describe("the corpus", (test) => {
  function linesOf(command: string, ...args: string[]): string[] {
    const { stdout, stderr } = spawnSync(command, args, { cwd: new URL("../..", folder), encoding: "utf8" });
    assert.equal(stderr, "");
    return stdout.trimEnd().split("\n").sort();
  }

  test("is read by corpus.go: every kind and every id", () => {
    const lines = corpus.map(
      ({ name, result }) => `tests/servers/${name}.http ${result.kind} ${"jobID" in result ? result.jobID : ""}`,
    );
    assert.deepEqual(linesOf("go", "run", "tests/properties/corpus.go"), lines.sort());
  });

  test("is read by the example in Python of its README", () => {
    const [, example = ""] = /```python\n([^]*?)```/.exec(read("README.md")) ?? [];
    const lines = corpus.map(
      ({ name, status, body, result }) => `${name.replace("/", " ")} ${status} ${body.length} ${result.kind}`,
    );
    assert.deepEqual(linesOf("python3", "-c", example), lines.sort());
  });
});
