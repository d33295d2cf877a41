import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { describe } from "../runner/suite.ts";
import { listening } from "../support/listen.ts";
import { capture } from "./command.ts";
import { recorder } from "./record.ts";

const STATUS = '{"jobID":"j","status":"running"}';
const SENT = ["X-Key: s3/cr/et&k3y", "Cookie: a=b; id=c00kie+c00kie", "Authorization: Negotiate dXNlcjpwYXNzL3cwcmQ="];

/** Records the response of a server, and returns the files in its folder too. */
async function record(listener: RequestListener, args: string[] = [], existing = "") {
  const corpus = mkdtempSync(join(tmpdir(), "corpus-"));
  const folder = join(corpus, "acme-1.2");
  mkdirSync(folder);
  const [file = "", target] = existing.split(" -> ");
  if (target) symlinkSync(join(corpus, target), join(folder, file));
  else if (existing) writeFileSync(join(folder, file), "");
  const ended = await listening(createServer(listener), (url) => {
    const headers = SENT.flatMap((header) => ["--header", header]);
    const host = ["--replace", `${new URL(url).host}=$&.example`];
    const fixed = [`${url}/ogc?key=qu3ry%2Fk3y&f=text/html`, "job 1", "--server", "acme-1.2", ...host, ...headers];
    return capture(recorder(pathToFileURL(`${corpus}/`)), ...fixed, ...args);
  });
  const read = (file: string): string => (target ? "" : readFileSync(join(folder, file), "utf8"));
  const files = readdirSync(folder).map((file) => [file, read(file)] as const);
  rmSync(corpus, { recursive: true });
  return { ...ended, files: new Map(files) };
}

const sending =
  (status: number, body: string | Buffer = "", headers = {}): RequestListener =>
  (_, response) =>
    response.writeHead(status, "As It Is", headers).end(body);
const coded = (name: string, body: string | Buffer) => sending(200, body, { "Content-Encoding": name });

describe("npm run record", (test) => {
  test("records a response and its result in two files, and nothing that was sent", async () => {
    const sent: unknown[] = [];
    const { code, out, err, files } = await record(
      ({ headers, url }, response) => {
        sent.push(headers["x-key"], headers.accept, headers["accept-encoding"], url);
        const body = `{"jobID":"täst","status":"queued","message":"$& ${headers.host}"}`;
        response.sendDate = response.shouldKeepAlive = false;
        response.setHeader("Set-Cookie", ["a=1", "b=2"]).setHeader("X-Acme", ["text/html", "b"]);
        response.setHeader("Content-Length", Buffer.byteLength(body)).end(body);
      },
      ["--header", "accept: a/b", "--replace", "täst=tëst=1", "--replace", "ogc=api"],
    );
    assert.deepEqual([code, err], [0, ""]);
    assert.deepEqual(sent, ["s3/cr/et&k3y", "a/b", "identity", "/ogc/jobs/job%201?key=qu3ry%2Fk3y&f=text/html"]);
    const body = '{"jobID":"tëst=1","status":"queued","message":"$& $&.example"}';
    const head = "HTTP/1.1 200 OK\r\nX-Acme: text/html\r\nX-Acme: b\r\nContent-Length: 63\r\nConnection: close\r\n";
    assert.equal(files.get("accepted.http"), `${head}\r\n${body}`);
    const { origin, ...info } = JSON.parse(files.get("accepted.json") ?? "");
    assert.match(origin, /^acme-1\.2, captured on \d{4}-\d\d-\d\d$/);
    assert.deepEqual(info, {
      $schema: "../schema.json",
      request: { method: "GET", path: "/api/jobs/job%201" },
      how: "verbatim",
      notes: "to be reviewed",
      review: "to be reviewed",
      result: { kind: "StatusInfo", jobID: "tëst=1", status: "accepted", message: "$& $&.example", links: [] },
    });
    assert.equal(files.size, 2);
    assert.match(out, /^Recorded acme-1\.2\/accepted: HTTP 200, StatusInfo\.\n[^]*accepted\.http[^]*npm run servers/);
  });

  const rows: [what: string, code: number, listener: RequestListener, expected: RegExp, existing?: string][] = [
    ["a redirect", 0, sending(302, "", { Location: "/x" }), /^HTTP\/1\.1 302 As It Is\r\nLocation: \/x\r\n/],
    ["a 304", 0, sending(304), /^HTTP\/1\.1 304 As It Is\r\n/],
    ["a 599 in chunks", 0, sending(599, "x"), /^HTTP\/1\.1 599 As It Is\r\n[^]*\r\n\r\n1\r\nx\r\n0\r\n\r\n/],
    ["gzip, decoded", 0, coded("gzip", gzipSync(STATUS)), /\r\n\{.*\}\r\n[^]*Content-Encoding: gzip\./],
    ["deflate, decoded", 0, coded("deflate", deflateSync(STATUS)), /\r\n\{.*\}\r\n[^]*Content-Encoding: deflate\./],
    ["Brotli, decoded", 0, coded("br", brotliCompressSync(STATUS)), /\r\n\{.*\}\r\n[^]*Content-Encoding: br\./],
    ["a scheme that was sent", 0, sending(401, "", { "WWW-Authenticate": "Negotiate" }), /\r\nWWW-Authenticate: N/],
    ["no secret", 70, sending(404, "s3/cr/et&k3y"), /^the response repeats the value of X-Key in /],
    ["no secret in another letter case", 70, sending(404, "S3/CR/ET&K3Y"), /X-Key/],
    ["no percent-encoded secret", 70, sending(404, "s3%2Fcr%2fet&k3y"), /X-Key/],
    ["no secret escaped as in JSON", 70, sending(404, "s3\\/cr\\u002fet&k3y"), /X-Key/],
    ["no secret escaped as in HTML", 70, sending(404, "s3&#x2F;cr&#47;et&amp;k3y"), /X-Key/],
    ["no secret in base64", 70, sending(404, Buffer.from("s3/cr/et&k3y").toString("base64")), /X-Key/],
    [
      "no secret in base64 after a slash",
      70,
      sending(404, `x/${Buffer.from("s3/cr/et&k3y").toString("base64")}`),
      /X-Key/,
    ],
    ["no cookie", 70, sending(404, "c00kie+c00kie"), /Cookie/],
    ["no password", 70, sending(404, "pass/w0rd"), /Authorization/],
    ["no credentials", 70, sending(404, "dXNlcjpwYXNzL3cwcmQ="), /Authorization/],
    ["no key of the query", 70, sending(404, "qu3ry%2Fk3y"), /of key in/],
    ["no key of the query in a URL in a query", 70, sending(302, "", { Location: "/?qu3ry%252Fk3y" }), /of key in/],
    ["nothing without a response", 70, (request) => request.socket.destroy(), /^socket hang up/],
    ["nothing cut off", 70, (_, response) => response.writeHead(200).write("{", () => response.destroy()), /^aborted/],
    ["no unknown coding", 70, coded("constructor", STATUS), /^the body has the Content-Encoding constructor/],
    ["no body without its coding", 70, coded("gzip", STATUS), /^incorrect header check/],
    ["no longer body", 70, sending(200, Buffer.alloc(1_048_577)), /^the body is longer than 1048576 bytes/],
    ["no longer decoded body", 70, coded("gzip", gzipSync(Buffer.alloc(1_048_577))), /^Cannot create a Buffer/],
    ["nothing over NAME.http", 70, sending(404), /^acme-1\.2\/404 already exists/, "404.http"],
    ["nothing over NAME.json", 70, sending(404), /^acme-1\.2\/404 already exists/, "404.json"],
    ["nothing through a link that leads nowhere", 70, sending(404), /^EEXIST/, "404.http -> nowhere"],
  ];
  for (const [what, expectedCode, listener, expected, existing] of rows) {
    test(`records ${what}`, async () => {
      const { code, err, files } = await record(listener, [], existing);
      assert.equal(code, expectedCode);
      assert.match(code ? err : [...files.values()].join(""), expected);
      assert.doesNotMatch(err + (files.get("running.http") ?? ""), /s3.cr|Content-Encoding:/i);
      if (code) assert.deepEqual([...files], existing ? [[existing.split(" ")[0], ""]] : []);
    });
  }
});
