import * as assert from "uvu/assert";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runInNewContext } from "node:vm";
import { gzipSync } from "node:zlib";
import { describe } from "../runner/suite.ts";
import { NAMES } from "../support/status-names.ts";

const root = new URL("../../../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), "utf8");
const source = read("src/get-status.ts");
const compiled = read(".build/src/get-status.js");
const withoutComments = (code: string): string => code.replace(/\/\*\*[^]*?\*\/|(^|\s)\/\/ .*/gm, "");

const all = (text: string, pattern: RegExp): string[] => Array.from(text.matchAll(pattern), ([, found = ""]) => found);
const exported = all(source, /^export (?:async )?\w+ (\w+)/gm);

describe("the file", (test) => {
  test("exports the functions and types that are documented, those that they need, and nothing else", () => {
    const functions = "getStatus isNotFound isServerError isStatusInfo";
    const documented = "Exception Fetch GetStatusOptions Http Link NotFound Result ServerError StatusCode StatusInfo";
    const needed = "HeadersLike NetworkError ResponseError Timeout";
    assert.equal(exported.sort(), `${functions} ${documented} ${needed}`.split(" ").sort());
    // In the declarations, a type that is not exported would begin a line.
    assert.not.match(read("dist/get-status.d.ts"), /^(?:declare )?(?:interface|type)\b/m);
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
  // Without a minifier, which the root package does not have: `npm test lint` measures it minified.
  const compressed = gzipSync(withoutComments(compiled).replace(/^\s+/gm, ""), { level: 9 });
  for (const [what, used, most] of [
    ["lines", lines.length, 860],
    ["lines of comments", comments.length, Math.floor(lines.length / 3)],
    ["bytes, compiled and gzipped without its comments", compressed.length, 4_800],
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
    test(`has ${what}`, () => assert.not.match(withoutComments(source), pattern));

  const broken = all(source, /\{@linkcode (\w+)\}/g).filter((name) => !exported.includes(name));
  const members = (source.match(/^export interface [^]*?^\}/gm) ?? []).join("\n");
  const signatures = all(source, /^export (?:async )?function \w+\(([^]*?)\)/gm).join();
  const options = /^  const \{ (.*) \} = opts;$/m.exec(source)?.[1]?.replaceAll("_", "");
  const fetchComment = source.split("export type Fetch ")[0]!.split("/**").at(-1)!;
  const FETCH = ["fetch", "fetch", "init.headers", "init.cache", "Request", "url", "body", "null"];
  for (const [what, found, expected] of [
    ["what is exported, where they link", broken, []],
    ["every export", source.match(/(?<!\*\/\n)^export .*/gm), null],
    ["every property of an exported interface", members.match(/(?<!\*\/\n)^ +(?:readonly|\w+\().*/gm), null],
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
    const evaluate = (more: string) => () => void runInNewContext(`${compiled.replace(/^export /gm, "")}\n${more}`);
    evaluate("")();
    assert.throws(evaluate("new Headers();"), /^Headers is not defined$/);
  });
});

describe("the types", (test) => {
  const tsc = fileURLToPath(new URL("node_modules/typescript/bin/tsc", root));
  for (const [what, project] of [
    ["valid programs compile, and each expected error occurs", "tests/platforms/types/"],
    ["programs compile with strict: false", "tests/platforms/types/loose/"],
  ] as const)
    test(what, () => {
      const args = [tsc, "-p", fileURLToPath(new URL(project, root))];
      const { status, stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
      assert.equal([status, stdout], [0, ""]);
    });
});
