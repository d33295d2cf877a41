/** Records one response for the corpus in tests/servers: `npm run record -- <baseUrl> <jobId> --server NAME`. */
import { mkdirSync, writeFileSync } from "node:fs";
import { request } from "undici";
import { getStatus, type Fetch } from "../../src/get-status.ts";
import { folder, parseResponse } from "../support/corpus.ts";
import { REQUESTED, TO_BE_REVIEWED, replay } from "../support/recorded.ts";
import { parse, requestOf, run, split, type Command } from "./command.ts";

const usage = `Usage: npm run record -- <baseUrl> <jobId> --server NAME [options]

  --server NAME               folder below tests/servers: server and version, such as pygeoapi-0.24
  --name NAME                 file; the default is the status of the job, or the HTTP status
  -H, --header 'Name: value'  send a header, which is not recorded; may be given more than once
  --replace a=b               replace a with b in both files; may be given more than once`;

/** Writes to this corpus. */
export const recorder = (corpus: URL): Command => ({
  usage,
  async main(args, print) {
    const { values, headers, baseUrl, jobId } = await parse(args, {
      server: { type: "string" },
      name: { type: "string" },
      replace: { type: "string", multiple: true },
    });
    const { server = "", name } = values;
    if (!/^[a-z0-9][a-z0-9.-]*\/[a-z0-9][a-z0-9.-]*$/.test(`${server}/${name ?? server}`))
      throw new TypeError('Expected --server and --name with names of a-z, 0-9, "." and "-"');
    const toLatin1 = (text: string): string => Buffer.from(text).toString("latin1");
    const pairs = (values.replace ?? []).map((pair) => split(pair, "=", "a replacement as a=b").map(toLatin1));
    const replaced = (text: string): string =>
      pairs.reduce((rest, [from = "", to = ""]) => rest.replaceAll(from, () => to), text);

    const sent = await requestOf(baseUrl, jobId, { headers });
    const { head, body } = await send(sent);
    const raw = Buffer.from(frame(replaced(head), replaced(body)), "latin1");
    const { pathname, searchParams } = new URL(sent[0]);
    const path = replaced(pathname); // without the query, which may hold a key
    refuseSecrets([...headers, ...searchParams], path + raw.toString());

    const response = parseResponse(raw, "the response");
    const result = await getStatus(REQUESTED.baseUrl, REQUESTED.jobId, { fetch: replay(response) });
    const file = `${server}/${name ?? result.status ?? response.status}`;
    const info = {
      $schema: "../schema.json",
      request: { method: "GET", path },
      origin: `${server}, captured on ${new Date().toISOString().slice(0, 10)}`,
      how: "verbatim",
      notes: TO_BE_REVIEWED,
      review: TO_BE_REVIEWED,
      result: { ...result, document: undefined, body: undefined, http: undefined }, // these follow from the response
    };
    mkdirSync(new URL(server, corpus), { recursive: true });
    // Nothing is overwritten, not even where a link leads.
    writeFileSync(new URL(`${file}.http`, corpus), raw, { flag: "wx" });
    writeFileSync(new URL(`${file}.json`, corpus), `${JSON.stringify(info, null, 2)}\n`, { flag: "wx" });
    print(`Recorded ${file}: HTTP ${response.status}, ${result.kind}.
What is left to do: "Add a server's response" in .github/CONTRIBUTING.md.\n`);
    return 0;
  },
});

/** Sends a GET, and does not follow a redirect. Strings have one character for each byte. */
async function send([url, { headers }]: Parameters<Fetch>): Promise<{ head: string; body: string }> {
  const init = { headers: { "accept-encoding": "identity", ...headers }, signal: AbortSignal.timeout(60_000) };
  const response = await request(url, { ...init, responseHeaders: "raw" });
  const raw = response.headers as unknown as string[]; // names and values in turn
  let head = `HTTP/1.1 ${response.statusCode} ${response.statusText}\r\n`;
  for (let i = 0; i < raw.length; i += 2) {
    if (/^content-encoding$/i.test(raw[i]!)) throw new Error(`the body has the Content-Encoding ${raw[i + 1]}`);
    if (!/^set-cookie$/i.test(raw[i]!)) head += `${raw[i]}: ${raw[i + 1]}\r\n`;
  }
  return { head, body: Buffer.from(await response.body.arrayBuffer()).toString("latin1") };
}

/** Joins head and body: in one chunk if the head announces chunks, with the Content-Length of this body if it has one. */
function frame(head: string, body: string): string {
  if (/^transfer-encoding:[ \t]*chunked[ \t]*$/im.test(head))
    return `${head}\r\n${body && `${body.length.toString(16)}\r\n${body}\r\n`}0\r\n\r\n`;
  return `${head.replace(/^(content-length:[ \t]*)\d+/im, `$1${body.length}`)}\r\n${body}`;
}

/** Throws if a recording repeats a value that was sent, unless that has fewer than eight letters and digits. */
export function refuseSecrets(sent: readonly (readonly [name: string, value: string])[], recorded: string): void {
  const recordings = [recorded, ...decoded(recorded)].map(bare);
  for (const [name, value] of sent) {
    if (/^(accept.*|prefer|f)$/i.test(name)) continue;
    // The value may be several cookies, a scheme and a token, or a user name and a password in base64.
    const parts = [value, ...decoded(value)].flatMap((text) => [text, ...text.split(/[\s;,:=]+/)]).map(bare);
    if (parts.some((part) => part.length >= 8 && recordings.some((text) => text.includes(part))))
      throw new Error(`the response repeats the value of ${name} in the request: replace that with --replace`);
  }
}

/** The letters and digits, without the escapes of URLs, JSON and HTML, which stand for other characters. */
const bare = (text: string): string =>
  text.toLowerCase().replace(/%(25)*[0-9a-f]{2}|\\u[0-9a-f]{4}|&#?\w+;|[^a-z0-9]/g, "");

/** What the base64 in a text says. It may start within a run of its characters, such as after a slash. */
const decoded = (text: string): string[] =>
  [0, 1, 2, 3].map((offset) =>
    text.replace(/[\w+/-]{8,}=*/g, (run) => Buffer.from(run.slice(offset), "base64").toString()),
  );

if (process.argv[1] === import.meta.filename) process.exitCode = await run(recorder(folder), process.argv.slice(2));
