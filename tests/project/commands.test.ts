import * as assert from "uvu/assert";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { getStatus } from "../../src/get-status.ts";
import { demo } from "../demo.ts";
import { describe } from "../runner/suite.ts";
import { STATUS, answering } from "../support/fetches.ts";
import { closedPort, listen, listening } from "../support/listen.ts";
import { printable, run, type Command } from "./command.ts";
import { causes } from "./diagnosis.ts";
import { recorder, refuseSecrets } from "./record.ts";

/** Runs a command, and returns its exit code and what it prints. */
async function capture(command: Command, ...args: string[]) {
  let [out, err] = ["", ""];
  const code = await run(command, args, (text, isError) => void (isError ? (err += text) : (out += text)));
  return { code, out, err };
}

function sending(status: number, body = "", headers = {}): RequestListener {
  return (_, response) => response.writeHead(status, "As It Is", headers).end(body);
}

const tls = await listen(createTlsServer().unref());
const plain = await listen(createServer().unref());
const down = await closedPort();

describe("npm start", (test) => {
  test("prints results with both URLs, but no query, header, message of a cause or control character", async () => {
    const links = [{ href: "/r?key=s3cret", rel: "\x1b[2J" }];
    const body = JSON.stringify({ ...STATUS, status: "\x9b1mqueued", progress: 42, links });
    const server = createServer(({ url = "", headers }, response) => {
      if (url.startsWith("/ogc/")) response.writeHead(302, { location: "/moved?key=s3cret" }).end();
      else response.writeHead(headers.authorization === "Bearer s3cret: x" ? 200 : 404).end(body);
    });
    await listening(server, async (url) => {
      const header = ["-H", "Authorization: Bearer s3cret: x"];
      const found = await capture(demo, `${url}/ogc?key=s3cret`, "job 1/2", ...header);
      const [missing, failed] = [await capture(demo, url, "j"), await capture(demo, `${down}?key=s3cret`, "j")];
      assert.equal([found.code, missing.code, failed.code], [0, 1, 2]);
      assert.equal(await capture(demo, `${url}/ogc/jobs/job%201%2F2/?key=s3cret`, ...header), found);
      assert.match(found.out, /^status sent +\?1mqueued\nlink +\?\[2J {2}http:\S+\/r\?…\nhttp +200\n/m);
      assert.match(found.out, /^requested +http:\S+\/ogc\/jobs\/job%201%2F2\?…\nfinal URL +http:\S+\/moved\?…\n$/m);
      assert.not.match(found.out + failed.out, /s3cret|\x9b|\x1b/);
    });
    assert.is(printable("ü 日本 😀 \\?key=abc\\SECRET a\u202eb\u2028c\u200bd\u00ade"), "ü 日本 😀 \\?… a?b?c?d?e");
  });

  for (const [likely, fetch, baseUrl = "http://h"] of [
    ["The id is misspelled, or percent-encoded", answering('{"type":"no-such-job"}', { status: 404 })],
    ["A redirect led to a login page", answering("<p>", { headers: { "content-type": "text/html; charset=utf-8" } })],
    ["The base URL is that of another API", answering("{}")],
    ["The token is missing, expired or in the wrong header", answering("", { status: 401 })],
    ["The host name is misspelled", () => Promise.reject(Object.assign(new Error("m"), { code: "ENOTFOUND" }))],
    ["The port is wrong, or the server is down", globalThis.fetch, down],
    ["fetch blocks this port", globalThis.fetch, "http://h:6000"],
    ["http: to a port that expects https:", globalThis.fetch, tls],
    ["https: to a port that expects http:", globalThis.fetch, plain.replace("http:", "https:")],
  ] as const)
    test(`names a likely cause of a failure: ${likely}`, async () => {
      const found = causes(await getStatus(baseUrl, "j", { fetch })).join("\n");
      assert.match(found, likely);
      assert.not.match(found, "`");
    });

  test("--watch prints the progress until the job has ended, and then the result", async () => {
    const statuses = ["running", "successful"];
    const server = createServer((_, response) => {
      response.setHeader("retry-after", "0").end(JSON.stringify({ id: "j", status: statuses.shift() }));
    });
    const { out } = await listening(server, (url) => capture(demo, url, "j", "--watch"));
    assert.match(out, /^running, \? %; next request in 1(\.\d)? s \(Retry-After\)\nsuccessful, \? %\nkind /);
  });

  test("runs a job to its end, and shows each outcome that a caller can meet", async () => {
    const { code, out, err } = await capture(demo);
    assert.equal([code, err], [0, ""]);
    assert.match(out, /^successful, 100 %$/m);
    const outcomes = [...out.matchAll(/^(?:status|reason) +(\S+)/gm)].map(([, outcome]) => outcome);
    const expected = "successful failed dismissed no-such-job unspecified gone http malformed network timeout";
    assert.is(outcomes.join(" "), expected);
  });
});

const corpus = new URL("../../corpus/", import.meta.url);
const folder = new URL("acme-1.2/", corpus);
rmSync(corpus, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
writeFileSync(new URL("a.http", folder), "");

/** Records, and returns the exit code, what is printed, and the new files. */
async function record(listener: RequestListener, ...args: string[]) {
  const before = readdirSync(folder);
  const { code, out, err } = await listening(createServer(listener), (url) => {
    const given = [`${url}/ogc?key=qu3ry%2Fk3y&f=text/html`, "job 1", "--server", "acme-1.2", "-H", "X-Key: s3cr3tk3y"];
    return capture(recorder(corpus), ...given, "--replace", `${new URL(url).host}=$&.example`, ...args);
  });
  const added = readdirSync(folder).filter((name) => !before.includes(name));
  return { code, printed: out + err, files: added.map((name) => readFileSync(new URL(name, folder), "utf8")) };
}

describe("npm run record", (test) => {
  test("records a response and its result in two files, and nothing that was sent", async () => {
    const sent: unknown[] = [];
    const answer: RequestListener = ({ headers, url }, response) => {
      sent.push(headers["x-key"], headers.accept, headers["accept-encoding"], url);
      const body = `{"jobID":"täst","status":"queued","message":"$& ${headers.host}"}`;
      response.sendDate = response.shouldKeepAlive = false;
      response.setHeader("Set-Cookie", ["a=1", "b=2"]).setHeader("X-Acme", ["text/html", "b"]);
      response.setHeader("Content-Length", Buffer.byteLength(body)).end(body);
    };
    const args = ["--header", "accept: a/b", "--replace", "täst=tëst=1", "--replace", "ogc=api"];
    const { printed, files } = await record(answer, ...args);
    assert.match(printed, /^Recorded acme-1\.2\/accepted: HTTP 200, StatusInfo\.\n/);
    assert.equal(sent, ["s3cr3tk3y", "a/b", "identity", "/ogc/jobs/job%201?key=qu3ry%2Fk3y&f=text/html"]);
    const head = "HTTP/1.1 200 OK\r\nX-Acme: text/html\r\nX-Acme: b\r\nContent-Length: 63\r\nConnection: close\r\n";
    const { origin, notes, review, ...info } = JSON.parse(files[1]!);
    assert.is(files[0], `${head}\r\n{"jobID":"tëst=1","status":"queued","message":"$& $&.example"}`);
    assert.match(`${origin}, ${notes}, ${review}`, /^acme-1\.2, captured on [\d-]{10}(, to be reviewed){2}$/);
    const result = { kind: "StatusInfo", jobID: "tëst=1", status: "accepted", message: "$& $&.example", links: [] };
    const request = { method: "GET", path: "/api/jobs/job%201" };
    assert.equal(info, { $schema: "../schema.json", request, how: "verbatim", result });
  });

  const rows: readonly (readonly [what: string, listener: RequestListener, expected: RegExp, ...args: string[]])[] = [
    ["a redirect", sending(302, "", { Location: "/x" }), /^HTTP\/1\.1 302 As It Is\r\nLocation: \/x\r\n/],
    ["a 599 in chunks", sending(599, "x"), /^HTTP\/1\.1 599 As It Is\r\n[^]*\r\n\r\n1\r\nx\r\n0\r\n\r\n$/],
    ["no secret", sending(404, "s3cr3tk3y"), /^the response repeats the value of X-Key in /],
    ["no key of a query", sending(302, "", { Location: "/?qu3ry%252Fk3y" }), /^the response repeats the value of key/],
    ["nothing cut off", (_, response) => response.writeHead(200).write("{", () => response.destroy()), /closed/],
    ["no content coding", sending(200, "", { "Content-Encoding": "b\x9br" }), /Content-Encoding b\?r\n$/],
    ["nothing over a file", sending(404), /^EEXIST/, "--name", "a"],
  ];
  for (const [what, listener, expected, ...args] of rows)
    test(`records ${what}`, async () => {
      const { code, printed, files } = await record(listener, ...args);
      assert.equal([code, files.length], what.startsWith("a ") ? [0, 2] : [70, 0]);
      assert.match(files[0] ?? printed, expected);
      assert.not.match(printed, /s3cr3t/);
    });

  const base64 = Buffer.from("s3/cr/et&k3y").toString("base64");
  const escaped = ["s3%2Fcr%2fet&k3y", "s3\\/cr\\u002fet&k3y", "s3&#x2F;cr&#47;et&amp;k3y", base64, `x/${base64}`];
  for (const [name, value, ...texts] of [
    ["X-Key", "s3/cr/et&k3y", "S3/CR/ET&K3Y", ...escaped],
    ["Cookie", "a=b; id=c00kie+c00kie", "c00kie+c00kie"],
    ["Authorization", "Basic dXNlcjpwYXNzL3cwcmQ=", "pass/w0rd", "dXNlcjpwYXNzL3cwcmQ="],
  ] as const)
    test(`finds the value of ${name} in ${texts.join(", ")}`, () => {
      const sent = Object.entries({ Accept: "text/html", "X-Id": "a=b", [name]: value });
      for (const text of texts) assert.throws(() => refuseSecrets(sent, `<${text}>`), /repeats the value/, text);
      refuseSecrets(sent, "text/html a=b s3cr3t pass c00kie");
    });
});

describe("a command", (test) => {
  const EXPECTED = "Expected one base URL and one job id, or the URL of a job, such as that in Location";
  for (const [message, command, ...args] of [
    ["Unknown option '--key'\n", demo, "https://h", "j", "--key:s3cret"],
    ["Option '-H, --header <value>' argument missing\n", demo, "https://h", "j", "-H"],
    ["getStatus: headers must have", demo, "https://h", "j", "-H", "x: s3cret\ny: 1"],
    ["getStatus: baseUrl must not contain credentials", demo, "https://u:s3cret@h", "j"],
    ["The job id is a URL: pass its last part", demo, "https://h", "https://h/jobs/s3cret"],
    [EXPECTED, demo, "https://h/jobs/%zz?key=s3cret"],
    [EXPECTED, demo, "https://h", "j", "k"],
    ["Expected --server", recorder(corpus), "https://h", "j", "--server", "../a", "--name", "b"],
    ["Expected a replacement", recorder(corpus), "https://h", "j", "--server", "a", "--replace", "=s3cret"],
  ] as const)
    test(`says ${message.trim()}, and prints its usage, for ${JSON.stringify(args)}`, async () => {
      const { code, out, err } = await capture(command, ...args);
      assert.equal([code, out], [64, ""]);
      assert.ok(err.startsWith(message) && err.endsWith(`\n\n${command.usage}\n`), err);
      assert.not.match(err, /s3cret/);
      assert.is((await capture(command, ...args, "--help")).out, `${command.usage}\n`);
    });
});
