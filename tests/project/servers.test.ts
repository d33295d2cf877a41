import * as assert from "uvu/assert";
import { readFileSync } from "node:fs";
import { describe } from "../runner/suite.ts";
import { corpus } from "../support/corpus.ts";
import type { Recorded } from "../support/recorded.ts";
import { PAGES, withCounts, withTable } from "./servers.ts";

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");

describe("npm run servers", (test) => {
  for (const [path, update] of Object.entries(PAGES))
    test(`has been run since the corpus changed: ${path}`, () => assert.is(update(read(path), corpus), read(path)));

  const MADE_UP = [
    ["a/1", 200, '{"jobID":"j","status":"running","type":"process","progress":5,"finished":null,"links":[null]}'],
    ["a/2", 200, '{"id":"j","status":"queued","created":"2026-01-01T00:00:00","links":{}}'],
    ["a/3", 404, "null", { about: "missing job", result: { kind: "NotFound", reason: "unspecified" } }],
    ["a-prefect-0123abcd/1", 200, "{}", { how: "reconstructed" }],
    ["b-1.2/1", 200, "{}"],
    ["made-up/1", 200, "{}", { how: "made up" }],
  ].map(([name, status, body, more]) => {
    const common = { how: "verbatim", request: { method: "GET" }, headers: [], result: { kind: "StatusInfo" } };
    return { ...common, name, status, body: new TextEncoder().encode(String(body)), ...(more as object) };
  }) as unknown as Recorded[];

  test("writes what departs from the standard in bold, and explains each column", () => {
    const [titles, , row] = withTable("| server |", MADE_UP).split("\n");
    const job = "jobID, **id** | **queued** | process, **none** | **no zone** | integer | relative, **one object**";
    const errors = "**404 other JSON** |  |  | **other JSON** | **none**";
    assert.is(row, `| [a](a) | 3 (3) | ${job} | **finished** | ${errors} |`);
    const [, , ...names] = titles!.slice(2, -2).split(" | ");
    for (const name of names) assert.match(read("tests/servers/SERVERS.md"), `\n| ${name} | `);
  });

  test("counts the responses and the servers, variants of one once", () => {
    const readme = withCounts("<!-- servers -->\nold\n<!-- /servers -->", MADE_UP);
    assert.match(readme, "\n**Tested with** 6 responses (4 verbatim, 1 reconstructed, 1 made up) of 2 servers:\n");
  });
});
