/** Records one response for the corpus in tests/servers: `npm run record -- <baseUrl> <jobId> --server NAME`. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { parseArgs } from "node:util";
import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";
import { getStatus, type Result } from "../src/get-status.ts";
import { REQUESTED, folder, parseResponse, replay, TO_BE_REVIEWED } from "./support/corpus.ts";

const USAGE = `Usage: npm run record -- <baseUrl> <jobId> --server NAME [options]

Sends one GET for the status of a job, and writes the response to tests/servers/NAME.

Options:
  --server NAME             folder: server and version, such as pygeoapi-0.24
  --name NAME               file; the default is the status of the job, or the HTTP status
  --header 'Name: value'    send a header, which is not recorded; may be given more than once
  --replace a=b             replace a with b in both files; may be given more than once
  --help                    print this text`;

const WRONG_USAGE = 64;
const NAME = /^[a-z0-9][a-z0-9.-]*$/;
const MAX_BYTES = 1_048_576;
const DECODERS = new Map<string, (bytes: Buffer) => Buffer>([
  ["gzip", gunzipSync],
  ["deflate", inflateSync],
  ["br", brotliDecompressSync],
]);

class UsageError extends Error {}

interface Recording {
  readonly baseUrl: string;
  readonly jobId: string;
  readonly server: string;
  readonly name: string | undefined;
  readonly headers: readonly (readonly [string, string])[];
  readonly replacements: readonly (readonly [string, string])[];
}

try {
  const recording = parse(process.argv.slice(2));
  console.log(recording ? await record(recording) : USAGE);
} catch (error) {
  const usage = error instanceof UsageError;
  console.error(`${usage ? "" : "Cannot record the response: "}${(error as Error).message}`);
  if (usage) console.error(`\n${USAGE}`);
  process.exitCode = usage ? WRONG_USAGE : 1;
}

/** The arguments, or undefined if help is requested. */
function parse(args: string[]): Recording | undefined {
  let parsed;
  try {
    parsed = parseArgs({
      args,
      allowPositionals: true,
      options: {
        server: { type: "string" },
        name: { type: "string" },
        header: { type: "string", multiple: true, default: [] },
        replace: { type: "string", multiple: true, default: [] },
        help: { type: "boolean" },
      },
    });
  } catch {
    throw new UsageError("Unknown option, or an option without its value"); // the message of parseArgs may hold a secret
  }
  const { values, positionals } = parsed;
  if (values.help) return undefined;
  const [baseUrl, jobId, ...more] = positionals;
  if (baseUrl === undefined || jobId === undefined || more.length) {
    throw new UsageError("Expected one base URL and one job id");
  }
  if (values.server === undefined) throw new UsageError("Expected --server NAME");
  for (const name of [values.server, values.name ?? "default"]) {
    if (!NAME.test(name)) throw new UsageError(`Expected a name of a-z, 0-9, "." and "-": ${name}`);
  }
  return {
    baseUrl,
    jobId,
    server: values.server,
    name: values.name,
    headers: values.header.map((header) => split(header, ":", "Expected a header as 'Name: value'")),
    replacements: values.replace.map((pair) => split(pair, "=", "Expected a replacement as a=b")),
  };
}

function split(text: string, separator: string, message: string): readonly [string, string] {
  const at = text.indexOf(separator);
  if (at < 1) throw new UsageError(message);
  const [first, second] = [text.slice(0, at), text.slice(at + 1)];
  return separator === ":" ? [first.trim(), second.trim()] : [first, second];
}

/** Writes the two files, and returns what to do next. */
async function record({ baseUrl, jobId, server, name, headers, replacements }: Recording): Promise<string> {
  const request = await requestOf(baseUrl, jobId, headers);
  const captured = await send(request);
  const replaced = (text: string): string =>
    replacements.reduce((rest, [from, to]) => rest.replaceAll(latin1(from), () => latin1(to)), text);
  const raw = Buffer.from(frame(replaced(captured.head), replaced(captured.body)), "latin1");
  const { pathname, searchParams } = new URL(request.url);
  const path = replaced(pathname); // without the query, which may hold a key
  refuseSecrets([...headers, ...searchParams], path + raw.toString());

  const response = parseResponse(raw, "the response");
  const result = await getStatus(REQUESTED.baseUrl, REQUESTED.jobId, { fetch: replay(response) });
  const file = `${server}/${name ?? (result.kind === "StatusInfo" ? result.status : response.status)}`;
  const [rawFile, infoFile] = [new URL(`${file}.http`, folder), new URL(`${file}.json`, folder)];
  if (existsSync(rawFile) || existsSync(infoFile)) throw new Error(`${file} already exists: give another --name`);
  const info = {
    $schema: "../schema.json",
    request: { method: "GET", path },
    origin: `${server}, captured on ${new Date().toISOString().slice(0, 10)}`,
    how: "verbatim",
    ...(captured.note !== undefined && { head: captured.note }),
    notes: TO_BE_REVIEWED,
    review: TO_BE_REVIEWED,
    result: withoutResponse(result),
  };
  mkdirSync(new URL(".", rawFile), { recursive: true });
  writeFileSync(rawFile, raw);
  writeFileSync(infoFile, `${JSON.stringify(info, null, 2)}\n`);
  return `Recorded ${file}: HTTP ${response.status}, ${result.kind}.
Check the result in ${file}.json, and replace each "${TO_BE_REVIEWED}".`;
}

interface Request {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The request that getStatus() sends. */
async function requestOf(baseUrl: string, jobId: string, headers: Recording["headers"]): Promise<Request> {
  const requests: Request[] = [];
  await getStatus(baseUrl, jobId, {
    headers: headers.map(([name, value]) => [name, value]),
    fetch: (url, init) => {
      requests.push({ url, headers: init.headers });
      return Promise.reject(new Error("not sent"));
    },
  });
  return requests[0]!;
}

/** A response, as strings that have one character for each byte. */
interface Captured {
  /** Status line and headers, each with its line end. */
  readonly head: string;
  /** Without the transfer coding and the content coding. */
  readonly body: string;
  readonly note?: string;
}

/** Sends a request, and does not follow a redirect. */
async function send({ url, headers }: Request): Promise<Captured> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const { get } = url.startsWith("https:") ? https : http;
    get(url, { headers: { "accept-encoding": "identity", ...headers } }, resolve)
      .on("error", reject)
      .on("upgrade", (_, socket) => {
        socket.destroy();
        reject(new Error("it switches to another protocol"));
      });
  });
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MAX_BYTES) throw new Error(`its body is longer than ${MAX_BYTES} bytes`);
  }
  const body = Buffer.concat(chunks);

  // --replace cannot find strings in a compressed body.
  const coding = response.headers["content-encoding"]?.toLowerCase();
  const decode = coding === undefined ? undefined : DECODERS.get(coding);
  if (coding !== undefined && !decode) throw new Error(`it has the Content-Encoding ${coding}`);

  const omitted = decode ? ["set-cookie", "content-encoding"] : ["set-cookie"];
  const lines = [`HTTP/${response.httpVersion} ${response.statusCode} ${response.statusMessage}`];
  for (let i = 0; i < response.rawHeaders.length; i += 2) {
    const [name = "", value = ""] = response.rawHeaders.slice(i, i + 2);
    if (!omitted.includes(name.toLowerCase())) lines.push(`${name}: ${value}`);
  }
  return {
    head: lines.map((line) => `${line}\r\n`).join(""),
    body: (decode ? decode(body) : body).toString("latin1"),
    ...(decode && { note: `The body was sent with Content-Encoding: ${coding}.` }),
  };
}

/** Joins head and body: in one chunk if the head announces chunks, with the Content-Length of this body if it has one. */
function frame(head: string, body: string): string {
  if (/^\S+ (204|304) /.test(head)) return `${head}\r\n`;
  if (/^transfer-encoding:[ \t]*chunked[ \t]*$/im.test(head)) {
    const chunk = body && `${body.length.toString(16)}\r\n${body}\r\n`;
    return `${head}\r\n${chunk}0\r\n\r\n`;
  }
  return `${head.replace(/^(content-length:[ \t]*)\d+/im, `$1${body.length}`)}\r\n${body}`;
}

/**
 * Throws if the recording contains a value that was sent: a server may repeat it, for example in its links.
 *
 * Finds it in any letter case, also percent-encoded, with the escaped slashes of JSON, and decoded from base64. Values
 * of fewer than eight characters are left to the reviewer.
 */
function refuseSecrets(sent: readonly (readonly [string, string])[], recorded: string): void {
  const text = recorded.replaceAll("\\/", "/").toLowerCase();
  const decoded = text.replace(/(%[0-9a-f]{2})+/g, (bytes) => Buffer.from(bytes.replaceAll("%", ""), "hex").toString());
  for (const [name, value] of sent) {
    if (/^(accept|prefer)/i.test(name)) continue;
    const secrets = secretsIn(name, value).map((secret) => secret.toLowerCase());
    if (secrets.some((secret) => secret.length >= 8 && (text.includes(secret) || decoded.includes(secret)))) {
      throw new Error(`it repeats the value of ${name} in the request: replace that with --replace`);
    }
  }
}

/** The parts of a value that may be secret: each word, each value of a cookie, the password in basic authentication. */
function secretsIn(name: string, value: string): string[] {
  const credentials = /^(proxy-)?authorization$/i.test(name) ? value.replace(/^\S+\s+/, "") : value; // without the scheme
  const words = [credentials, ...credentials.split(/[\s;,]+/)];
  const values = words.map((word) => word.slice(word.indexOf("=") + 1));
  return [...words, ...values, ...Buffer.from(credentials, "base64").toString().split(":")];
}

/** The members that do not follow from the response itself. */
function withoutResponse(result: Result): object {
  return Object.fromEntries(Object.entries(result).filter(([name]) => !["document", "body", "http"].includes(name)));
}

function latin1(text: string): string {
  return Buffer.from(text).toString("latin1");
}
