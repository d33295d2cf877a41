import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as library from "../../src/get-status.ts";
import { describe } from "../runner/suite.ts";
import { NAMES } from "../support/status-names.ts";

const root = new URL("../../../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), "utf8");
const source = read("src/get-status.ts");
const compiled = read(".build/src/get-status.js");
/** Without comments. */
const code = compiled.replace(/\/\*\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*/gm, "");
const manifest = JSON.parse(read("package.json"));

/** The names that a module looks up outside itself while it is evaluated. */
function globalsOf(code: string): string[] {
  const names: string[] = [];
  const scope = new Proxy({}, { has: (_, name) => (names.push(String(name)), false) });
  new Function("scope", `with (scope) { (() => { ${code.replace(/^export /gm, "")}\n })(); }`)(scope);
  return names;
}

describe("the file", (test) => {
  test("exports getStatus and the three guards, and nothing else", () => {
    assert.deepEqual(Object.keys(library).sort(), ["getStatus", "isNotFound", "isServerError", "isStatusInfo"]);
  });

  test("exports the documented types, those that they need, and no others", () => {
    const documented = "Exception Fetch GetStatusOptions Http Link NotFound Result ServerError StatusCode StatusInfo";
    const needed = "HeadersLike NetworkError ResponseError Timeout";
    const names = [...source.matchAll(/^export (?:interface|type) (\w+)/gm)].map(([, name]) => name);
    assert.deepEqual(names.sort(), `${documented} ${needed}`.split(" ").sort());
    // In the declarations, a type that is not exported would begin a line.
    assert.doesNotMatch(read("dist/get-status.d.ts"), /^(?:declare )?(?:interface|type)\b/m);
  });

  test("begins with a line that identifies a pasted copy, the module comment and getStatus", () => {
    assert.equal(source.split("\n", 1)[0], `// ${manifest.name} ${manifest.version} | MIT-0`);
    assert.equal(/^(?:export )?(?:async )?(?:function|const|type|interface) (\w+)/m.exec(source)?.[1], "getStatus");
  });

  test("has at most 860 lines, at most a third of them comments", () => {
    const lines = source.trimEnd().split("\n");
    const comments = lines.filter((line) => /^\s*(\/\/|\/\*\*|\*)/.test(line));
    assert.ok(lines.length <= 860, `${lines.length} lines`);
    assert.ok(comments.length * 3 <= lines.length, `${comments.length} comments in ${lines.length} lines`);
  });

  // Without a minifier, which the root package does not have: `npm test lint` measures it minified.
  test("compiles to at most 4,800 bytes, gzipped, without its comments", () => {
    const { length } = gzipSync(code.replace(/^\s+/gm, ""), { level: 9 });
    assert.ok(length <= 4_800, `${length} bytes`);
  });

  test("imports nothing, and has neither classes nor module state nor any", () => {
    const code = source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/\/\/.*/g, "");
    assert.doesNotMatch(code, /^\s*import\b|\bimport\(|\brequire\(|\bfrom\s*"|\bclass\b|^(let|var)\b|\bany\b/m);
    const constants = code.match(/^const [\s\S]*?;$/gm) ?? [];
    assert.ok(constants.length);
    for (const constant of constants) assert.match(constant, /^const \w+: readonly |\] as const;$/);
  });

  test("uses nothing that browsers of early 2022 lack, and no timer", () => {
    assert.doesNotMatch(code, /\(\?<[=!]|\bURL\.(parse|canParse)|\bAbortSignal\.|structuredClone/);
    assert.doesNotMatch(code, /\bset(Timeout|Interval|Immediate)\b/);
  });

  test("has a comment for every export and for every property of an exported interface", () => {
    const interfaces = [...source.matchAll(/^export interface [\s\S]*?^\}/gm)].map(([text]) => text).join("\n");
    for (const [text, declares] of [
      [source, /^export /],
      [interfaces, /^  readonly \w+\??:|^  \w+\(/],
    ] as const) {
      const lines = text.split("\n");
      const bare = lines.filter((line, index) => declares.test(line) && index && !/\*\/$/.test(lines[index - 1]!));
      assert.deepEqual(text === source ? bare : bare.filter((line) => !line.startsWith("export")), []);
    }
  });

  test("recognises the names for a status in the table of the tests, and no others", () => {
    const table = /^const STATUS_NAMES.*? = (\[.*?^\]);$/ms.exec(source)?.[1] ?? "";
    const recognised = [...table.matchAll(/"([^"]*)"/g)].map(([, name]) => name);
    assert.deepEqual(recognised, Object.values(NAMES).flat());
  });

  test("touches no global on import, and so has no side effect", () => {
    assert.deepEqual(globalsOf(compiled), []);
    assert.deepEqual(globalsOf(`${compiled}\nconst state = new Headers();`), ["Headers"]);
  });
});

const programs = new URL("tests/platforms/types/", root);

function compile(project: URL): string {
  const tsc = fileURLToPath(new URL("node_modules/typescript/bin/tsc", root));
  return spawnSync(process.execPath, [tsc, "-p", fileURLToPath(project)], { encoding: "utf8" }).stdout;
}

describe("the types", (test) => {
  test("valid programs compile, and each expected error occurs", () => {
    assert.equal(compile(programs), "");
  });

  test("programs compile with strict: false", () => {
    assert.equal(compile(new URL("loose/", programs)), "");
  });

  test("an expected error that does not occur is reported", () => {
    const program = readFileSync(new URL("programs/refused.ts", programs), "utf8");
    const out = new URL(".build/refused/", root);
    mkdirSync(out, { recursive: true });
    writeFileSync(new URL("refused.ts", out), program.replace('info.status = "failed"', "info.status"));
    const config = { extends: "../../tests/platforms/types/tsconfig.json", include: ["*.ts"] };
    writeFileSync(new URL("tsconfig.json", out), JSON.stringify(config));
    assert.match(compile(out), /^[^\n]*error TS2578: Unused '@ts-expect-error' directive\.\n$/);
  });
});
