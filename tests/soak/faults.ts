/** What the server of the soak sends for each job. */
import { gzipSync } from "node:zlib";
import { CHUNKED, ENDLESS, FAULTS, chunk, head, type Fault } from "../support/faults.ts";

export const MAX_BYTES = 1_000;

const plain = [head(200, CHUNKED), chunk("x".repeat(2 * MAX_BYTES))];
const compressed = [head(200, "Content-Encoding: gzip"), gzipSync("x".repeat(1_000_000))];
const TOO_LARGE: readonly Fault[] = [
  { name: "a body over maxBytes that never ends", parts: plain, end: "open", outcome: "malformed 200" },
  { name: "a compressed body over maxBytes", parts: compressed, end: "end", outcome: "malformed 200" },
];

// Among many calls, fetch of Node 20 sometimes never ends a body that is not in its coding.
const ALL = [...FAULTS, ...ENDLESS, ...TOO_LARGE].filter(({ name }) => !/^broken (gzip|brotli)$/.test(name));

/** The response for a job: one in three has a fault, each in turn. */
export function faultOf(number: number): Fault {
  const fault = ALL[(number / 3) % ALL.length];
  if (fault) return fault;
  const links = [{ href: `${number}/results`, rel: "results" }];
  const body = JSON.stringify({ jobID: String(number), status: "running", links });
  return { name: "none", parts: [head(200), body], end: "end", outcome: "running" };
}
