/** What can go wrong on the wire, byte for byte, and what getStatus() on Node must return: for contract/wire and the soak. */
import { createServer, type Server, type Socket } from "node:net";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";

export interface Fault {
  readonly name: string;
  /** What the server writes. */
  readonly parts: readonly Part[];
  /** How the connection ends after that; if it stays open, the client has to act. */
  readonly end: "end" | "reset" | "open";
  /** For example `network -`, as `brief` of fetches.ts says it; the status is left out where a reset may precede the head. */
  readonly outcome: string;
  /** The body of the result. */
  readonly body?: string;
}

export type Part = string | Uint8Array;

export const STATUS = '{"jobID":"j","status":"running"}';

export const head = (status: number, ...headers: string[]): string =>
  [`HTTP/1.1 ${status} X`, ...headers, "", ""].join("\r\n");
export const length = (body: Part): string => `Content-Length: ${body.length}`;
export const CHUNKED = "Transfer-Encoding: chunked";
export const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;

const whole = (body: Part, ...headers: string[]): Part[] => [head(200, length(body), ...headers), body];
const coded = (coding: string, body: Part): Part[] => whole(body, `Content-Encoding: ${coding}`);
const redirect = (location: string): Part[] => [head(302, `Location: ${location}`, "Content-Length: 0")];
const CUT = "Content-Length: 99";
const gzip = gzipSync(STATUS);

type Row = readonly [name: string, parts: readonly Part[], outcome: string, body?: string];

const ending: readonly Row[] = [
  ["a close before the head", [], "network -"],
  ["a close in the status line", ["HTTP/1.1 2"], "network -"],
  ["a close in the headers", ["HTTP/1.1 200 OK\r\nContent-Type: app"], "network -"],
  ["another protocol", ["SSH-2.0-OpenSSH\r\n"], "network -"],
  ["two Content-Lengths", [head(200, "Content-Length: 1", "Content-Length: 2"), "{}"], "network -"],
  ["a close before a body of known length", [head(200, CUT)], "network 200"],
  ["a close in a body of known length", [head(200, CUT), STATUS], "network 200"],
  ["bytes after the end of the body", [...whole(STATUS), "garbage"], "running"],
  ["a second response after the first", [...whole(STATUS), head(500, "Content-Length: 1"), "x"], "running"],
  ["a body cut by its length", [head(200, "Content-Length: 10"), STATUS], "malformed 200", STATUS.slice(0, 10)],
  ["a body that ends with the connection", [head(200), STATUS], "running"],
  ["HTTP/1.0", ["HTTP/1.0 200 OK\r\n\r\n", STATUS], "running"],
  ["chunks", [head(200, CHUNKED), chunk(STATUS.slice(0, 9)), chunk(STATUS.slice(9)), "0\r\n\r\n"], "running"],
  ["chunks with a trailer", [head(200, CHUNKED), chunk(STATUS), "0\r\nX-Trailer: 1\r\n\r\n"], "running"],
  ["chunks without an end", [head(200, CHUNKED), chunk(STATUS)], "network 200"],
  ["a chunk without a size", [head(200, CHUNKED), "zz\r\n"], "network 200"],
  ["a chunk longer than its size", [head(200, CHUNKED), `2\r\n${STATUS}\r\n0\r\n\r\n`], "network 200"],
  ["gzip", coded("gzip", gzip), "running"],
  ["deflate", coded("deflate", deflateSync(STATUS)), "running"],
  ["brotli", coded("br", brotliCompressSync(STATUS)), "running"],
  ["an unknown coding", coded("x-unknown", STATUS), "running"],
  ["broken gzip", coded("gzip", STATUS), "network 200"],
  ["broken brotli", coded("br", STATUS), "network 200"],
  // Node takes what it could inflate of these for the whole body.
  ["broken deflate", coded("deflate", "\x78\x9cabc"), "malformed 200"],
  ["gzip that is cut off", coded("gzip", gzip.subarray(0, 20)), "malformed 200"],
  ["an early hint before the response", [head(103, "Link: </x>; rel=preload"), ...whole(STATUS)], "running"],
  // It was not requested, and undici treats it as an error.
  ["a 100 before the response", [head(100), ...whole(STATUS)], "network -"],
  ["no reason phrase", [`HTTP/1.1 200\r\n${length(STATUS)}\r\n\r\n`, STATUS], "running"],
  ["a header without a value", whole(STATUS, "X-Empty:"), "running"],
  ["Latin-1 in a header", whole(STATUS, "X-Name: J\xfcrgen"), "running"],
  ["a header named __proto__", whole(STATUS, "__proto__: x"), "running"],
  ["a megabyte of headers", [head(200, `X-Long: ${"x".repeat(1_048_576)}`), STATUS], "network -"],
  ["3,000 headers", [head(200, ...Array.from({ length: 3_000 }, (_, i) => `X-${i}: ${i}`)), STATUS], "network -"],
  ["a BOM", [head(200), new Uint8Array([0xef, 0xbb, 0xbf]), STATUS], "running"],
  ["UTF-16", [head(200), Buffer.from(STATUS, "utf16le")], "malformed 200"],
  ["bytes that are not UTF-8", [head(500), new Uint8Array([0x61, 0xff, 0x62])], "http 500", "a\ufffdb"],
  ["a 503 that is cut off", [head(503, CUT), "<p>Bu"], "http 503", "<p>Bu"],
  ["a 503 that is not gzip", [head(503, CUT, "Content-Encoding: gzip"), "<p>Bu"], "http 503"],
  ["a 404 that is cut off", [head(404, CUT), '{"type":"NoSuchJob"}'], "no-such-job 404", '{"type":"NoSuchJob"}'],
  ["a 404 that breaks in its chunks", [head(404, CHUNKED), chunk("<p>"), "zz"], "unspecified 404", "<p>"],
  ["a redirect without Location", [head(302, "Content-Length: 1"), "x"], "http 302", "x"],
  ["a redirect to another scheme", redirect("ftp://h/jobs/j"), "network -"],
  ["a redirect to a file", redirect("file:///etc/passwd"), "network -"],
  ["a redirect to a script", redirect("javascript:alert(1)"), "network -"],
  ["a redirect to a URL with credentials", redirect("http://user:secret@127.0.0.1:1/"), "network -"],
  ["a redirect to an invalid URL", redirect("http://["), "network -"],
];

const resetting: readonly Row[] = [
  ["a reset before the head", [], "network -"],
  ["a reset in the body", [head(200, CUT), STATUS], "network"],
  ["a reset in a chunk", [head(200, CHUNKED), `99\r\n${STATUS}`], "network"],
  ["a reset in a compressed body", [head(200, CUT, "Content-Encoding: gzip"), gzip.subarray(0, 20)], "network"],
];

/** Responses that never end. */
const open: readonly Row[] = [
  ["no head", [], "timeout -"],
  ["a head that never ends", ["HTTP/1.1 200 OK\r\n", "X: "], "timeout -"],
  ["a body that never comes", [head(200, CUT)], "timeout 200"],
  ["a body that never ends", [head(200, CHUNKED), chunk("{")], "timeout 200"],
  ["a body that never comes under a 500", [head(500, CUT)], "http 500", ""],
];

const withEnd = (rows: readonly Row[], end: Fault["end"]): Fault[] =>
  rows.map(([name, parts, outcome, body]) => ({ name, parts, end, outcome, ...(body !== undefined && { body }) }));

export const FAULTS: readonly Fault[] = [...withEnd(ending, "end"), ...withEnd(resetting, "reset")];
export const ENDLESS: readonly Fault[] = withEnd(open, "open");

export interface RawServer {
  readonly server: Server;
  /** The heads of the requests, in order. */
  readonly requests: string[];
  readonly sockets: Socket[];
}

/** A server that writes what `faultFor` returns for the path of each request. */
export function rawServer(faultFor: (path: string) => Pick<Fault, "parts" | "end">): RawServer {
  const requests: string[] = [];
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
    socket.once("data", async (data) => {
      const request = data.toString("latin1");
      requests.push(request);
      const { parts, end } = faultFor(request.split(" ")[1] ?? "");
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
  return { server, requests, sockets };
}
