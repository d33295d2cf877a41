/**
 * Runs one call in a process of its own and prints its outcome and the peak of the resident memory that it added, in MB:
 * a scenario below, or a content coding and a file with a body in it.
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { gzipSync } from "node:zlib";
import { getStatus, type Result } from "../../src/get-status.ts";
import { returning } from "../support/fetches.ts";
import { listening } from "../support/listen.ts";

const MEGABYTE = 1_000_000;

/** Gets the status of a body whose chunks `next` makes, until it returns `undefined`. */
function getChunks(next: () => Uint8Array | undefined, maxBytes?: number): Promise<Result> {
  const read = async (): Promise<object> => {
    const value = next();
    return value ? { done: false, value } : { done: true };
  };
  const body = { getReader: () => ({ read, cancel: async () => {} }) };
  const fetch = returning({ status: 200, url: "", headers: new Headers(), body });
  return getStatus("https://h", "j", { fetch, maxBytes });
}

/** A server that redirects to a URL of 15,000 characters, which returns 80,000 relative links in two kilobytes. */
async function redirectedLinks(): Promise<Result> {
  const links = Array.from({ length: 80_000 }, () => ({ href: "a" }));
  const body = gzipSync(JSON.stringify({ jobID: "j", status: "running", links }));
  const server = createServer((request, response) => {
    if (request.url === "/jobs/j") response.writeHead(302, { location: `/${"x".repeat(15_000)}/` }).end();
    else response.writeHead(200, { "content-encoding": "gzip" }).end(body);
  });
  return listening(server, (url) => getStatus(url, "j"));
}

/** A server that sends a compressed body, and leaves the connection open. */
async function compressed(): Promise<Result> {
  const [, , coding = "", file = ""] = process.argv;
  const body = readFileSync(file);
  const server = createServer((_, response) => response.writeHead(200, { "content-encoding": coding }).write(body));
  return listening(server, (url) => getStatus(url, "j"));
}

const megabyte = new Uint8Array(MEGABYTE).fill(120);
let left = 600;
let empty = 2_000_000;
const nested = [new TextEncoder().encode("[".repeat(1_048_576) + "]".repeat(1_048_576))];

const SCENARIOS: Readonly<Record<string, () => Promise<Result>>> = {
  "links of a long URL": redirectedLinks,
  "600 MB with maxBytes Infinity": () => getChunks(() => (left-- > 0 ? megabyte : undefined), Infinity),
  // The JSON that takes the most memory for its size.
  "nested lists": () => getChunks(() => nested.pop()),
  "an endless stream of empty chunks": () => getChunks(() => (empty-- > 0 ? new Uint8Array(0) : undefined)),
  "an endless drip of bytes": () => getChunks(() => new Uint8Array([120])),
  "small chunks of large buffers": () => getChunks(() => new Uint8Array(MEGABYTE).fill(120).subarray(0, 1_000)),
};

await getStatus("https://h", "j", { fetch: async () => new Response("") }); // loads what the platform loads lazily
const before = process.resourceUsage().maxRSS;
const result = await (SCENARIOS[process.argv[2]!] ?? compressed)();
console.log(
  JSON.stringify({
    outcome: result.kind === "StatusInfo" ? `${result.links.length} links` : result.message,
    length: result.kind === "ServerError" ? (result.body?.length ?? 0) : 0,
    megabytes: Math.round((process.resourceUsage().maxRSS - before) / 1_000),
  }),
);
