import * as assert from "uvu/assert";
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

const all = (text: string, pattern: RegExp): string[] => Array.from(text.matchAll(pattern), ([, found = ""]) => found);
const exported = all(source, /^export (?:async )?(?:function|interface|type) (\w+)/gm);

/** The names that a module looks up outside itself while it is evaluated. */
function globalsOf(code: string): string[] {
  const names: string[] = [];
  const scope = new Proxy({}, { has: (_, name) => (names.push(String(name)), false) });
  new Function("scope", `with (scope) { (() => { ${code.replace(/^export /gm, "")}\n })(); }`)(scope);
  return names;
}

describe("the file", (test) => {
  test("exports getStatus, the three guards and the documented types with those that they need, and nothing else", () => {
    const functions = ["getStatus", "isNotFound", "isServerError", "isStatusInfo"];
    const documented = "Exception Fetch GetStatusOptions Http Link NotFound Result ServerError StatusCode StatusInfo";
    const needed = "HeadersLike NetworkError ResponseError Timeout";
    assert.equal(Object.keys(library).sort(), functions);
    assert.equal(exported.sort(), [...functions, ...`${documented} ${needed}`.split(" ")].sort());
    // In the declarations, a type that is not exported would begin a line.
    assert.not.match(read("dist/get-status.d.ts"), /^(?:declare )?(?:interface|type)\b/m);
  });

  test("begins with a line that identifies a pasted copy, the module comment and getStatus", () => {
    assert.is(source.split("\n", 1)[0], `// ${manifest.name} ${manifest.version} | MIT-0`);
    const comment = /\/\*\*\n(?: \*.*\n)+ \*\/\n/.source;
    assert.match(source, new RegExp(`^.*\n\n${comment}\n${comment}export async function getStatus\\(`));
  });

  const lines = source.trimEnd().split("\n");
  const comments = lines.filter((line) => /^\s*(\/\/|\/\*\*|\*)/.test(line));
  // Without a minifier, which the root package does not have: `npm test lint` measures it minified.
  const compressed = gzipSync(code.replace(/^\s+/gm, ""), { level: 9 });
  for (const [what, used, most] of [
    ["lines", lines.length, 860],
    ["lines of comments", comments.length, Math.floor(lines.length / 3)],
    ["bytes, compiled and gzipped without its comments", compressed.length, 4_800],
  ] as const) {
    test(`has at most ${most} ${what}`, () => {
      const text = `src/get-status.ts has ${used} ${what}, at most ${most}`;
      if (used > most * 0.95) console.warn(`warning: ${text}`);
      assert.ok(used <= most, text);
    });
  }

  test("imports nothing, and has neither classes nor module state nor any", () => {
    const code = source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/\/\/.*/g, "");
    assert.not.match(code, /^\s*import\b|\bimport\(|\brequire\(|\bfrom\s*"|\bclass\b|^(let|var)\b|\bany\b/m);
    const constants = code.match(/^const [\s\S]*?;$/gm) ?? [];
    assert.ok(constants.length);
    for (const constant of constants) assert.match(constant, /^const \w+: readonly |\] as const;$/);
  });

  test("uses nothing that browsers of early 2022 lack, and no timer", () => {
    assert.not.match(code, /\(\?<[=!]|\bURL\.(parse|canParse)|\bAbortSignal\.|structuredClone/);
    assert.not.match(code, /\bset(Timeout|Interval|Immediate)\b/);
  });

  const interfaces = (source.match(/^export interface [^]*?^\}/gm) ?? []).join("\n");
  const options = /^  const \{ (.*) \} = opts;$/m.exec(source)?.[1]?.replaceAll("_", "") ?? "";
  const signatures = all(source, /^export (?:async )?function \w+\(([^]*?)\)/gm).join();
  const fetchComment = /.*(?= \*\/\nexport type Fetch )/s.exec(source)?.[0].split("/**").at(-1) ?? "";
  for (const [what, found, expected] of [
    ["every export", source.match(/(?<!\*\/\n)^export .*/gm) ?? [], []],
    ["every property of an exported interface", interfaces.match(/(?<!\*\/\n)^ +(?:readonly|\w+\().*/gm) ?? [], []],
    ["the module", all(source.split("export", 1)[0]!, /^ \* (@module)$/gm), ["@module"]],
    ["every parameter", all(source, /^ \* @param (\w+) /gm), all(signatures, /(\w+): /g)],
    [
      "what is returned and thrown",
      all(source, /^ \* @(returns|throws) /gm).join(" "),
      "returns throws throws returns returns returns",
    ],
    ["what exists, where it links", all(source, /\{@linkcode (\w+)\}/g).filter((name) => !exported.includes(name)), []],
    [
      "what a fetch must handle",
      all(fetchComment, /`((?:init\.)?\w+)`/g),
      ["fetch", "fetch", "init.headers", "init.cache", "Request", "url", "body", "null"],
    ],
    [
      "the defaults of the options",
      Array.from(
        source.matchAll(/@default \{(.*)\}\n +\*\/\n +readonly (\w+)/g),
        ([, value, name]) => `${name} = ${value}`,
      ),
      options.match(/\w+ = [\w.]+/g),
    ],
  ] as const) {
    test(`its comments describe ${what}`, () => assert.equal(found, expected));
  }

  test("recognises the names for a status in the table of the tests, and no others", () => {
    const table = /^const STATUS_NAMES.*? = (\[.*?^\]);$/ms.exec(source)?.[1] ?? "";
    assert.equal(all(table, /"([^"]*)"/g), Object.values(NAMES).flat());
  });

  test("touches no global on import, and so has no side effect", () => {
    assert.equal(globalsOf(compiled), []);
    assert.equal(globalsOf(`${compiled}\nconst state = new Headers();`), ["Headers"]);
  });
});

const programs = new URL("tests/platforms/types/", root);

function compile(project: URL): string {
  const tsc = fileURLToPath(new URL("node_modules/typescript/bin/tsc", root));
  return spawnSync(process.execPath, [tsc, "-p", fileURLToPath(project)], { encoding: "utf8" }).stdout;
}

describe("the types", (test) => {
  for (const [what, project] of [
    ["valid programs compile, and each expected error occurs", programs],
    ["programs compile with strict: false", new URL("loose/", programs)],
  ] as const)
    test(what, () => assert.is(compile(project), ""));

  test("an error is reported where one is expected that does not occur, and for what the settings refuse", () => {
    const refused = {
      TS1294: "export enum Word { A }",
      TS2322: 'export const item: string = [""][0];',
      TS2344: readFileSync(new URL("shapes.ts", programs), "utf8").replace("progress?: number", "progress?: string"),
      TS2550: "export const newer: number[] = [1].toSorted();",
      TS2578: "// @ts-expect-error nothing is wrong\nexport const right = 1;",
      TS2591: "export const ofNode: unknown = process;",
      TS4111: "export const misspelt = (record: Record<string, unknown>): unknown => record.nmae;",
      TS6133: "const unused = 1;\nexport {};",
      TS7006: "export const untyped = (value): unknown => value;",
    };
    const out = new URL(".build/refused/", root);
    mkdirSync(out, { recursive: true });
    for (const [error, program] of Object.entries(refused)) writeFileSync(new URL(`${error}.ts`, out), program);
    const config = { extends: "../../tests/platforms/types/tsconfig.json", include: ["*.ts"] };
    writeFileSync(new URL("tsconfig.json", out), JSON.stringify(config));
    const found = Array.from(
      compile(out).matchAll(/^\.?\S*?(\w+)\.ts\(.*error (TS\d+)/gm),
      ([, file, error]) => `${file} ${error}`,
    );
    assert.equal(
      found.sort(),
      Object.keys(refused).map((error) => `${error} ${error}`),
    );
  });
});
