import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompressSync, constants, deflateSync, gzipSync } from "node:zlib";
import { describe } from "../runner/suite.ts";

const peak = fileURLToPath(new URL("peak.js", import.meta.url));

/** Writes a hundred megabytes in a content coding to a file. */
function writeBomb(coding: string, encode: (bytes: Uint8Array) => Uint8Array): string {
  const file = fileURLToPath(new URL(`bomb.${coding}`, import.meta.url));
  writeFileSync(file, encode(Buffer.alloc(100_000_000, "x")));
  return file;
}

/** The default of maxBytes. */
const MOST = 2_097_152;
const fast = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };

describe("the memory that a call needs", (test) => {
  const tooLarge = "Response body is too large (see maxBytes)";
  // Resident memory: a figure of the heap would miss strings and buffers.
  for (const [scenario, outcome, length, megabytes, bomb] of [
    ["links of a long URL", "80000 links", 0, 250],
    ["nested lists", "Response body is not a job status: it has no status or no job id", MOST, 180],
    ["an endless drip of bytes", tooLarge, MOST, 250],
    ["small chunks of large buffers", tooLarge, MOST, 250],
    ["an endless stream of empty chunks", "Response body is empty", 0, 35],
    ["600 MB with maxBytes Infinity", "Response body could not be read to the end: see cause", 0, 1_800],
    ["gzip", tooLarge, MOST, 60, writeBomb("gzip", (bytes) => gzipSync(bytes, { level: 1 }))],
    ["deflate", tooLarge, MOST, 60, writeBomb("deflate", (bytes) => deflateSync(bytes, { level: 1 }))],
    ["br", tooLarge, MOST, 60, writeBomb("br", (bytes) => brotliCompressSync(bytes, fast))],
  ] as const) {
    test(`getStatus() needs at most ${megabytes} MB for ${bomb ? "100 MB sent in " : ""}${scenario}`, async () => {
      const { stdout } = await promisify(execFile)(process.execPath, [peak, scenario, ...(bomb ? [bomb] : [])]);
      const { megabytes: used, ...result } = JSON.parse(stdout) as { megabytes: number };
      assert.deepEqual(result, { outcome, length });
      assert.ok(used <= megabytes, `${used} MB`);
    });
  }
});
