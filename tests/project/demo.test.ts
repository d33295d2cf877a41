import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createServer, type RequestListener } from "node:http";
import { fileURLToPath } from "node:url";
import { isServerError, isStatusInfo } from "../src/get-status.ts";
import { listening } from "./support/listen.ts";
import { startServer, type ProcessServer } from "./support/server.ts";
import { describe } from "./support/suite.ts";

const answer =
  (status: number, type = "application/json"): RequestListener =>
  (_, response) =>
    void response.writeHead(status, { "content-type": type }).end("{}");

function run(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [fileURLToPath(new URL("demo.js", import.meta.url)), ...args]);
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

/** The output for a response. */
async function outputFor(respond: RequestListener, path = "", jobId = "j"): Promise<string> {
  let text = "";
  await listening(createServer(respond), async (base) => {
    text = (await run(base + path, jobId)).out;
  });
  return text;
}

describe("npm start", (test) => {
  test("runs a job to its end, and shows each outcome that a caller may meet", async () => {
    const { code, out, err } = await run();
    assert.equal(err, "");
    assert.equal(code, 0);
    assert.match(out, /^\[#+-*\] +\d+ % {2}running; next request in [\d.]+ s \(the job has not ended\)$/m);
    assert.match(out, /^\[#{20}\] 100 % {2}successful$/m);
    for (const expected of [
      /^ {2}status {5}successful$/m,
      /^ {2}status {5}failed$/m,
      /^ {2}status {5}dismissed$/m,
      /^ {2}reason {5}no-such-job$/m,
      /^ {2}reason {5}unspecified$/m,
      /^ {2}reason {5}network$/m,
      /^ {2}cause {6}ECONNREFUSED/m,
      /^ {2}http {7}no response$/m,
    ])
      assert.match(out, expected);
    assert.doesNotMatch(out, /\x1b|\r/);
  });

  test("prints an outcome once, with the requested URL, and exits with the code of its kind", () =>
    serving(async (server) => {
      server.add({ id: "job 1/2", frozenAt: 42 });
      const found = await run(server.baseUrl, "job 1/2");
      assert.equal(found.code, 0);
      assert.match(found.out, /^StatusInfo\n/);
      assert.match(found.out, /^ {2}progress {3}42 %$/m);
      assert.match(found.out, /^ {2}link {7}self {2}http/m);
      assert.ok(found.out.includes(`\n  requested  ${server.baseUrl}/jobs/job%201%2F2\n`), found.out);
      assert.equal(found.out.match(/running/g)?.length, 1);
      const missing = await run(server.baseUrl, "none");
      assert.equal(missing.code, 1);
      assert.match(missing.out, /^NotFound\n {2}reason {5}no-such-job$/m);
      const down = await run("http://127.0.0.1:1/ogc", "j");
      assert.equal(down.code, 2);
      assert.match(down.out, /^ServerError\n {2}reason {5}network$/m);
      assert.match(down.out, /^ {2}requested {2}http:\/\/127\.0\.0\.1:1\/ogc\/jobs\/j$/m);
    }));

  test("prints the final URL if it is not the requested one", async () => {
    const out = await outputFor((request, response) => {
      if (request.url === "/jobs/j") response.writeHead(302, { location: "/login" }).end();
      else response.setHeader("content-type", "text/html").end("<p>");
    });
    assert.match(out, /^ {2}requested {2}http:.*\/jobs\/j$/m);
    assert.match(out, /^ {2}answered {3}http:.*\/login$/m);
  });

  test("prints no query, which may hold a key", () =>
    serving(async (server) => {
      const { out } = await run(`${server.baseUrl}?key=secret`, "none");
      assert.match(out, /^ {2}requested {2}http:.*\/jobs\/none\?…$/m);
      assert.doesNotMatch(out, /secret/);
    }));

  for (const [name, respond, path, likely] of [
    ["a 404 below a job URL", answer(404), "/ogc/jobs/j", "the base URL ends in /jobs/{jobId}: leave that out"],
    ["a 404 below /jobs", answer(404), "/ogc/jobs", "the base URL ends in /jobs: leave that out"],
    ["another 404", answer(404), "/ogc", "the base URL lacks or doubles a part of the path"],
    ["a 410", answer(410), "", "the job was dismissed or has expired"],
    ["a page", answer(200, "text/html"), "", "the server returned a login page: a token is missing"],
    ["other JSON", answer(200), "", "the base URL is that of another API"],
    ["a 401", answer(401), "", "a token or an API key is missing, wrong or expired (--header)"],
    ["a 429", answer(429), "", "too many requests (--watch obeys Retry-After)"],
    ["a 503", answer(503), "", "the server behind a proxy is down or busy (--watch waits for it)"],
    ["a 500", answer(500), "", "the server failed: see its log"],
    ["a 400", answer(400), "", "the base URL is wrong"],
    [
      "a reset",
      ((request) => void request.socket.destroy()) as RequestListener,
      "",
      "the server or a proxy closed the connection",
    ],
  ] as const) {
    test(`names the likely causes of ${name}`, async () => {
      const out = await outputFor(respond, path);
      const causes = [...out.matchAll(/^ {2}likely {5}(.*)$/gm)].map(([, cause]) => cause);
      assert.equal(causes[0], likely);
      assert.ok(causes.length <= 2);
    });
  }

  test("names the likely causes of an id that is percent-encoded, and of a redirect that removes the token", async () => {
    const body = JSON.stringify({ type: "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/no-such-job" });
    const other = createServer((_, response) => response.writeHead(401).end());
    await listening(other, (away) => {
      const server = createServer((request, response) => {
        if (request.url?.includes("a%2520b")) response.writeHead(404).end(body);
        else response.writeHead(302, { location: away }).end();
      });
      return listening(server, async (base) => {
        const encoded = await run(base, "a%20b");
        assert.match(encoded.out, /^ {2}likely {5}the id is percent-encoded: pass it decoded$/m);
        const redirected = await run(base, "j", "--header", "authorization: Bearer x");
        assert.match(redirected.out, /^ {2}likely {5}the redirect to another origin removed the token$/m);
      });
    });
  });

  test("names the likely causes for a closed port and for https: instead of http:", async () => {
    const server = await startServer();
    const mixed = await run(server.baseUrl.replace("http:", "https:"), "j");
    assert.match(mixed.out, /^ {2}likely {5}the server expects http:, not https:$/m);
    await server.close();
    const closed = await run(server.baseUrl, "j");
    assert.match(closed.out, /^ {2}cause {6}ECONNREFUSED/m);
    assert.match(closed.out, /^ {2}likely {5}the server is down$/m);
  });

  test("--json prints only the result, which a guard accepts", () =>
    serving(async (server) => {
      server.add({ id: "j", frozenAt: 42 });
      const found = await run(server.baseUrl, "j", "--json");
      assert.ok(isStatusInfo(JSON.parse(found.out)));
      const down = await run("http://127.0.0.1:1", "j", "--json");
      assert.ok(isServerError(JSON.parse(down.out)));
      assert.equal(down.code, 2);
    }));

  test("--watch requests the status until the job has ended", () =>
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

  test("--watch prints when and why it sends the next request", async () => {
    const answers = [
      { status: 503, headers: { "retry-after": "1" }, body: "" },
      { status: 404, headers: {}, body: "" },
      { status: 200, headers: {}, body: JSON.stringify({ jobID: "j", status: "captured" }) },
      { status: 401, headers: {}, body: "" },
    ];
    const server = createServer((_, response) => {
      const { status, headers, body } = answers.shift()!;
      response.writeHead(status, headers).end(body);
    });
    await listening(server, async (base) => {
      const { code, out } = await run(base, "j", "--watch");
      assert.equal(code, 2);
      assert.deepEqual(out.split("\n").slice(0, 4), [
        "ServerError http: HTTP 503; next request in 1 s (the server may recover, Retry-After)",
        "NotFound unspecified: HTTP 404; next request in 1.5 s (the job may be new)",
        "[--------------------]   ? %  captured; next request in 2.3 s (the status is unknown)",
        "ServerError http: HTTP 401",
      ]);
    });
  });

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

  test("prints no control characters from a server", async () => {
    const server = createServer((_, response) =>
      response.end(JSON.stringify({ jobID: "\x1b[2J", status: "x\x1b]0;y\x07", message: "a\x9b1mb" })),
    );
    await listening(server, async (base) => {
      const { out } = await run(base, "j");
      assert.doesNotMatch(out, /[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
    });
  });

  test("exits with 64 and prints the usage for wrong arguments", async () => {
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
