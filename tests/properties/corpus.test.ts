import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe } from "../runner/suite.ts";
import { corpus, files, folder } from "../support/corpus.ts";
import { TO_BE_REVIEWED } from "../support/recorded.ts";

const Ajv = createRequire(new URL("../../../tests/properties/package.json", import.meta.url))("ajv/dist/2020.js");
const read = (file: string): any => JSON.parse(readFileSync(new URL(file, folder), "utf8"));
const validate = new Ajv().compile(read("schema.json"));

describe("schema.json", (test) => {
  test("accepts every file of the corpus", () => {
    for (const file of files().filter((name) => name.endsWith(".json") && name !== "schema.json"))
      assert.ok(validate(read(file)), `${file}: ${JSON.stringify(validate.errors)}`);
  });

  test("accepts what `npm run record` writes", () => {
    const written = { ...read("ogc-1.0/full-running.json"), head: "x", notes: TO_BE_REVIEWED, review: TO_BE_REVIEWED };
    assert.ok(validate(written), JSON.stringify(validate.errors));
  });

  const ERROR = { kind: "ServerError", reason: "http", message: "x" };
  const changes: [name: string, change: (info: any) => unknown][] = [
    ["without an origin", (info) => delete info.origin],
    ["with an unknown property", (info) => (info.comment = "x")],
    ["recorded in another way", (info) => (info.how = "copied")],
    ["with a review that is done", (info) => (info.review = "done")],
    ["with a credential in the request", (info) => (info.request.headers = { authorization: "Bearer x" })],
    ["of an unknown method", (info) => (info.request.method = "PUT")],
    ["of a request without a path", (info) => (info.request.path = "jobs/a")],
    ["with another kind of result", (info) => (info.result.kind = "Gone")],
    ["with a reason that no response gives", (info) => (info.result = { ...ERROR, reason: "timeout" })],
    ["with a status that is not one of the codes", (info) => (info.result.status = "queued")],
    ["with the document in the result", (info) => (info.result.document = {})],
    ["with a progress beyond 100", (info) => (info.result.progress = 101)],
    ["without links", (info) => delete info.result.links],
    ["with a link without href", (info) => (info.result.links = [{ rel: "self" }])],
    ["with an exception that describes nothing", (info) => (info.result.exception = { instance: "x", status: 404 })],
    ["with a fractional status in an exception", (info) => (info.result.exception = { type: "x", status: 4.5 })],
  ];
  for (const [name, change] of changes) {
    test(`rejects a file ${name}`, () => {
      const info = read("ogc-1.0/full-running.json");
      change(info);
      assert.ok(!validate(info));
    });
  }
});

describe("the corpus", (test) => {
  const options = { cwd: new URL("../..", folder), encoding: "utf8" } as const;

  test("is read by corpus.go: every kind and every id", () => {
    const { stdout, stderr } = spawnSync("go", ["run", "tests/properties/corpus.go"], options);
    assert.equal(stdout, `${corpus.length} responses read\n`, stderr);
  });

  test("is read by the example in Python of its README", () => {
    const [, code = ""] = /```python\n([^]*?)```/.exec(readFileSync(new URL("README.md", folder), "utf8")) ?? [];
    const { stdout, stderr } = spawnSync("python3", ["-c", code], options);
    const lines = corpus.map(({ name, status, body, result }) =>
      [...name.split("/"), status, body.length, result.kind].join(" "),
    );
    assert.deepEqual(stdout.trimEnd().split("\n").sort(), lines.sort(), stderr);
  });
});
