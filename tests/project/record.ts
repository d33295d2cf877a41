/** Records one response for the corpus in tests/servers: `npm run record -- <baseUrl> <jobId> --server NAME`. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { brotliDecompressSync, unzipSync } from "node:zlib";
import { getStatus, type Fetch } from "../../src/get-status.ts";
import { folder, parseResponse } from "../support/corpus.ts";
import { REQUESTED, TO_BE_REVIEWED, replay } from "../support/recorded.ts";
import { parse, requestOf, run, split, type Command } from "./command.ts";

const NAME = /^[a-z0-9][a-z0-9.-]*$/;
const MAX_BYTES = 1_048_576;
const toLatin1 = (text: string): string => Buffer.from(text).toString("latin1");

const usage = `Usage: npm run record -- <baseUrl> <jobId> --server NAME [options]

Sends one GET for the status of a job, and writes the response to tests/servers/NAME.

Options:
  --server NAME             folder: server and version, such as pygeoapi-0.24
  --name NAME               file; the default is the status of the job, or the HTTP status
  --header 'Name: value'    send a header, which is not recorded; may be given more than once
  --replace a=b             replace a with b in both files; may be given more than once
  --help                    print this text`;

/** Writes to this corpus. */
export const recorder = (corpus: URL): Command => ({
  usage,
  async main(args, print) {
    const { values, baseUrl, jobId } = parse(args, {
      server: { type: "string" },
      name: { type: "string" },
      header: { type: "string", multiple: true, short: "H" },
      replace: { type: "string", multiple: true },
    });
    const { server = "", name } = values;
    if (!NAME.test(server) || !NAME.test(name ?? server))
      throw new TypeError('Expected --server and --name with names of a-z, 0-9, "." and "-"');
    const headers = (values.header ?? []).map((header) => split(header, ":", "a header as 'Name: value'"));
    const replacements = (values.replace ?? []).map((pair) => split(pair, "=", "a replacement as a=b"));
    const replaced = (text: string): string =>
      replacements.reduce((rest, [from, to]) => rest.replaceAll(toLatin1(from), () => toLatin1(to)), text);

    const request = await requestOf(baseUrl, jobId, { headers });
    const { head, body, coding } = await send(request);
    const raw = Buffer.from(frame(replaced(head), replaced(body)), "latin1");
    const { pathname, searchParams } = new URL(request[0]);
    const path = replaced(pathname); // without the query, which may hold a key
    refuseSecrets([...headers, ...searchParams], path + raw.toString());

    const response = parseResponse(raw, "the response");
    const result = await getStatus(REQUESTED.baseUrl, REQUESTED.jobId, { fetch: replay(response) });
    const file = `${server}/${name ?? result.status ?? response.status}`;
    const [rawFile, infoFile] = [new URL(`${file}.http`, corpus), new URL(`${file}.json`, corpus)];
    if (existsSync(rawFile) || existsSync(infoFile)) throw new Error(`${file} already exists: give another --name`);
    const info = {
      $schema: "../schema.json",
      request: { method: "GET", path },
      origin: `${server}, captured on ${new Date().toISOString().slice(0, 10)}`,
      how: "verbatim",
      head: coding ? `The body was sent with Content-Encoding: ${coding}.` : undefined,
      notes: TO_BE_REVIEWED,
      review: TO_BE_REVIEWED,
      result: { ...result, document: undefined, body: undefined, http: undefined }, // these follow from the response
    };
    mkdirSync(new URL(".", rawFile), { recursive: true });
    // Nothing is overwritten, not even where a link leads.
    writeFileSync(rawFile, raw, { flag: "wx" });
    writeFileSync(infoFile, `${JSON.stringify(info, null, 2)}\n`, { flag: "wx" });
    print(`Recorded ${file}: HTTP ${response.status}, ${result.kind}.

What is left to do:
1. tests/servers/${file}.http: if it holds a secret or a host name, delete both files and use --replace.
2. tests/servers/${file}.json: correct the result if the server means something else, complete the origin,
   replace the notes and remove the line "review". \`npm test corpus\` fails until then.
3. \`npm run servers\`, which updates tests/servers/SERVERS.md and the counts in README.md.
`);
    return 0;
  },
});

/** Sends a GET, and does not follow a redirect. Strings have one character for each byte. */
async function send([url, { headers }]: Parameters<Fetch>): Promise<{ head: string; body: string; coding: string }> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const { get } = url.startsWith("https:") ? https : http;
    const signal = AbortSignal.timeout(60_000);
    get(url, { headers: { "accept-encoding": "identity", ...headers }, signal }, resolve).on("error", reject);
  });
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MAX_BYTES) throw new Error(`the body is longer than ${MAX_BYTES} bytes`);
  }
  let head = `HTTP/${response.httpVersion} ${response.statusCode} ${response.statusMessage}\r\n`;
  for (let i = 0; i < response.rawHeaders.length; i += 2) {
    const [name = "", value = ""] = response.rawHeaders.slice(i, i + 2);
    if (!/^(set-cookie|content-encoding)$/i.test(name)) head += `${name}: ${value}\r\n`;
  }
  const coding = response.headers["content-encoding"]?.toLowerCase() ?? "";
  return { head, body: decode(Buffer.concat(chunks), coding).toString("latin1"), coding };
}

/** Removes the content coding: --replace could not find strings in a compressed body. */
function decode(body: Buffer, coding: string): Buffer {
  if (coding === "") return body;
  if (coding === "br") return brotliDecompressSync(body, { maxOutputLength: MAX_BYTES });
  if (coding === "gzip" || coding === "deflate") return unzipSync(body, { maxOutputLength: MAX_BYTES });
  throw new Error(`the body has the Content-Encoding ${coding}`);
}

/** Joins head and body: in one chunk if the head announces chunks, with the Content-Length of this body if it has one. */
function frame(head: string, body: string): string {
  if (/^transfer-encoding:[ \t]*chunked[ \t]*$/im.test(head)) {
    return `${head}\r\n${body && `${body.length.toString(16)}\r\n${body}\r\n`}0\r\n\r\n`;
  }
  return `${head.replace(/^(content-length:[ \t]*)\d+/im, `$1${body.length}`)}\r\n${body}`;
}

/** Throws if a recording repeats a value that was sent. Those of fewer than eight characters are left to the reviewer. */
function refuseSecrets(sent: readonly (readonly [string, string])[], recorded: string): void {
  const recordings = forms(recorded);
  for (const [name, value] of sent) {
    if (/^(accept.*|prefer|f)$/i.test(name)) continue;
    // The value may be several cookies, a scheme and a token, or a user name and a password in base64.
    const credentials = /^(proxy-)?authorization$/i.test(name) ? value.replace(/^\S+\s+/, "") : value;
    const words = forms(credentials).flatMap((form) => [form, ...form.split(/[\s;,:]+/)]);
    const secrets = words.flatMap((word) => [word, word.slice(word.indexOf("=") + 1)]);
    if (secrets.some((secret) => secret.length >= 8 && recordings.some((form) => form.includes(secret)))) {
      throw new Error(`the response repeats the value of ${name} in the request: replace that with --replace`);
    }
  }
}

/** A text as it is, without the escapes of URLs, JSON and HTML, and decoded from base64: all in lower case. */
function forms(text: string): string[] {
  // The start of a run may not be that of the base64 in it, such as after a slash.
  const decoded = [0, 1, 2, 3].map((offset) =>
    text.replace(/[\w+/-]{8,}=*/g, (run) => Buffer.from(run.slice(offset), "base64").toString()),
  );
  return [text, unescaped(unescaped(text)), ...decoded].map((form) => form.toLowerCase());
}

function unescaped(text: string): string {
  return text
    .replace(/(%[0-9a-f]{2})+/gi, (bytes) => Buffer.from(bytes.replaceAll("%", ""), "hex").toString())
    .replace(/\\u([0-9a-f]{4})|&#x([0-9a-f]+);/gi, (_, json, html) => String.fromCharCode(parseInt(json ?? html, 16)))
    .replace(/&#(\d+);/g, (_, digits) => String.fromCharCode(digits))
    .replace(/\\(["\\/])/g, "$1")
    .replaceAll("&amp;", "&");
}

if (process.argv[1] === import.meta.filename) process.exitCode = await run(recorder(folder), process.argv.slice(2));
