import * as assert from "uvu/assert";
import { readFileSync } from "node:fs";
import { getStatus, type Fetch } from "../../src/get-status.ts";
import { describe } from "../runner/suite.ts";
import { corpus, files, parseResponse, replayServer } from "../support/corpus.ts";
import { listening } from "../support/listen.ts";
import { REQUESTED, expectedResult } from "../support/recorded.ts";
import { PAGES } from "./servers.ts";

describe("the corpus", (test) => {
  test("each file is a complete response: getStatus() returns the same result over a socket", async () => {
    const manual: Fetch = (url, init) => fetch(url, { ...init, redirect: "manual" });
    await listening(replayServer(corpus), async (url) => {
      for (const recorded of corpus) {
        const baseUrl = `${url}/${recorded.name}`;
        const result = await getStatus(baseUrl, REQUESTED.jobId, { fetch: manual });
        const moved = JSON.stringify(result).replaceAll(baseUrl, REQUESTED.baseUrl);
        const found = JSON.parse(moved.replaceAll(url, new URL(REQUESTED.baseUrl).origin));
        assert.equal(found, JSON.parse(JSON.stringify(expectedResult(recorded))), recorded.name);
      }
    });
  });

  test("each NAME.http has a NAME.json, and there are no other files", () => {
    const expected = corpus.flatMap(({ name }) => [`${name}.http`, `${name}.json`]);
    assert.equal(files(), [...expected, "README.md", "SERVERS.md", "schema.json"].sort());
  });

  for (const text of [
    "HTTP/1.1 200 OK\r\nA: b\nC: d\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}",
    "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}\n",
  ])
    test(`cannot hold ${JSON.stringify(text)}`, () =>
      assert.throws(() => parseResponse(Buffer.from(text), "x.http"), /^Cannot read x\.http: /));
});

describe("npm run servers", (test) => {
  const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");
  for (const [path, update] of Object.entries(PAGES))
    test(`has been run since the corpus changed: ${path}`, () => assert.is(update(read(path)), read(path)));

  test("explains each column of its table", () => {
    const page = read("tests/servers/SERVERS.md");
    const [, , ...columns] = /^\| (server .*) \|$/m.exec(page)![1]!.split(" | ");
    for (const column of columns) assert.match(page, `\n| ${column} | `);
  });
});
