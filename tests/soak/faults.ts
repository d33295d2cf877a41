/** The faults of one response in three, each with the outcome that getStatus must return for it. */
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";

/** Sends a response as HTTP or as bytes; `mark` identifies the job that it is for. */
type Answer = (mark: string, response: ServerResponse, socket: Socket) => void;

const bomb = Buffer.alloc(1_000_000, "x");

function head(status: number, ...headers: string[]): string {
  return [`HTTP/1.1 ${status} X`, ...headers, "", ""].join("\r\n");
}

/** Sends these bytes and ends the connection. */
function bytes(...parts: (string | Uint8Array)[]): Answer {
  return (_, __, socket) => {
    for (const part of parts) socket.write(part);
    socket.end();
  };
}

function coded(coding: string, body: Uint8Array): Answer {
  return bytes(head(200, `Content-Encoding: ${coding}`, `Content-Length: ${body.length}`), body);
}

function redirect(location: string): Answer {
  return bytes(head(302, `Location: ${location}`, "Content-Length: 0"));
}

export const FAULTS: readonly (readonly [outcome: string, answer: Answer])[] = [
  ["unspecified 404", (mark, response) => response.writeHead(404).end(mark)],
  ["gone 410", (mark, response) => response.writeHead(410).end(mark)],
  ["http 429", (mark, response) => response.writeHead(429, { "retry-after": "1" }).end(mark)],
  ["http 500", (mark, response) => response.writeHead(500).end(mark)],
  ["malformed 200", (mark, response) => response.end(mark)],
  ["malformed 200", (_, response) => response.end()],
  // Before the head, in it, and in the body.
  ["network", (_, __, socket) => socket.destroy()],
  ["network", (_, __, socket) => socket.resetAndDestroy()],
  ["network", (_, __, socket) => socket.end("HTTP/1.1 200 O")],
  ["network", (_, __, socket) => socket.end("SSH-2.0-OpenSSH\r\n")],
  ["network", (mark, __, socket) => socket.end(head(200, "Content-Length: 999") + mark)],
  [
    "network",
    (mark, __, socket) => socket.write(head(200, "Content-Length: 999") + mark, () => socket.resetAndDestroy()),
  ],
  ["http 503", (mark, __, socket) => socket.end(head(503, "Content-Length: 999") + mark)],
  // Lengths, chunks and headers that are wrong.
  ["malformed 200", (mark, __, socket) => socket.end(head(200, "Content-Length: 3") + mark)],
  ["network", (mark, __, socket) => socket.end(`${head(200, "Transfer-Encoding: chunked")}zz\r\n${mark}`)],
  ["network", bytes(head(200, "Content-Length: 1", "Content-Length: 2"))],
  ["network", bytes(head(200, `X-Long: ${"x".repeat(100_000)}`))],
  ["network", bytes(head(200, ...Array.from({ length: 3_000 }, (_, i) => `X-${i}: ${i}`)))],
  ["network", bytes(head(100))],
  // Content codings that are broken or cut off (Node reports no error for the latter), and bombs.
  ["network", coded("gzip", Buffer.from("no gzip at all"))],
  ["network", coded("br", Buffer.from("no brotli at all"))],
  ["malformed 200", coded("gzip", gzipSync("<p>").subarray(0, 15))],
  ["over", coded("gzip", gzipSync(bomb))],
  ["over", coded("deflate", deflateSync(bomb))],
  ["over", coded("br", brotliCompressSync(bomb))],
  // Redirects to the same URL, to another scheme, with credentials, to an invalid URL, and without a location.
  ["network", (_, response) => response.writeHead(302, { location: response.req.url }).end()],
  ["network", redirect("ftp://h/jobs/j")],
  ["network", redirect("http://user:secret@127.0.0.1:1/")],
  ["network", redirect("http://[")],
  ["http 302", (mark, response) => response.writeHead(302).end(mark)],
  // Text that is not UTF-8.
  ["malformed 200", bytes(head(200, "Content-Length: 4"), Buffer.from("{}", "utf16le"))],
  ["http 500", bytes(head(500, "Content-Length: 3"), new Uint8Array([0x61, 0xff, 0x62]))],
  // Too much, too slow, and never.
  ["over", (mark, response) => response.end(mark.padEnd(5_000, "x"))],
  [
    "over",
    (mark, response) => {
      const write = (): void => {
        if (!response.destroyed) response.write(mark.repeat(1_000), write);
      };
      write();
    },
  ],
  [
    "TimeoutError",
    (_, response) => {
      const drip = setInterval(() => response.write("{"), 500);
      response.on("close", () => clearInterval(drip));
    },
  ],
  ["TimeoutError", (_, response) => response.writeHead(200, { "content-length": "9" }).flushHeaders()],
  ["TimeoutError", () => {}],
];

/** The fault of the job with this number, if it has one. */
export function faultOf(number: number): (typeof FAULTS)[number] | undefined {
  return number % 3 ? undefined : FAULTS[(number / 3) % FAULTS.length];
}
