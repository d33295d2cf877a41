import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as library from "../src/get-status.ts";
import { describe } from "./support/suite.ts";

const source = readFileSync(new URL("../../src/get-status.ts", import.meta.url), "utf8");
const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));

/** The names that a module looks up outside itself while it is evaluated. */
function globalsOf(code: string): string[] {
  const names: string[] = [];
  const scope = new Proxy({}, { has: (_, name) => (names.push(String(name)), false) });
  const body = code.replace(/^export /gm, "");
  new Function("scope", `with (scope) { (() => { ${body}\n })(); }`)(scope);
  return names;
}

describe("the file", (test) => {
  test("exports getStatus and the three guards, and nothing else", () => {
    assert.deepEqual(Object.keys(library).sort(), ["getStatus", "isNotFound", "isServerError", "isStatusInfo"]);
  });

  test("starts with a line that identifies a pasted copy by the version of the package", () => {
    assert.equal(source.split("\n", 1)[0], `// ${manifest.name} ${manifest.version} | MIT-0`);
  });

  test("has at most 920 lines, a third of them comments", () => {
    const lines = source.trimEnd().split("\n");
    const comments = lines.filter((line) => /^\s*(\/\/|\/\*\*|\*)/.test(line));
    assert.ok(lines.length <= 920, `${lines.length} lines`);
    assert.ok(comments.length * 3 <= lines.length, `${comments.length} comments in ${lines.length} lines`);
  });

  test("declares getStatus before anything else", () => {
    assert.equal(/^(?:export )?(?:async )?(?:function|const|type|interface) (\w+)/m.exec(source)?.[1], "getStatus");
  });

  test("imports nothing, and has neither classes nor module state", () => {
    const code = source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/\/\/.*/g, "");
    assert.doesNotMatch(code, /^\s*import\b|\bimport\(|\brequire\(|\bfrom\s*"|\bclass\b|^(let|var)\b/m);
    assert.doesNotMatch(code, /\bany\b/);
    const constants = code.match(/^const [\s\S]*?;$/gm) ?? [];
    assert.ok(constants.length);
    for (const constant of constants) assert.match(constant, /^const \w+: readonly |\] as const;$/);
  });

  test("exports the types that the contract lists, those that they need, and no others", () => {
    const declarations = readFileSync(new URL("../../dist/get-status.d.ts", import.meta.url), "utf8");
    assert.doesNotMatch(declarations, /^(?:declare )?(?:interface|type)\b/m);
    const names = [...source.matchAll(/^export (?:interface|type) (\w+)/gm)].map((match) => match[1]);
    assert.deepEqual(names.sort(), [
      "ErrorResponse",
      "Exception",
      "Fetch",
      "GetStatusOptions",
      "HeadersLike",
      "Http",
      "IncompleteResponse",
      "Link",
      "NetworkError",
      "NotFound",
      "ResponseError",
      "Result",
      "ServerError",
      "StatusCode",
      "StatusInfo",
      "Timeout",
    ]);
  });

  test("touches no global on import, and so has no side effect", () => {
    const code = readFileSync(new URL("../src/get-status.js", import.meta.url), "utf8");
    assert.deepEqual(globalsOf(code), []);
    assert.deepEqual(globalsOf(`${code}\nconst state = new Headers();`), ["Headers"]);
  });
});
