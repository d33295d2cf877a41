import assert from "node:assert/strict";
import { getStatus } from "../../src/get-status.ts";
import { describe } from "../runner/suite.ts";
import { corpus, files, parseResponse, replayServer } from "../support/corpus.ts";
import { listening } from "../support/listen.ts";
import { REQUESTED, expectedResult } from "../support/recorded.ts";

describe("the corpus", (test) => {
  test("each file is a complete response: getStatus() returns the same result over a socket", async () => {
    await listening(replayServer(corpus), async (url) => {
      for (const recorded of corpus) {
        const baseUrl = `${url}/${recorded.name}`;
        const result = await getStatus(baseUrl, REQUESTED.jobId, {
          fetch: (target, init) => fetch(target, { ...init, redirect: "manual" }),
        });
        const moved = JSON.stringify(result)
          .replaceAll(baseUrl, REQUESTED.baseUrl)
          .replaceAll(url, new URL(REQUESTED.baseUrl).origin);
        assert.deepEqual(JSON.parse(moved), JSON.parse(JSON.stringify(expectedResult(recorded))), recorded.name);
      }
    });
  });

  test("each NAME.http has a NAME.json, and there are no other files", () => {
    const expected = corpus.flatMap(({ name }) => [`${name}.http`, `${name}.json`]);
    assert.deepEqual(files(), [...expected, "README.md", "SERVERS.md", "schema.json"].sort());
  });

  test("no response has a cookie or a content coding", () => {
    for (const { name, headers } of corpus) {
      const names = headers.map(([header]) => header.toLowerCase());
      assert.ok(!names.includes("set-cookie") && !names.includes("content-encoding"), name);
    }
  });
});

describe("parseResponse()", (test) => {
  for (const [what, text] of Object.entries({
    "is empty": "",
    "has no blank line": "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n",
    "has a line feed alone in its head": "HTTP/1.1 200 OK\nContent-Type: text/plain\r\n\r\n",
    "has a line feed alone between its headers": "HTTP/1.1 200 OK\r\nA: b\nC: d\r\n\r\n",
    "has no status": "HTTP/1.1 OK\r\n\r\n",
    "has a line that is not a header": "HTTP/1.1 200 OK\r\nContent-Type\r\n\r\n",
    "lacks its last chunk": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
    "has data after its last chunk": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n\n",
    "is shorter than its Content-Length": "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}",
    "is longer than its Content-Length": "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}\n",
  })) {
    test(`rejects a response that ${what}`, () => {
      assert.throws(() => parseResponse(Buffer.from(text), "x.http"), /^Error: Cannot read x\.http: /);
    });
  }

  test("joins chunks", () => {
    const head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    const text = `${head}3;x=y\r\n{"a\r\nA\r\n":12345678\r\n1\r\n}\r\n0\r\n\r\n`;
    const { status, headers, body } = parseResponse(Buffer.from(text), "x.http");
    assert.deepEqual([status, headers], [200, [["transfer-encoding", "chunked"]]]);
    assert.equal(Buffer.from(body).toString(), '{"a":12345678}');
  });
});
