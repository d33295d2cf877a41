import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createServer, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import {
  getStatus,
  isNotFound,
  isServerError,
  isStatusInfo,
  type GetStatusOptions,
  type Result,
} from "../src/get-status.ts";
import { listening } from "./support/listen.ts";
import { rejection } from "./support/stub.ts";
import { describe } from "./support/suite.ts";

const STATUS = '{"jobID":"j","status":"running"}';
type End = "end" | "reset" | "open";
type Bytes = string | Uint8Array;

/** A server that writes these parts, byte for byte, to each connection that has sent a request. */
async function raw(parts: readonly Bytes[], end: End, run: (url: string, seen: Seen) => Promise<void>): Promise<void> {
  const seen: Seen = { requests: [], sockets: [] };
  const server = createServer((socket) => {
    seen.sockets.push(socket);
    socket.on("error", () => {});
    socket.once("data", async (data) => {
      seen.requests.push(data.toString("latin1"));
      for (const part of parts) {
        if (socket.destroyed) return;
        const flushed = socket.write(typeof part === "string" ? Buffer.from(part, "latin1") : part);
        // Until the client reads on or disconnects.
        if (!flushed) await new Promise((done) => socket.once("drain", done).once("close", done));
        await new Promise((done) => setImmediate(done));
      }
      if (end === "end") socket.end();
      else if (end === "reset") socket.resetAndDestroy();
    });
  });
  await listening(server, async (url) => {
    await run(url, seen);
    for (const socket of seen.sockets) socket.destroy();
  });
}

interface Seen {
  readonly requests: string[];
  readonly sockets: Socket[];
}

function closing(socket: Socket): Promise<unknown> {
  return new Promise((closed) => (socket.closed ? closed(undefined) : socket.once("close", closed)));
}

function brief(result: Result): string {
  assert.equal([isStatusInfo, isNotFound, isServerError].filter((guard) => guard(result)).length, 1);
  return result.kind === "StatusInfo" ? result.status : `${result.reason} ${result.http?.status ?? "-"}`;
}

const head = (status: number | string, ...headers: string[]): string =>
  `HTTP/1.1 ${status} X\r\n${headers.map((header) => `${header}\r\n`).join("")}\r\n`;
const length = (bytes: number): string => `Content-Length: ${bytes}`;
const chunked = "Transfer-Encoding: chunked";
const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
const gzip = gzipSync(STATUS);

describe("a fault on the wire", (test) => {
  const cases: [name: string, parts: Bytes[], end: End, outcome: string, body?: string][] = [
    ["a close before the head", [], "end", "network -"],
    ["a reset before the head", [], "reset", "network -"],
    ["a close in the status line", ["HTTP/1.1 2"], "end", "network -"],
    ["a close in the headers", ["HTTP/1.1 200 OK\r\nContent-Type: app"], "end", "network -"],
    ["no HTTP at all", ["220 mail.example ESMTP\r\n"], "end", "network -"],
    ["binary noise", [new Uint8Array([0, 255, 1, 254])], "end", "network -"],
    ["a status line with no number", [`HTTP/1.1 abc X\r\n${length(0)}\r\n\r\n`], "end", "network -"],
    ["a close before a body of known length", [head(200, length(99))], "end", "network 200"],
    ["a close in a body of known length", [head(200, length(99)), STATUS], "end", "network 200"],
    [
      "bytes after the end of the body",
      [head(200, length(STATUS.length)), STATUS, "trailing garbage"],
      "end",
      "running",
    ],
    [
      "a second response after the first",
      [head(200, length(STATUS.length)), STATUS, head(500, length(1)), "x"],
      "end",
      "running",
    ],
    ["a body cut by its length", [head(200, length(10)), STATUS], "end", "malformed 200", STATUS.slice(0, 10)],
    ["a body that ends with the connection", [head(200), STATUS], "end", "running"],
    ["HTTP/1.0", ["HTTP/1.0 200 OK\r\n\r\n", STATUS], "end", "running"],
    [
      "a chunked body",
      [head(200, chunked), chunk(STATUS.slice(0, 9)), chunk(STATUS.slice(9)), "0\r\n\r\n"],
      "end",
      "running",
    ],
    [
      "a chunked body with trailers",
      [head(200, chunked), chunk(STATUS), "0\r\nX-Trailer: 1\r\n\r\n"],
      "end",
      "running",
    ],
    ["a chunked body without its end", [head(200, chunked), chunk(STATUS)], "end", "network 200"],
    ["a chunk of no size", [head(200, chunked), "zz\r\n"], "end", "network 200"],
    ["a chunk longer than its size", [head(200, chunked), `2\r\n${STATUS}\r\n0\r\n\r\n`], "end", "network 200"],
    ["gzip", [head(200, "Content-Encoding: gzip", length(gzip.length)), gzip], "end", "running"],
    [
      "deflate",
      [head(200, "Content-Encoding: deflate", length(deflateSync(STATUS).length)), deflateSync(STATUS)],
      "end",
      "running",
    ],
    [
      "brotli",
      [head(200, "Content-Encoding: br", length(brotliCompressSync(STATUS).length)), brotliCompressSync(STATUS)],
      "end",
      "running",
    ],
    ["broken gzip", [head(200, "Content-Encoding: gzip", length(STATUS.length)), STATUS], "end", "network 200"],
    // Node treats what it could inflate of this as the whole body.
    ["broken deflate", [head(200, "Content-Encoding: deflate", length(5)), "\x78\x9cabc"], "end", "malformed 200"],
    [
      "gzip that is cut off",
      [head(200, "Content-Encoding: gzip", length(20)), gzip.subarray(0, 20)],
      "end",
      "malformed 200",
    ],
    ["broken brotli", [head(200, "Content-Encoding: br", length(STATUS.length)), STATUS], "end", "network 200"],
    ["an unknown coding", [head(200, "Content-Encoding: x-unknown", length(STATUS.length)), STATUS], "end", "running"],
    [
      "an early hint before the response",
      [head(103, "Link: </x>; rel=preload"), head(200, length(STATUS.length)), STATUS],
      "end",
      "running",
    ],
    // It was not requested, and undici treats it as an error.
    ["a 100 before the response", [head(100), head(200, length(STATUS.length)), STATUS], "end", "network -"],
    ["no reason phrase", [`HTTP/1.1 200\r\n${length(STATUS.length)}\r\n\r\n`, STATUS], "end", "running"],
    ["a header without a value", [head(200, "X-Empty:", length(STATUS.length)), STATUS], "end", "running"],
    ["Latin-1 in a header", [head(200, "X-Name: J\xfcrgen", length(STATUS.length)), STATUS], "end", "running"],
    ["a megabyte of headers", [head(200, `X-Long: ${"x".repeat(1_048_576)}`), STATUS], "end", "network -"],
    [
      "10,000 headers",
      [head(200, ...Array.from({ length: 10_000 }, (_, i) => `X-${i}: ${i}`)), STATUS],
      "end",
      "network -",
    ],
    ["a header named __proto__", [head(200, "__proto__: x", length(STATUS.length)), STATUS], "end", "running"],
    ["bad UTF-8", [head(500, length(3)), new Uint8Array([0x61, 0xff, 0x62])], "end", "http 500", "a\ufffdb"],
    ["a BOM", [head(200, length(STATUS.length + 3)), new Uint8Array([0xef, 0xbb, 0xbf]), STATUS], "end", "running"],
    ["UTF-16", [head(200), Buffer.from(STATUS, "utf16le")], "end", "malformed 200"],
    ["a 503 that is cut off", [head(503, length(99)), "<p>Bu"], "end", "http 503", "<p>Bu"],
    [
      "a 404 that is cut off",
      [head(404, length(99)), '{"type":"NoSuchJob"}'],
      "end",
      "no-such-job 404",
      '{"type":"NoSuchJob"}',
    ],
    ["a 404 that breaks in its chunks", [head(404, chunked), chunk("<p>"), "zz"], "end", "unspecified 404", "<p>"],
    ["a redirect without Location", [head(302, length(1)), "x"], "end", "http 302", "x"],
    ["a redirect to another scheme", [head(302, "Location: ftp://h/jobs/j", length(0))], "end", "network -"],
    ["a redirect to a file", [head(302, "Location: file:///etc/passwd", length(0))], "end", "network -"],
    ["a redirect to a script", [head(302, "Location: javascript:alert(1)", length(0))], "end", "network -"],
    [
      "a redirect to a URL with credentials",
      [head(302, "Location: http://user:secret@127.0.0.1:1/", length(0))],
      "end",
      "network -",
    ],
    ["a redirect to no URL", [head(302, "Location: http://[", length(0))], "end", "network -"],
  ];
  for (const [name, parts, end, outcome, body] of cases) {
    test(`getStatus() returns ${outcome} for ${name}, after one request`, () =>
      raw(parts, end, async (url, seen) => {
        const result = await getStatus(url, "j");
        assert.equal(brief(result), outcome);
        if (body !== undefined) assert.equal(result.kind !== "StatusInfo" && result.body, body);
        assert.equal(seen.requests.length, 1);
        if (result.kind === "ServerError" && result.reason === "network") {
          assert.ok(result.cause instanceof TypeError);
          assert.equal(
            result.message,
            result.http ? "Response body could not be read to the end: see cause" : "Request failed: see cause",
          );
        }
      }));
  }
});

describe("a bound on the wire", (test) => {
  const bombs: [string, Uint8Array][] = [
    ["gzip", gzipSync(Buffer.alloc(100_000_000, "x"))],
    ["br", brotliCompressSync(Buffer.alloc(100_000_000, "x"), { params: { 1: 1 } })],
    ["deflate", deflateSync(Buffer.alloc(100_000_000, "x"))],
  ];
  for (const [coding, bomb] of bombs) {
    test(`getStatus() stops a ${coding} bomb of ${bomb.length} bytes, which inflate to 100 MB, at maxBytes`, () =>
      raw([head(200, `Content-Encoding: ${coding}`, length(bomb.length)), bomb], "open", async (url) => {
        const before = process.memoryUsage().rss;
        const result = await getStatus(url, "j", { maxBytes: 10_000 });
        assert.equal(result.kind === "ServerError" && result.message, "Response body is too large (see maxBytes)");
        assert.equal(result.kind === "ServerError" && result.body, "x".repeat(10_000));
        assert.ok(process.memoryUsage().rss - before < 50_000_000);
      }));
  }

  test("getStatus() stops an endless body and closes its socket", async () => {
    const endless = Array.from({ length: 1_000 }, () => chunk("x".repeat(65_536)));
    await raw([head(200, chunked), ...endless], "open", async (url, seen) => {
      await getStatus(url, "j", { maxBytes: 1_000 });
      await closing(seen.sockets[0]!);
    });
  });

  const waits: [string, Bytes[]][] = [
    ["a head that never comes", []],
    ["a head that never ends", ["HTTP/1.1 200 OK\r\n", "X: "]],
    ["a body that never comes", [head(200, length(9))]],
    ["a body that never ends", [head(200, chunked), ...Array.from({ length: 50 }, () => chunk("{"))]],
    ["a body that never comes under a 500", [head(500, length(9))]],
  ];
  for (const [name, parts] of waits) {
    test(`getStatus() waits for ${name} until the signal aborts, and closes the socket`, () =>
      raw(parts, "open", async (url, seen) => {
        const abort = new AbortController();
        const pending = rejection(getStatus(url, "j", { signal: abort.signal }));
        while (!seen.requests.length) await new Promise((done) => setImmediate(done));
        const closed = closing(seen.sockets[0]!);
        setImmediate(() => abort.abort("enough"));
        assert.equal(await pending, "enough");
        await closed;
      }));
  }

  test("getStatus() reads a body in 100,000 chunks of one byte", () => {
    const text = `{"jobID":"j","status":"running","x":"${"x".repeat(100_000)}"}`;
    return raw([head(200, chunked), [...text].map(chunk).join(""), "0\r\n\r\n"], "end", async (url) => {
      assert.equal(brief(await getStatus(url, "j")), "running");
    });
  });
});

describe("a bound on memory", (test) => {
  const over = { kind: "ServerError", message: "Response body is too large (see maxBytes)" };
  // A figure of the heap would miss strings and buffers.
  for (const [scenario, expected, megabytes] of [
    ["links", { kind: "StatusInfo", links: 80_000 }, 250],
    ["drip of bytes", { ...over, length: 1_048_576 }, 250],
    ["small chunks of large buffers", { ...over, length: 1_048_576 }, 250],
    ["infinite", { ...over, length: 500_000_000 }, 1_800],
  ] as const) {
    test(`getStatus() needs at most ${megabytes} MB of resident memory: ${scenario}`, async () => {
      const { stdout } = await promisify(execFile)(process.execPath, [
        fileURLToPath(new URL("support/peak.js", import.meta.url)),
        scenario,
      ]);
      const { megabytes: peak, milliseconds: _, ...outcome } = JSON.parse(stdout) as Record<string, unknown>;
      assert.deepEqual(outcome, expected);
      assert.ok(Number(peak) <= megabytes, `${String(peak)} MB`);
    });
  }
});

describe("a host that does not exist", (test) => {
  test("getStatus() returns a network failure for a name that does not resolve", async () => {
    const result = await getStatus("http://no-such-host.invalid", "j");
    assert.equal(brief(result), "network -");
  });
});

describe("a secret on the wire", (test) => {
  test("getStatus() repeats no header and no query in a message, whatever goes wrong", async () => {
    const opts: GetStatusOptions = { headers: { authorization: "Bearer secret", "x-key": "secret" } };
    for (const parts of [[], [head(200)], [head(500)], [head(302, "Location: ftp://h/")], [head(200, chunked), "zz"]]) {
      await raw(parts, "end", async (url) => {
        const result = await getStatus(`${url}/?key=secret`, "j", opts);
        assert.ok(result.kind !== "StatusInfo");
        assert.doesNotMatch(result.message, /secret/);
      });
    }
  });
});
