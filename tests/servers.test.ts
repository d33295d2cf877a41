import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { getStatus, isNotFound, isServerError, isStatusInfo } from "../src/get-status.ts";
import {
  asked,
  complete,
  counts,
  files,
  folder,
  parseResponse,
  readAnswers,
  replay,
  replayServer,
  TO_BE_REVIEWED,
} from "./support/corpus.ts";
import { listening } from "./support/listen.ts";
import { violations } from "./support/schema.ts";
import { describe } from "./support/suite.ts";

const json = (file: string): any => JSON.parse(readFileSync(new URL(file, folder), "utf8"));
const schema = json("schema.json");
const answers = readAnswers();
console.log(`note: ${counts(answers)}`);

describe("the recorded answers", (test) => {
  for (const answer of answers) {
    test(`getStatus() reads ${answer.name}, ${answer.how}: ${answer.remarkable}`, async () => {
      const result = await getStatus(asked.baseUrl, asked.jobId, { fetch: replay(answer) });
      assert.deepEqual(result, complete(answer));
      assert.deepEqual(
        [isStatusInfo, isNotFound, isServerError].map((guard) => guard(result)),
        [answer.result.kind === "StatusInfo", answer.result.kind === "NotFound", answer.result.kind === "ServerError"],
      );
    });
  }

  test("each is a complete response: getStatus() returns the same result over a socket", async () => {
    await listening(replayServer(answers), async (url) => {
      for (const answer of answers) {
        const baseUrl = `${url}/${answer.name}`;
        const result = await getStatus(baseUrl, asked.jobId, {
          fetch: (target, init) => fetch(target, { ...init, redirect: "manual" }),
        });
        const moved = JSON.stringify(result)
          .replaceAll(baseUrl, asked.baseUrl)
          .replaceAll(url, "https://recorded.example");
        assert.deepEqual(JSON.parse(moved), JSON.parse(JSON.stringify(complete(answer))), answer.name);
      }
    });
  });
});

describe("the files of the corpus", (test) => {
  test("each NAME.http has a NAME.json, and there are no other files", () => {
    const expected = answers.flatMap(({ name }) => [`${name}.http`, `${name}.json`]);
    assert.deepEqual(files(), [...expected, "README.md", "schema.json"].sort());
  });

  for (const { name } of answers) {
    test(`${name}.json is valid against schema.json and reviewed`, () => {
      const info = json(`${name}.json`);
      assert.deepEqual(violations(schema, info), []);
      assert.ok(!JSON.stringify(info).includes(TO_BE_REVIEWED), "check the result, and replace each `to be reviewed`");
    });
  }

  test("no response has a cookie or a content coding", () => {
    for (const { name, headers } of answers) {
      assert.deepEqual(
        headers.filter(([header]) => /^(set-cookie|content-encoding)$/i.test(header)),
        [],
        name,
      );
    }
  });

  for (const [what, change] of Object.entries<(info: any) => unknown>({
    "without an origin": (info) => delete info.origin,
    "with an empty remark": (info) => (info.remarkable = ""),
    "with an unknown member": (info) => (info.comment = "x"),
    "recorded in another way": (info) => (info.how = "copied"),
    "with a credential in the request": (info) => (info.request.headers = { authorization: "Bearer x" }),
    "of an unknown method": (info) => (info.request.method = "PUT"),
    "of a request without a path": (info) => (info.request.path = "jobs/a"),
    "with a status that is not one of the codes": (info) => (info.result.status = "queued"),
    "with the document in the result": (info) => (info.result.document = {}),
    "with a progress beyond 100": (info) => (info.result.progress = 101),
    "with a progress below 0": (info) => (info.result.progress = -1),
    "without links": (info) => delete info.result.links,
    "with a link without href": (info) => (info.result.links = [{ rel: "self" }]),
    "with an empty exception": (info) => (info.result.exception = {}),
    "with a fractional status in an exception": (info) => (info.result.exception = { status: 4.5 }),
    "with another kind of result": (info) => (info.result.kind = "Gone"),
    "with the reason of another kind": (info) => (info.result = { kind: "NotFound", reason: "http", message: "x" }),
    "with a review that is done": (info) => (info.review = "done"),
    "that is a list": () => [],
  })) {
    test(`schema.json rejects a file ${what}`, () => {
      const info = json("ogc-1.0/full-running.json");
      const changed = change(info);
      assert.notDeepEqual(violations(schema, Array.isArray(changed) ? changed : info), []);
    });
  }

  test("schema.json allows what `npm run record` writes", () => {
    assert.deepEqual(violations(schema, { ...json("ogc-1.0/full-running.json"), review: TO_BE_REVIEWED }), []);
  });

  for (const keyword of [
    { format: "uri" },
    { additionalProperties: true },
    { $ref: "#/$defs/none" },
    { $ref: "http://h" },
  ]) {
    test(`violations() throws for ${JSON.stringify(keyword)}, which it does not support`, () => {
      assert.throws(() => violations(keyword, "x"), /^Error: Cannot (check|resolve)/);
    });
  }

  for (const [what, text] of Object.entries({
    "without a blank line": "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n",
    "with line feeds alone in its head": "HTTP/1.1 200 OK\nContent-Type: text/plain\r\n\r\n",
    "with a line feed between its headers": "HTTP/1.1 200 OK\r\nA: b\nC: d\r\n\r\n",
    "without a status code": "HTTP/1.1 OK\r\n\r\n",
    "with a line that is not a header": "HTTP/1.1 200 OK\r\nContent-Type\r\n\r\n",
    "whose last chunk is missing": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
    "with data after its last chunk": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n\n",
    "that is shorter than its Content-Length": "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}",
    "that is longer than its Content-Length": "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}\n",
    "that is empty": "",
  })) {
    test(`parseResponse() rejects a response ${what}`, () => {
      assert.throws(() => parseResponse(Buffer.from(text), "x.http"), /^Error: Cannot read x\.http: /);
    });
  }

  test("parseResponse() joins chunks", () => {
    const text =
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3;x=y\r\n{"a\r\nA\r\n":12345678\r\n1\r\n}\r\n0\r\n\r\n';
    const { status, headers, body } = parseResponse(Buffer.from(text), "x.http");
    assert.deepEqual([status, headers], [200, [["transfer-encoding", "chunked"]]]);
    assert.equal(Buffer.from(body).toString(), '{"a":12345678}');
  });

  for (const [readme, path] of [
    ["the README of the corpus", new URL("README.md", folder)],
    ["the README", new URL("../../README.md", import.meta.url)],
  ] as const) {
    test(`${readme} states how many responses of each kind there are`, () => {
      const said = readFileSync(path, "utf8")
        .replace(/\s+/g, " ")
        .match(/\d+ responses: \d+ verbatim, \d+ reconstructed, \d+ made up/g);
      assert.deepEqual(said, [counts(answers)]);
    });
  }
});
