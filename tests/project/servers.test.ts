import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe } from "../runner/suite.ts";
import { readCorpus } from "../support/corpus.ts";
import { serversPage, serversSentence, withSentence } from "./servers.ts";

const root = new URL("../../../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), "utf8");
const corpus = readCorpus();

describe("npm run servers", (test) => {
  test("has been run since the corpus changed", () => {
    assert.equal(read("tests/servers/SERVERS.md"), serversPage(corpus));
    assert.equal(read("README.md"), withSentence(read("README.md"), serversSentence(corpus)));
  });

  test("writes a row for each server, with what departs from the standard in bold", () => {
    const cells = (server: string): string[] =>
      serversPage(corpus.filter(({ name }) => name.startsWith(`${server}/`)))
        .trimEnd()
        .split("\n")
        .at(-1)!
        .split(" | ");
    const [, , id, status, , , , , nulls, missing] = cells("weaver-6.15.0");
    assert.equal(id, "**jobID and id**");
    assert.equal(status, "**canceled**, **error**, **finished**, **queued**, **started**, **succeeded**");
    assert.equal(nulls, "**finished**, **started**");
    assert.equal(missing, '404 no-such-job, **400 no-such-job**, **404 "Not Found"**');
    assert.ok(cells("datakaveri").includes("**one object**"));
  });
});
