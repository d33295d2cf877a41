import * as assert from "uvu/assert";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";
import { describe } from "../runner/suite.ts";
import { NAMES } from "../support/status-names.ts";

const root = new URL("../../../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), "utf8");
const source = read("src/get-status.ts");
const withoutComments = source.replace(/\/\*\*[^]*?\*\/|(^|\s)\/\/ .*/gm, "");

const all = (text: string, pattern: RegExp): string[] => Array.from(text.matchAll(pattern), ([, found = ""]) => found);
const exported = all(source, /^export (?:async )?\w+ (\w+)/gm);

describe("the file", (test) => {
  test("exports the functions and types that are documented, those that they need, and nothing else", () => {
    const functions = "getStatus isNotFound isServerError isStatusInfo";
    const documented = "Exception Fetch GetStatusOptions Http Link NotFound Result ServerError StatusCode StatusInfo";
    const needed = "HeadersLike NetworkError ResponseError Timeout";
    assert.equal(exported.sort(), `${functions} ${documented} ${needed}`.split(" ").sort());
  });

  test("begins with a line that identifies a pasted copy, the module comment and getStatus", () => {
    const { name, version } = JSON.parse(read("package.json"));
    assert.is(source.split("\n", 1)[0], `// ${name} ${version} | MIT-0`);
    assert.match(
      source,
      /^.*\s+\/\*\*\n( \*.*\n)+? \* @module\n \*\/\s+\/\*\*\n( \*.*\n)+export async function getStatus\(/,
    );
  });

  const lines = source.trimEnd().split("\n");
  const comments = lines.filter((line) => /^\s*(\/\/|\/\*\*|\*)/.test(line));
  // `npm test lint` also limits the bytes.
  for (const [what, used, most] of [
    ["lines", lines.length, 860],
    ["lines of comments", comments.length, Math.floor(lines.length / 3)],
  ] as const)
    test(`has at most ${most} ${what}`, () => {
      const text = `src/get-status.ts has ${used} ${what}, at most ${most}`;
      if (used > most * 0.95) console.warn(`warning: ${text}`);
      assert.ok(used <= most, text);
    });

  for (const [what, pattern] of Object.entries({
    "no import": /^\s*import\b|\bimport\(|\brequire\(|\bfrom\s*"/m,
    "no class, module state or any": /\bclass\b|^(let|var)\b|\bany\b|^const \w+\b(?!: readonly |[^;]* as const;)/m,
    "nothing that browsers of early 2022 lack": /\(\?<[=!]|\bURL\.(parse|canParse)|\bAbortSignal\.|structuredClone/,
    "no timer": /\bset(Timeout|Interval|Immediate)\b/,
  }))
    test(`has ${what}`, () => assert.not.match(withoutComments, pattern));

  // `npm test platforms` has deno doc find exports and properties without a comment.
  const broken = all(source, /\{@linkcode (\w+)\}/g).filter((name) => !exported.includes(name));
  const signatures = all(source, /^export (?:async )?function \w+\(([^]*?)\)/gm).join();
  const options = /^  const \{ (.*) \} = opts;$/m.exec(source)?.[1]?.replaceAll("_", "");
  const fetchComment = source.split("export type Fetch ")[0]!.split("/**").at(-1)!;
  const FETCH = ["fetch", "fetch", "init.headers", "init.cache", "Request", "url", "body", "null"];
  for (const [what, found, expected] of [
    ["what is exported, where they link", broken, []],
    ["every parameter", all(source, /^ \* @param (\w+) /gm), all(signatures, /(\w+): /g)],
    ["what is returned and thrown", all(source, /^ \* @(ret|thr)/gm).join(" "), "ret thr thr ret ret ret"],
    ["what a fetch must handle", all(fetchComment, /`((?:init\.)?\w+)`/g), FETCH],
    ["the defaults", all(source, /@default \{(.*)\}\n/g), all(options ?? "", / = ([\w.]+)/g)],
  ] as const)
    test(`its comments describe ${what}`, () => assert.equal(found, expected));

  test("recognises the names for a status in the table of the tests, and no others", () => {
    const table = /^const STATUS_NAMES.*? = (\[.*?^\]);$/ms.exec(source)?.[1] ?? "";
    assert.equal(all(table, /"([^"]*)"/g), Object.values(NAMES).flat());
  });

  test("touches nothing of the platform on import, and so has no side effect", () => {
    const compiled = read(".build/src/get-status.js");
    const evaluate = (more: string) => () => void runInNewContext(`${compiled.replace(/^export /gm, "")}\n${more}`);
    evaluate("")();
    assert.throws(evaluate("new Headers();"), /^Headers is not defined$/);
  });
});

describe("the types", (test) => {
  for (const project of ["tests/platforms/types/", "tests/platforms/types/loose/"])
    test(`valid programs compile in ${project}, and each expected error occurs`, () => {
      const tsc = ["node_modules/typescript/bin/tsc", "-p", project];
      const { status, stdout } = spawnSync(process.execPath, tsc, { cwd: root, encoding: "utf8" });
      assert.equal([status, stdout], [0, ""]);
    });
});
