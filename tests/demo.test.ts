import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { isServerError, isStatusInfo } from "../src/get-status.ts";
import { listening } from "./support/listen.ts";
import { startServer, type ProcessServer } from "./support/server.ts";
import { describe } from "./support/suite.ts";

function run(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [new URL("demo.js", import.meta.url).pathname, ...args]);
    let out = "";
    let err = "";
    child.stdout.on("data", (chunk) => (out += chunk));
    child.stderr.on("data", (chunk) => (err += chunk));
    child.on("close", (code) => done({ code, out, err }));
  });
}

async function serving(test: (server: ProcessServer) => Promise<void>): Promise<void> {
  const server = await startServer();
  try {
    await test(server);
  } finally {
    await server.close();
  }
}

describe("npm start", (test) => {
  test("runs a job to its end, and shows each outcome that a caller may meet", async () => {
    const { code, out, err } = await run();
    assert.equal(err, "");
    assert.equal(code, 0);
    assert.match(out, /^\[#+-*\] +\d+ % {2}running /m);
    assert.match(out, /^\[#{20}\] 100 % {2}successful/m);
    for (const expected of [
      /^ {2}status {4}successful$/m,
      /^ {2}status {4}failed$/m,
      /^ {2}status {4}dismissed$/m,
      /^ {2}reason {4}no-such-job$/m,
      /^ {2}reason {4}network$/m,
      /^ {2}http {6}no response$/m,
    ])
      assert.match(out, expected);
    assert.doesNotMatch(out, /\x1b|\r/);
  });

  test("prints what getStatus() returns from a server, with the exit code of its kind", () =>
    serving(async (server) => {
      server.add({ id: "job 1/2", frozenAt: 42 });
      const found = await run(server.baseUrl, "job 1/2");
      assert.equal(found.code, 0);
      assert.match(found.out, /^\[#{8}-{12}\] {2}42 % {2}running /);
      assert.match(found.out, /^ {2}link +self {2}http/m);
      const missing = await run(server.baseUrl, "none");
      assert.equal(missing.code, 1);
      assert.match(missing.out, /^ {2}reason {4}no-such-job$/m);
      const wrong = await run(`${server.baseUrl}/processes`, "wait");
      assert.equal(wrong.code, 1);
      const down = await run("http://127.0.0.1:1", "j");
      assert.equal(down.code, 2);
      assert.match(down.out, /^ServerError network: Request failed: see cause$/m);
    }));

  test("--json prints the result alone, so that the guards hold for it", () =>
    serving(async (server) => {
      server.add({ id: "j", frozenAt: 42 });
      const found = await run(server.baseUrl, "j", "--json");
      assert.ok(isStatusInfo(JSON.parse(found.out)));
      const down = await run("http://127.0.0.1:1", "j", "--json");
      assert.ok(isServerError(JSON.parse(down.out)));
      assert.equal(down.code, 2);
    }));

  test("--watch asks until the job has ended", () =>
    serving(async (server) => {
      server.add({ id: "j", seconds: 1 });
      const { code, out } = await run(server.baseUrl, "j", "--watch", "--json");
      const results = out
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
      assert.ok(results.length > 1 && results.every(isStatusInfo));
      assert.equal(results.at(-1)!.status, "successful");
      assert.equal(code, 0);
    }));

  test("--header sends headers, and never echoes them", async () => {
    const seen: unknown[] = [];
    const server = createServer((request, response) => {
      seen.push([request.headers.authorization, request.headers["x-a"]]);
      response.writeHead(401).end();
    });
    await listening(server, async (base) => {
      const { code, out, err } = await run(
        base,
        "j",
        "--header",
        "Authorization: Bearer secret: x",
        "--header",
        "X-A:1",
      );
      assert.deepEqual(seen, [["Bearer secret: x", "1"]]);
      assert.equal(code, 2);
      assert.doesNotMatch(out + err, /secret/);
      for (const args of [
        ["--header", "secret"],
        ["--header", "x: secret\ny: 1"],
        ["--header", "secret name: 1"],
        ["--header"],
        ["--heade", "x: secret"],
      ]) {
        const wrong = await run(base, "j", ...args);
        assert.equal(wrong.code, 64, args.join(" "));
        assert.doesNotMatch(wrong.out + wrong.err, /secret/);
      }
    });
  });

  test("prints no control character that a server sends", async () => {
    const server = createServer((_, response) =>
      response.end(JSON.stringify({ jobID: "\x1b[2J", status: "x\x1b]0;y\x07", message: "a\x9b1mb" })),
    );
    await listening(server, async (base) => {
      const { out } = await run(base, "j");
      assert.doesNotMatch(out, /[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
    });
  });

  test("exits with 64 and a usage text where it is used wrongly", async () => {
    for (const args of [
      ["https://h"],
      ["https://h", "j", "more"],
      ["h", "j"],
      ["https://h", ".."],
      ["https://u:p@h", "j"],
      ["--json"],
      ["--nonsense"],
    ]) {
      const { code, out, err } = await run(...args);
      assert.equal(code, 64, args.join(" "));
      assert.equal(out, "");
      assert.match(err, /^Usage: npm start/m);
    }
    const help = await run("--help");
    assert.equal(help.code, 0);
    assert.match(help.out, /^Usage: npm start/);
  });
});
