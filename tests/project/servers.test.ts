import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe } from "../runner/suite.ts";
import { corpus } from "../support/corpus.ts";
import { COLUMNS, serverRows, withServers, withTable } from "./servers.ts";

const root = new URL("../../../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), "utf8");

describe("npm run servers", (test) => {
  test("has been run since the corpus changed", () => {
    const page = read("tests/servers/SERVERS.md");
    assert.equal(page, withTable(page, corpus));
    for (const title of Object.keys(COLUMNS)) assert.ok(page.includes(`\n| ${title} | `), `${title} is not explained`);
    assert.equal(read("README.md"), withServers(read("README.md"), corpus));
  });

  test("writes what departs from the standard in bold", () => {
    const rows = new Map(serverRows(corpus).map((row) => [row[0], row]));
    const [, , id, status, , , , , nulls, missing] = rows.get("[weaver-6.15.0](weaver-6.15.0)")!;
    assert.equal(id, "**jobID and id**");
    assert.equal(status, "**canceled**, **error**, **finished**, **queued**, **started**, **succeeded**");
    assert.equal(nulls, "**finished**, **started**");
    assert.equal(missing, '404 no-such-job, **400 no-such-job**, **404 "Not Found"**');
    assert.ok(rows.get("[datakaveri](datakaveri)")!.includes("**one object**"));
  });
});
