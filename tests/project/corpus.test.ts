import * as assert from "uvu/assert";
import { readFileSync } from "node:fs";
import { getStatus, type Fetch } from "../../src/get-status.ts";
import { describe } from "../runner/suite.ts";
import { corpus, files, parseResponse, replayServer } from "../support/corpus.ts";
import { listening } from "../support/listen.ts";
import { REQUESTED, expectedResult, type Recorded } from "../support/recorded.ts";
import { PAGES, withCounts, withTable } from "./servers.ts";

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
    test(`has been run since the corpus changed: ${path}`, () => assert.is(update(read(path), corpus), read(path)));

  const MISSING = { about: "missing job", result: { kind: "NotFound", reason: "unspecified" } };
  const MADE_UP = [
    ["a/1", 200, '{"jobID":"j","status":"running","type":"process","progress":5,"finished":null,"links":[null]}'],
    ["a/2", 200, '{"id":"j","status":"queued","created":"2026-01-01T00:00:00","links":{}}'],
    ["a/3", 404, "null", MISSING],
    ["a-prefect-0123abcd/1", 200, "{}", { how: "reconstructed" }],
    ["b-1.2/1", 200, "{}"],
    ["made-up/1", 200, "{}", { how: "made up" }],
  ].map(([name, status, body, more]) => {
    const common = { how: "verbatim", request: { method: "GET" }, headers: [], result: { kind: "StatusInfo" } };
    return { ...common, name, status, body: Buffer.from(String(body)), ...(more as object) };
  }) as unknown as Recorded[];

  test("writes what departs from the standard in bold, and explains each column", () => {
    const [titles, , row] = withTable("| server |", MADE_UP).split("\n");
    const job = "jobID, **id** | **queued** | process, **none** | **no zone** | integer | relative, **one object**";
    const errors = "**404 other JSON** |  |  | **other JSON** | **none**";
    assert.is(row, `| [a](a) | 3 (3) | ${job} | **finished** | ${errors} |`);
    const [, , ...names] = titles!.slice(2, -2).split(" | ");
    for (const name of names) assert.match(read("tests/servers/SERVERS.md"), `\n| ${name} | `);
  });

  test("counts the responses and the servers, variants of one once", () => {
    const readme = withCounts("<!-- servers -->\nold\n<!-- /servers -->", MADE_UP);
    assert.match(readme, "\n**Tested with** 6 responses (4 verbatim, 1 reconstructed, 1 made up) of 2 servers:\n");
  });
});
