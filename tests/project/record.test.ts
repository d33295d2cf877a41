import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTcpServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { folder, parseResponse } from "./support/corpus.ts";
import { listening } from "./support/listen.ts";
import { startServer } from "./support/server.ts";
import { describe } from "./support/suite.ts";

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a script of the tests with an empty corpus, or with this one. */
function run(script: string, corpus: string, ...args: string[]): Promise<Ended> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [fileURLToPath(new URL(`${script}.js`, import.meta.url)), ...args], {
      env: { ...process.env, CORPUS: corpus, NO_COLOR: "1" },
    });
    let out = "";
    let err = "";
    child.stdout.on("data", (chunk) => (out += chunk));
    child.stderr.on("data", (chunk) => (err += chunk));
    child.on("close", (code) => done({ code, out, err }));
  });
}

async function inFolder(test: (corpus: string) => Promise<void>): Promise<void> {
  const corpus = mkdtempSync(join(tmpdir(), "corpus-"));
  try {
    await test(corpus);
  } finally {
    rmSync(corpus, { recursive: true });
  }
}

/** A server that answers like this, the corpus it is recorded into, and a run of `record` with `--server acme-1.2`. */
const recording = (
  listener: RequestListener,
  test: (record: (...args: string[]) => Promise<Ended>, corpus: string, url: string) => Promise<void>,
): Promise<void> =>
  inFolder((corpus) =>
    listening(createServer(listener), (url) =>
      test((...args) => run("record", corpus, `${url}/ogc`, "job-1", "--server", "acme-1.2", ...args), corpus, url),
    ),
  );

const raw = (corpus: string, name: string): string => readFileSync(join(corpus, `acme-1.2/${name}.http`), "latin1");
const info = (corpus: string, name: string): any =>
  JSON.parse(readFileSync(join(corpus, `acme-1.2/${name}.json`), "utf8"));

function* zeros(): Generator<Buffer> {
  for (;;) yield Buffer.alloc(65_536);
}

describe("npm run record", (test) => {
  test("writes a response with its head, and the result of getStatus(), to be reviewed", () =>
    inFolder(async (corpus) => {
      const server = await startServer();
      try {
        server.add({ id: "job 1", frozenAt: 42 });
        const host = new URL(server.baseUrl).host;
        const { code, out, err } = await run(
          "record",
          corpus,
          server.baseUrl,
          "job 1",
          "--server",
          "acme-1.2",
          "--replace",
          `${host}=acme.example`,
        );
        assert.deepEqual([code, err], [0, ""]);
        assert.match(out, /^Recorded acme-1\.2\/running: HTTP 200, StatusInfo\.$/m);
        assert.deepEqual(readdirSync(join(corpus, "acme-1.2")), ["running.http", "running.json"]);
        assert.match(raw(corpus, "running"), /^HTTP\/1\.1 200 OK\r\ncontent-type: application\/json\r\nDate: /);
        const { headers, body } = parseResponse(Buffer.from(raw(corpus, "running"), "latin1"), "running.http");
        assert.deepEqual(
          headers.map(([name]) => name),
          ["content-type", "Date", "Connection", "Keep-Alive", "Transfer-Encoding"],
        );
        const document = JSON.parse(Buffer.from(body).toString());
        const { created, started, updated } = document;
        const self = "http://acme.example/ogcapi/jobs/job%201";
        const { origin, ...rest } = info(corpus, "running");
        assert.match(origin, /^acme-1\.2, captured on \d{4}-\d\d-\d\d$/);
        assert.deepEqual(rest, {
          $schema: "../schema.json",
          request: { method: "GET", path: "/ogcapi/jobs/job%201" },
          how: "verbatim",
          notes: "to be reviewed",
          review: "to be reviewed",
          result: {
            kind: "StatusInfo",
            jobID: "job 1",
            status: "running",
            type: "process",
            processID: "wait",
            message: document.message,
            created,
            started,
            updated,
            progress: 42,
            links: [
              { href: self, rel: "self", type: "application/json" },
              { href: self, rel: "monitor", type: "application/json" },
              { href: "http://acme.example/ogcapi/jobs", rel: "up", type: "application/json" },
            ],
          },
        });
      } finally {
        await server.close();
      }
    }));

  test("makes the corpus tests fail until the recording has been reviewed", () =>
    inFolder(async (corpus) => {
      cpSync(fileURLToPath(folder), corpus, { recursive: true });
      const server = await startServer();
      try {
        const { code } = await run("record", corpus, server.baseUrl, "none", "--server", "acme-1.2");
        assert.equal(code, 0);
      } finally {
        await server.close();
      }
      const { code, out, err } = await run("servers.test", corpus);
      assert.equal(code, 1);
      assert.match(out + err, /FAIL .*"acme-1\.2\/404\.json is valid against schema\.json and reviewed"/);
    }));

  test("sends the headers, and writes neither them nor Set-Cookie", () => {
    const sent: (string | undefined)[] = [];
    return recording(
      (request, response) => {
        sent.push(request.headers["x-api-key"] as string, request.headers.accept, request.headers["accept-encoding"]);
        response.setHeader("Set-Cookie", ["session=c00kie-1", "session=c00kie-2"]);
        response.writeHead(404, { "X-Acme": ["a", "b"] }).end('{"detail":"no"}');
      },
      async (record, corpus) => {
        const { code } = await record(
          "--header",
          "X-Api-Key: s3cret-k3y",
          "--header",
          "accept: application/problem+json",
        );
        assert.equal(code, 0);
        assert.deepEqual(sent, ["s3cret-k3y", "application/problem+json", "identity"]);
        const text = raw(corpus, "404") + JSON.stringify(info(corpus, "404"));
        assert.doesNotMatch(text, /s3cret|c00kie|set-cookie|x-api-key/i);
        assert.match(text, /X-Acme: a\r\nX-Acme: b\r\n/);
      },
    );
  });

  test("replaces strings in head, body and path, and adapts Content-Length", () =>
    recording(
      (request, response) => {
        const body = JSON.stringify({ jobID: "täst", status: "running", message: `$& ${request.headers.host}` });
        response.setHeader("Content-Length", Buffer.byteLength(body));
        response.writeHead(200, { location: `http://${request.headers.host}/x` }).end(body);
      },
      async (record, corpus, url) => {
        const host = new URL(url).host;
        const { code } = await record(
          "--replace",
          `${host}=$&.example`,
          "--replace",
          "täst=tëst=1",
          "--replace",
          "ogc=api",
        );
        assert.equal(code, 0);
        const text = Buffer.from(raw(corpus, "running"), "latin1").toString();
        const body = '{"jobID":"tëst=1","status":"running","message":"$& $&.example"}';
        assert.ok(text.endsWith(`\r\n\r\n${body}`), text);
        assert.match(text, new RegExp(`^Content-Length: ${Buffer.byteLength(body)}\r$`, "m"));
        assert.match(text, /^location: http:\/\/\$&\.example\/x\r$/m);
        assert.equal(info(corpus, "running").request.path, "/api/jobs/job-1");
        assert.equal(info(corpus, "running").result.jobID, "tëst=1");
      },
    ));

  test("omits the query of the base URL, and rejects a response that repeats it", () =>
    inFolder(async (corpus) => {
      const listener: RequestListener = (request, response) =>
        response.writeHead(404).end(request.url?.includes("echo") ? request.url : "");
      await listening(createServer(listener), async (url) => {
        const [found, refused] = [
          await run("record", corpus, `${url}/ogc?key=s3cret-k3y&f=json`, "job-1", "--server", "acme-1.2"),
          await run("record", corpus, `${url}/echo?key=s3cret-k3y`, "job-1", "--server", "acme-1.2", "--name", "x"),
        ];
        assert.deepEqual([found.code, refused.code], [0, 1]);
        assert.equal(info(corpus, "404").request.path, "/ogc/jobs/job-1");
        assert.match(refused.err, /: it repeats the value of key in the request: replace that with --replace$/m);
        assert.deepEqual(readdirSync(join(corpus, "acme-1.2")), ["404.http", "404.json"]);
      });
    }));

  for (const [coding, encode] of Object.entries({ gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync })) {
    test(`decodes ${coding} that it did not request, and records that`, () =>
      recording(
        (_, response) =>
          response.writeHead(200, { "content-encoding": coding }).end(encode('{"jobID":"a","status":"failed"}')),
        async (record, corpus) => {
          assert.equal((await record()).code, 0);
          assert.match(raw(corpus, "failed"), /\r\n\r\n1f\r\n\{"jobID":"a","status":"failed"\}\r\n0\r\n\r\n$/);
          assert.doesNotMatch(raw(corpus, "failed"), /content-encoding/);
          assert.equal(info(corpus, "failed").head, `The body was sent with Content-Encoding: ${coding}.`);
        },
      ));
  }

  for (const [status, body] of [
    [204, ""],
    [304, ""],
    [302, "moved"],
    [500, ""],
    [599, "x"],
  ] as const) {
    test(`records a ${status} unchanged`, () =>
      recording(
        (_, response) => response.writeHead(status, "As It Is", { location: "http://127.0.0.1:1/" }).end(body),
        async (record, corpus) => {
          assert.equal((await record("--name", "odd")).code, 0);
          assert.match(
            raw(corpus, "odd"),
            new RegExp(`^HTTP/1\\.1 ${status} As It Is\r\nlocation: http://127\\.0\\.0\\.1:1/\r\n`),
          );
          const response = parseResponse(Buffer.from(raw(corpus, "odd"), "latin1"), "odd.http");
          assert.equal(Buffer.from(response.body).toString(), body);
          assert.equal(info(corpus, "odd").result.kind, "ServerError");
        },
      ));
  }

  test("overwrites neither file", () =>
    recording(
      (_, response) => response.end('{"jobID":"a","status":"running"}'),
      async (record, corpus) => {
        assert.equal((await record()).code, 0);
        for (const left of ["http", "json"]) {
          const before = readFileSync(join(corpus, `acme-1.2/running.${left}`), "utf8");
          rmSync(join(corpus, `acme-1.2/running.${left === "http" ? "json" : "http"}`));
          const { code, err } = await record();
          assert.equal(code, 1);
          assert.equal(err, "Cannot record the response: acme-1.2/running already exists: give another --name\n");
          assert.equal(readFileSync(join(corpus, `acme-1.2/running.${left}`), "utf8"), before);
          rmSync(join(corpus, "acme-1.2"), { recursive: true });
          assert.equal((await record()).code, 0);
        }
      },
    ));

  for (const [what, listener, expected] of [
    [
      "that repeats a secret",
      (request, response) => response.end(`{"key":"${request.headers.authorization}"}`),
      /: it repeats the value of authorization in the request: replace that with --replace$/m,
    ],
    [
      "that breaks off",
      (_, response) => response.writeHead(200, { "content-length": 9 }).write("{", () => response.destroy()),
      /: aborted$/m,
    ],
    [
      "in an unknown coding",
      (_, response) => response.writeHead(200, { "content-encoding": "x" }).end("{}"),
      /: it has the Content-Encoding x$/m,
    ],
    [
      "that claims a coding",
      (_, response) => response.writeHead(200, { "content-encoding": "gzip" }).end("{}"),
      /: incorrect header check$/m,
    ],
    [
      "in a coding with the name of a member of objects",
      (_, response) => response.writeHead(200, { "content-encoding": "constructor" }).end("{}"),
      /: it has the Content-Encoding constructor$/m,
    ],
    [
      "that does not end",
      (_, response) => void Readable.from(zeros()).pipe(response),
      /: its body is longer than 1048576 bytes$/m,
    ],
  ] as [string, RequestListener, RegExp][]) {
    test(`rejects a response ${what}, and writes nothing`, () =>
      recording(listener, async (record, corpus) => {
        const { code, out, err } = await record("--header", "authorization: Bearer s3cret-t0ken");
        assert.deepEqual([code, out], [1, ""]);
        assert.match(err, expected);
        assert.doesNotMatch(err, /s3cret/);
        assert.deepEqual(readdirSync(corpus), []);
      }));
  }

  test("fails if the server switches to another protocol", () =>
    inFolder(async (corpus) => {
      const server = createTcpServer((socket) => {
        socket.on("error", () => undefined);
        socket.once("data", () =>
          socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"),
        );
      });
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      try {
        const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
        const { code, err } = await run("record", corpus, url, "job-1", "--server", "acme-1.2");
        assert.deepEqual([code, err], [1, "Cannot record the response: it switches to another protocol\n"]);
      } finally {
        server.close();
      }
    }));

  for (const [what, header, repeated] of [
    ["unchanged", "X-Api-Key: s3cret-k3y", "s3cret-k3y"],
    ["in another letter case", "X-Api-Key: s3cret-k3y", "S3CRET-K3Y"],
    ["percent-encoded", "X-Api-Key: s3cret/k3y==", "s3cret%2Fk3y%3D%3D"],
    ["with escaped slashes", "X-Api-Key: s3cret/k3y", "s3cret\\/k3y"],
    ["that is one of two cookies", "Cookie: session=s3cret-k3y; theme=dark", "s3cret-k3y"],
    ["that has spaces", "X-Api-Key: a s3cret k e y", "a s3cret k e y"],
    ["that is the password of basic authentication", "Authorization: Basic dXNlcjpzM2NyZXQtazN5", "s3cret-k3y"],
  ] as const) {
    test(`rejects a response that repeats a secret ${what}`, () =>
      recording(
        (_, response) => response.end(`{"jobID":"a","status":"running","message":"${repeated}"}`),
        async (record, corpus) => {
          const { code, err } = await record("--header", header);
          assert.equal(code, 1);
          assert.match(err, /: it repeats the value of \S+ in the request: replace that with --replace$/m);
          assert.doesNotMatch(err, /s3cret/i);
          assert.deepEqual(readdirSync(corpus), []);
        },
      ));
  }

  test("rejects a response that repeats a key of the query, as it was encoded", () =>
    inFolder((corpus) =>
      listening(
        createServer((request, response) => response.end(`{"self":"http://h${request.url}"}`)),
        async (url) => {
          const { code } = await run("record", corpus, `${url}/ogc?key=a%2Fb%2Bc%3D%3D1`, "j", "--server", "acme-1.2");
          assert.equal(code, 1);
        },
      ),
    ));

  test("records a response that repeats the scheme of a header", () =>
    recording(
      (_, response) => response.writeHead(401, { "WWW-Authenticate": "Negotiate" }).end(),
      async (record) => assert.equal((await record("--header", "Authorization: Negotiate abcdefghi")).code, 0),
    ));

  test("fails if the server does not respond, and for an invalid base URL", () =>
    inFolder(async (corpus) => {
      for (const [baseUrl, expected] of [
        ["http://127.0.0.1:1", /^Cannot record the response: connect ECONNREFUSED/],
        ["ogc", /^Cannot record the response: .*baseUrl/],
      ] as const) {
        const { code, err } = await run("record", corpus, baseUrl, "job-1", "--server", "acme-1.2");
        assert.equal(code, 1);
        assert.match(err, expected);
      }
      assert.deepEqual(readdirSync(corpus), []);
    }));

  for (const [args, message] of [
    [[], "Expected one base URL and one job id"],
    [["http://h", "j"], "Expected --server NAME"],
    [["http://h", "j", "k", "--server", "a"], "Expected one base URL and one job id"],
    [["http://h", "j", "--server", "../a"], 'Expected a name of a-z, 0-9, "." and "-": ../a'],
    [["http://h", "j", "--server", ".."], 'Expected a name of a-z, 0-9, "." and "-": ..'],
    [["http://h", "j", "--server", "a", "--name", "b/c"], 'Expected a name of a-z, 0-9, "." and "-": b/c'],
    [["http://h", "j", "--server", "a", "--name", ""], 'Expected a name of a-z, 0-9, "." and "-": '],
    [["http://h", "j", "--server", "a", "--header", "s3cret"], "Expected a header as 'Name: value'"],
    [["http://h", "j", "--server", "a", "--replace", "s3cret"], "Expected a replacement as a=b"],
    [["http://h", "j", "--server", "a", "--replace", "=s3cret"], "Expected a replacement as a=b"],
    [["http://h", "j", "--server", "a", "--s3cret"], "Unknown option, or an option without its value"],
  ] as const) {
    test(`prints its usage for ${JSON.stringify(args)}`, () =>
      inFolder(async (corpus) => {
        const { code, out, err } = await run("record", corpus, ...args);
        assert.deepEqual([code, out], [64, ""]);
        assert.ok(err.startsWith(`${message}\n\nUsage: npm run record`), err);
        assert.doesNotMatch(err, /s3cret/);
      }));
  }

  test("--help prints its usage", () =>
    inFolder(async (corpus) => {
      const { code, out } = await run("record", corpus, "--help");
      assert.equal(code, 0);
      assert.match(out, /^Usage: npm run record/);
      assert.ok(!existsSync(join(corpus, "acme-1.2")));
    }));
});
