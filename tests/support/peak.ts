/** Runs one call in a process of its own and prints its outcome and the peak of the resident memory that it added, in MB. */
import { gzipSync } from "node:zlib";
import { createServer } from "node:http";
import { getStatus, type Fetch, type Result } from "../../src/get-status.ts";
import { listening } from "./listen.ts";

const MEGABYTE = 1_000_000;

/** A `fetch` whose body has this many bytes, in chunks of one megabyte that share a buffer. */
function large(length: number, fill: string): Fetch {
  const chunk = new TextEncoder().encode(fill.repeat(MEGABYTE / fill.length));
  return async () => {
    let left = length;
    const reader = {
      async read() {
        if (left <= 0) return { done: true };
        left -= MEGABYTE;
        return { done: false, value: chunk };
      },
      cancel: async () => {},
    };
    return { status: 200, url: "", headers: new Headers(), body: { getReader: () => reader } };
  };
}

/** A server that redirects to a URL of 15,000 characters, which returns 80,000 relative links in two kilobytes. */
async function redirectedLinks(): Promise<Result> {
  const links = Array.from({ length: 80_000 }, () => ({ href: "a" }));
  const body = gzipSync(JSON.stringify({ jobID: "j", status: "running", links }));
  const server = createServer((request, response) => {
    if (request.url === "/jobs/j") response.writeHead(302, { location: `/${"x".repeat(15_000)}/` }).end();
    else response.writeHead(200, { "content-encoding": "gzip" }).end(body);
  });
  let result: Result | undefined;
  await listening(server, async (url) => void (result = await getStatus(url, "j")));
  return result!;
}

const SCENARIOS: Record<string, () => Promise<Result>> = {
  links: redirectedLinks,
  infinite: () => getStatus("https://h", "j", { fetch: large(600 * MEGABYTE, "x"), maxBytes: Infinity }),
  "drip of bytes": () => {
    const byte = new Uint8Array([120]);
    const reader = { read: async () => ({ done: false, value: byte }), cancel: async () => {} };
    const body = { getReader: () => reader };
    return getStatus("https://h", "j", { fetch: async () => ({ status: 200, url: "", headers: new Headers(), body }) });
  },
  "small chunks of large buffers": () => {
    const body = {
      getReader: () => ({
        read: async () => ({ done: false, value: new Uint8Array(MEGABYTE).subarray(0, 1_000) }),
        cancel: async () => {},
      }),
    };
    return getStatus("https://h", "j", { fetch: async () => ({ status: 200, url: "", headers: new Headers(), body }) });
  },
};

await getStatus("https://h", "j", { fetch: async () => new Response("") }); // loads what the platform loads lazily
const before = process.resourceUsage().maxRSS;
const start = performance.now();
const result = await SCENARIOS[process.argv[2]!]!();
console.log(
  JSON.stringify({
    kind: result.kind,
    message: result.message,
    links: result.kind === "StatusInfo" ? result.links.length : undefined,
    length: result.kind === "ServerError" ? result.body?.length : undefined,
    megabytes: Math.round((process.resourceUsage().maxRSS - before) / 1_000),
    milliseconds: Math.round(performance.now() - start),
  }),
);
