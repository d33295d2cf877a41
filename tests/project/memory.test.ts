import * as assert from "uvu/assert";
import { execFile } from "node:child_process";
import { createServer } from "node:http";
import { promisify } from "node:util";
import v8 from "node:v8";
import vm from "node:vm";
import { gzipSync } from "node:zlib";
import { getStatus, type Fetch, type Result } from "../../src/get-status.ts";
import { watch } from "../recipes/watch.ts";
import { describe } from "../runner/suite.ts";
import { getFrom, responseLike } from "../support/fetches.ts";
import { listening } from "../support/listen.ts";

const MEGABYTE = new Uint8Array(1_000_000).fill(120);
const LINKS = Buffer.from(`{"jobID":"j","status":"running","links":[${'{"href":"a"},'.repeat(80_000)}0]}`);
const LONG = `https://h/${"x".repeat(15_000)}/`;
const NESTED = Buffer.from("[".repeat(1_048_576) + "]".repeat(1_048_576)); // the JSON that takes the most for its size
const LARGE = /is too large .* 2097152$/;

/** Gets the status of a body of so many chunks. */
function getChunks(count: number, next: () => Uint8Array, maxBytes?: number, url = ""): Promise<Result> {
  let left = count;
  const read = async (): Promise<object> => (left-- > 0 ? { done: false, value: next() } : { done: true });
  const body = { getReader: () => ({ read, cancel: async () => {} }) };
  return getFrom(responseLike({ url, body }), { maxBytes });
}

/** Gets the status from a server that sends a hundred megabytes with gzip, and leaves the connection open. */
function getBomb(): Promise<Result> {
  const bomb = Buffer.concat(Array.from({ length: 100 }, () => gzipSync(MEGABYTE)));
  const server = createServer((_, response) => response.writeHead(200, { "content-encoding": "gzip" }).write(bomb));
  return listening(server, (url) => getStatus(url, "j"));
}

const SCENARIOS: readonly (readonly [name: string, megabytes: number, outcome: RegExp, run: () => Promise<Result>])[] =
  [
    ["links of a long URL", 250, / 80000 links$/, () => getChunks(1, () => LINKS, Infinity, LONG)],
    ["nested lists", 180, /is not a job status: .* 2097152$/, () => getChunks(1, () => NESTED)],
    ["an endless drip of bytes", 250, LARGE, () => getChunks(Infinity, () => new Uint8Array([120]))],
    ["small chunks of large buffers", 250, LARGE, () => getChunks(Infinity, () => MEGABYTE.slice().subarray(0, 1_000))],
    ["two million empty chunks", 35, /is empty 0$/, () => getChunks(2_000_000, () => new Uint8Array(0))],
    ["600 MB with maxBytes Infinity", 1_800, /read to the end.* 0$/, () => getChunks(600, () => MEGABYTE, Infinity)],
    ["100 MB sent in gzip", 60, LARGE, getBomb],
  ];

if (process.argv[1] === import.meta.filename) {
  await getFrom(new Response("")); // loads what the platform loads lazily
  const before = process.resourceUsage().maxRSS;
  const result = await SCENARIOS[Number(process.argv[2])]![3]();
  const megabytes = (process.resourceUsage().maxRSS - before) / 1_000;
  const size = result.kind === "StatusInfo" ? `${result.links.length} links` : (result.body?.length ?? 0);
  console.log(JSON.stringify([`${result.message} ${size}`, megabytes]));
} else {
  describe("the memory that a call needs", (test) => {
    SCENARIOS.forEach(([name, most, outcome], index) =>
      test(`getStatus() needs at most ${most} MB for ${name}`, async () => {
        // In a process of its own, and resident: a figure of the heap would miss strings and buffers.
        const { stdout } = await promisify(execFile)(process.execPath, [import.meta.filename, String(index)]);
        const [found, megabytes] = JSON.parse(stdout);
        assert.match(found, outcome);
        assert.ok(megabytes <= most, `${megabytes} MB`);
      }),
    );
  });

  describe("garbage collection", (test) => {
    test("does not remove the limit that watch() gives each request", async () => {
      v8.setFlagsFromString("--expose-gc");
      const collect = setInterval(vm.runInNewContext("gc"), 20);
      const { timeout } = AbortSignal;
      AbortSignal.timeout = (milliseconds) => timeout.call(AbortSignal, milliseconds === 60_000 ? 100 : milliseconds);
      const hangs: Fetch = (_, { signal }) =>
        new Promise((_, reject) => signal!.addEventListener("abort", () => reject(signal!.reason)));
      const pauses: unknown[] = [];
      const onResult = (_: Result, pause?: number): unknown => pauses.push(typeof pause);
      try {
        // Without that limit, the only result would be the one at the time limit, which no pause follows.
        await watch("https://h", "j", { fetch: hangs, timeLimit: 1_000, interval: 10_000, onResult });
      } finally {
        clearInterval(collect);
        AbortSignal.timeout = timeout;
      }
      assert.equal(pauses, ["number", "undefined"]);
    });
  });
}
