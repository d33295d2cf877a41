/** Reads and replays the recorded responses in tests/servers; the README there describes the files. */
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Info, Recorded } from "./recorded.ts";

/** Where the corpus is: compiled tests are in .build/, the corpus is not. */
export const folder = new URL("../../../tests/servers/", import.meta.url);

/** The files below tests/servers, in order. */
export function files(): string[] {
  const root = fileURLToPath(folder);
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

/** Splits a response into its parts. */
export function parseResponse(raw: Uint8Array, file: string): Pick<Recorded, "status" | "headers" | "body"> {
  const text = Buffer.from(raw).toString("latin1"); // one character for each byte
  const [, status, fields = "", rest = ""] =
    /^HTTP\/1\.[01] (\d{3}) [^\r\n]*((?:\r\n[^\s:]+:[^\r\n]*)*)\r\n\r\n([^]*)$/.exec(text) ?? [];
  if (status === undefined) throw new Error(`Cannot read ${file}: it does not start with the head of a response`);
  const headers: Recorded["headers"] = [...fields.matchAll(/\r\n(.+?):(.*)/g)].map(([, name = "", value = ""]) => [
    name,
    value.trim(),
  ]);
  const value = (wanted: string): string | undefined => headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
  const body = value("transfer-encoding")?.toLowerCase() === "chunked" ? joinChunks(rest) : rest;
  const length = value("content-length");
  if (body === undefined || (length !== undefined && Number(length) !== body.length && status !== "304"))
    throw new Error(`Cannot read ${file}: its body is longer or shorter than its head says`);
  return { status: Number(status), headers, body: new Uint8Array(Buffer.from(body, "latin1")) };
}

/** Decodes the chunked transfer coding (RFC 9112, section 7.1), without trailers. */
function joinChunks(rest: string): string | undefined {
  const sizes = /([0-9a-f]+)[^\r\n]*\r\n/iy;
  let content = "";
  for (let line = sizes.exec(rest); line; line = sizes.exec(rest)) {
    const end = sizes.lastIndex + parseInt(line[1]!, 16);
    if (end === sizes.lastIndex) return rest.slice(end) === "\r\n" ? content : undefined;
    content += rest.slice(sizes.lastIndex, end);
    sizes.lastIndex = end + 2;
  }
  return undefined;
}

/** A server that sends the raw response NAME for any request below `/NAME/`. */
export function replayServer(corpus: readonly Recorded[]): Server {
  const byName = new Map(corpus.map((recorded) => [recorded.name, recorded]));
  return createServer(({ url = "", socket }, response) => {
    const [, name = ""] = /^\/([^/]+\/[^/]+)/.exec(url) ?? [];
    const recorded = byName.get(decodeURIComponent(name));
    if (!recorded) return void response.writeHead(421).end();
    response.detachSocket(socket);
    if (endsItself(recorded)) socket.write(recorded.raw);
    else socket.end(recorded.raw);
  });
}

/** Whether the response has an end before the connection is closed (RFC 9112, section 6.3). */
function endsItself({ status, headers }: Recorded): boolean {
  return (
    status === 204 || status === 304 || headers.some(([name]) => /^(content-length|transfer-encoding)$/i.test(name))
  );
}

/** For example `3 responses (2 verbatim, 1 reconstructed, 0 made up)`. */
export function counts(corpus: readonly Pick<Recorded, "how">[]): string {
  const count = (kind: Recorded["how"]): string => `${corpus.filter(({ how }) => how === kind).length} ${kind}`;
  return `${corpus.length} responses (${count("verbatim")}, ${count("reconstructed")}, ${count("made up")})`;
}

/** Every recorded response. */
export const corpus: readonly Recorded[] = files()
  .filter((file) => file.endsWith(".http"))
  .map((file) => {
    const name = file.slice(0, -".http".length);
    const raw = new Uint8Array(readFileSync(new URL(file, folder)));
    const info: Info = JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8"));
    return { ...info, name, raw, ...parseResponse(raw, file) };
  });
