import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { fileURLToPath } from "node:url";
import { getStatus, isServerError, isStatusInfo, type Fetch } from "../../src/get-status.ts";
import { demo, progress } from "../demo.ts";
import { describe } from "../runner/suite.ts";
import { STATUS, answering, returning } from "../support/fetches.ts";
import { closedPort, listen, listening } from "../support/listen.ts";
import { capture, type Command } from "./command.ts";
import { causes, printable } from "./diagnosis.ts";
import { recorder as recorderOf } from "./record.ts";

const run = (...args: string[]): ReturnType<typeof capture> => capture(demo, ...args);
const http = (status: number, body = "", headers = {}): Fetch => answering(body, { status, headers });
const network = (code: string) => (): Promise<never> => Promise.reject(Object.assign(new Error("m"), { code }));

const recorder = recorderOf(new URL("file:///nowhere/"));
const HTML = { "content-type": "text/html" };
const NO_JOB = '{"type":"no-such-job"}';
const REDIRECTED = { status: 401, url: "https://login.example", headers: new Headers(), body: null };
const tls = await listen(createTlsServer().unref());
const plain = await listen(createServer().unref());
const down = await closedPort();
const all = run(); // waits for a job

describe("npm start", (test) => {
  test("prints results with both URLs, but no query, header, message of a cause or control character", async () => {
    const links = [{ href: "/r?key=s3cret", rel: "\x1b[2J" }];
    const body = JSON.stringify({ ...STATUS, status: "\x9b1mqueued", progress: 42, links });
    const server = createServer(({ url = "", headers }, response) => {
      if (url.startsWith("/ogc/")) response.writeHead(302, { location: "/moved?key=s3cret" }).end();
      else response.writeHead(headers.authorization === "Bearer s3cret: x" ? 200 : 404).end(body);
    });
    await listening(server, async (url) => {
      const args = [`${url}/ogc?key=s3cret`, "job 1/2", "--header", "Authorization: Bearer s3cret: x"];
      const [text, json] = [await run(...args), await run(...args, "--json")];
      const [missing, failed] = [await run(url, "j"), await run(`${down}?key=s3cret`, "j", "--json")];
      assert.deepEqual([text.code, json.code, missing.code, failed.code], [0, 0, 1, 2]);
      assert.ok(isStatusInfo(JSON.parse(json.out)) && isServerError(JSON.parse(failed.out)));
      assert.match(failed.out, /"message":"Request failed: ECONNREFUSED","cause":"ECONNREFUSED"/);
      assert.match(text.out, /^status sent +\?1mqueued\nlink +\?\[2J {2}http:\S+\/r\?…\nhttp +200\n/m);
      assert.match(text.out, /^requested +http:\S+\/ogc\/jobs\/job%201%2F2\?…\nfinal URL +http:\S+\/moved\?…\n$/m);
      assert.doesNotMatch(text.out + json.out + failed.out, /s3cret|\x9b|\x1b/);
    });
  });

  for (const [url, fetch, likely] of [
    ["http://h/jobs/j/jobs/j", http(404), "the base URL ends in /jobs/{jobId}: leave that out"],
    ["http://h/jobs/jobs/j", http(404), "the base URL ends in /jobs: leave that out"],
    ["http://h/jobs/a%2520b", http(404, NO_JOB), "the id is percent-encoded: pass it decoded"],
    ["http://h/jobs/j", http(404, NO_JOB), "the id is misspelled"],
    ["http://h/jobs/j", http(404), "the base URL lacks or doubles a part of the path"],
    ["http://h/jobs/j", http(410), "the job was dismissed or has expired"],
    ["http://h/jobs/j", http(200, "<p>", HTML), "the server returned a login page: a token is missing"],
    ["http://h/jobs/j", http(200, "{}"), "the base URL is that of another API"],
    ["http://h/jobs/j", http(401), "a token or an API key is missing, wrong or expired (--header)"],
    ["http://h/jobs/j", returning(REDIRECTED), "the redirect to another origin removed the token"],
    ["http://h/jobs/j", http(429), "too many requests (--watch obeys Retry-After)"],
    ["http://h/jobs/j", http(503), "the server behind a proxy is down or busy (--watch waits for it)"],
    ["http://h/jobs/j", http(500), "the server failed: see its log"],
    ["http://h/jobs/j", http(302), "a redirect that was not followed"],
    ["http://h/jobs/j", http(400), "the base URL is wrong"],
    ["http://h/jobs/j", http(400, "The plain HTTP request"), "the server expects https:, not http:"],
    ["https://h/jobs/j", network("ENOTFOUND"), "the host name is misspelled"],
    ["https://h/jobs/j", network("SELF_SIGNED_CERT_IN_CHAIN"), "the certificate is not trusted (NODE_EXTRA_CA_CERTS)"],
    ["https://h/jobs/j", network("UND_ERR_CONNECT_TIMEOUT"), "the server is slow or does not respond"],
    ["https://h/jobs/j", network("HPE_INVALID_CONSTANT"), "the server expects https:, not http:"],
    ["https://h/jobs/j", network("ECONNRESET"), "the server or a proxy closed the connection"],
    [`${tls}/jobs/j`, globalThis.fetch, "the server expects https:, not http:"],
    [`${plain.replace("http:", "https:")}/jobs/j`, globalThis.fetch, "the server expects http:, not https:"],
    [`${down}/jobs/j`, globalThis.fetch, "the server is down"],
    ["http://h:6000/jobs/j", globalThis.fetch, "fetch blocks this port: serve the API on another one"],
  ] as const) {
    test(`names a likely cause of a failure: ${likely}`, async () => {
      const found = causes(await getStatus(new URL(url).origin, "j", { fetch }), url);
      assert.ok(found.includes(likely), found.join());
    });
  }

  test("--watch prints the progress until the job has ended, and then the result", async () => {
    const statuses = ["running", "successful", "dismissed"];
    const server = createServer((_, response) => response.end(JSON.stringify({ id: "j", status: statuses.shift() })));
    await listening(server, async (url) => {
      assert.match(
        (await run(url, "j", "--watch")).out,
        /^running, \? %; next request in 1(?:\.\d)? s\nsuccessful, \? %\nkind /,
      );
      assert.equal(JSON.parse((await run(url, "j", "--watch", "--json")).out).status, "dismissed");
    });
  });

  test("a terminal has one line of progress, which is redrawn and never wraps", async () => {
    let out = "";
    const print = progress((text) => (out += text), 61);
    print(await getStatus("http://h", "j", { fetch: http(503, "", { "retry-after": "9" }) }), 9_000);
    print(await getStatus("http://h", "j", { fetch: http(200, JSON.stringify(STATUS)) }));
    assert.equal(out, "\r\x1b[KServerError http: HTTP 503; next request in 9 s (Retry-After\r\x1b[Krunning, ? %\n");
  });

  for (const [command, ...args] of [
    [demo, "https://h"],
    [demo, "https://u:s3cret@h", "j"],
    [demo, "https://h", "j", "--header", "x: s3cret\ny: 1"],
    [demo, "https://h", "j", "--heade", "x: s3cret"],
    [demo, "https://h", "https://h/jobs/s3cret"],
    [demo, "https://h/jobs/%zz?key=s3cret"],
    [demo, "https://h/results?key=s3cret"],
    [demo, "https://h", "j", "k"],
    [recorder, "https://h", "j"],
    [recorder, "https://h", "j", "--server", "../a", "--name", "b"],
    [recorder, "https://h", "j", "--server", "a", "--replace", "=s3cret"],
  ] as const) {
    test(`prints its usage for ${JSON.stringify(args)}`, async () => {
      const { code, out, err } = await capture(command, ...args);
      assert.deepEqual([code, out], [64, ""]);
      assert.ok(err.endsWith(`\n\n${command.usage}\n`));
      assert.doesNotMatch(err, /s3cret/);
      assert.equal((await capture(command, ...args, "--help")).out, `${command.usage}\n`);
    });
  }

  for (const [message, ...args] of [
    ["Unknown option --timeout", "https://h", "j", "--timeout=5"],
    ["Unknown option -X", "https://h", "j", "-X", "POST"],
    ["An option lacks its value", "https://h", "j", "--header"],
    ["Expected one base URL and one job id, or the URL of a job, such as that in Location", "https://h"],
    ["The job id is a URL: pass its last part, or nothing but the URL of the job", "https://h", "https://h/jobs/j"],
  ] as const) {
    test(`says ${message} for ${args.join(" ")}`, async () => {
      assert.equal((await run(...args)).err.split("\n", 1)[0], message);
    });
  }

  test("gets the status of a job by its URL, with a header given by -H", async () => {
    const server = createServer(({ url, headers }, response) =>
      response.end(JSON.stringify({ jobID: String(url), status: String(headers["x-key"]) })),
    );
    await listening(server, async (url) => {
      for (const end of ["", "/"]) {
        const { out } = await run(`${url}/ogc/jobs/a%2Fb${end}?key=1`, "-H", "x-key: running", "--json");
        const { jobID, status } = JSON.parse(out);
        assert.deepEqual([jobID, status], ["/ogc/jobs/a%2Fb?…", "running"]);
      }
    });
  });

  test("prints neither a key after a backslash, nor characters that a terminal interprets or hides", () => {
    for (const [text, printed] of [
      ["https://h/?key=abc\\SECRET", "https://h/?…"],
      ["a\u202eb\u2028c\u2029d\u009be\u200bf\u00adg\x1bh", "a?b?c?d?e?f?g?h"],
      ["ü 日本 😀", "ü 日本 😀"],
    ] as const)
      assert.equal(printable(text), printed);
  });

  test("a crash has an exit code of its own", async () => {
    const crash: Command = { usage: "", main: () => Promise.reject(new Error("x\u009b")) };
    const { code, err } = await capture(crash);
    assert.deepEqual([code, err], [70, "x?\n"]);
  });

  test("Ctrl-C ends it with the exit code 130", async () => {
    const child = spawn(process.execPath, [fileURLToPath(new URL("../demo.js", import.meta.url))]);
    await once(child.stdout, "data");
    child.kill("SIGINT");
    assert.deepEqual(await once(child, "exit"), process.platform === "win32" ? [null, "SIGINT"] : [130, null]);
  });

  test("runs a job to its end, and shows each outcome that a caller can meet", async () => {
    const { code, out, err } = await all;
    assert.deepEqual([code, err], [0, ""]);
    assert.match(out, /^running, \d+ %; next request in [\d.]+ s\n[^]*^successful, 100 %$/m);
    const outcomes = [...out.matchAll(/^(?:status|reason) +(\S+)/gm)].map(([, outcome]) => outcome);
    assert.equal(
      outcomes.join(" "),
      "successful failed dismissed no-such-job unspecified gone http malformed network timeout",
    );
  });
});
