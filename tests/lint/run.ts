/**
 * Runs common linters, with their default settings, on the pasted file and on the recipes, and common formatters on the
 * pasted file: `npm test lint`. Warnings and hints count as findings. It also measures the size of the file, and checks
 * the format of this repository, which `npm run format` corrects.
 */
import { mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { execute, runAll, writeFiles } from "../support/execute.ts";
import { installPrivate } from "../support/install.ts";
import { sizesOf } from "../support/sizes.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const here = join(root, "tests/lint");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const bin = (path: string): string => join(here, "node_modules", path);
/** Not below the repository: linters read the settings and the `.gitignore` of the folders above. */
const work = mkdtempSync(join(tmpdir(), "lint-"));

const FILE = { "get-status.ts": read("src/get-status.ts") };
const RECIPES = Object.fromEntries(
  readdirSync(join(root, "tests/recipes"))
    .filter((name) => name.endsWith(".ts") && !/\.(test|d)\.ts$/.test(name)) // not for users
    .map((name) => [name, read(`tests/recipes/${name}`)]),
);
const BOTH = { ...FILE, ...RECIPES };

/** Each tool finds something in these lines. A copy of each file ends in them, since a tool that skips files would pass. */
const BAD = "\nPromise.resolve();\nexport const sloppy: any = { a: 1 }['a'];\n";

type Command = readonly [program: string, ...args: string[]];
const node = (path: string, ...args: string[]): Command => [process.execPath, bin(path), ...args];
const eslint = node("eslint/bin/eslint.js");
const biome = (...args: string[]): Command => node("@biomejs/biome/bin/biome", ...args, "--max-diagnostics=none");
const deno = (...args: string[]): Command => [bin("@deno/linux-x64-glibc/deno"), ...args];
const prettier = (name = "prettier"): Command => node(`${name}/bin/prettier.cjs`, "--list-different");

/** The rule is one that the copies break. */
type Row = readonly [name: string, project: "strict" | "loose", files: typeof BOTH, rule: string, command: Command];

const TOOLS: readonly Row[] = [
  ["ESLint", "strict", BOTH, "no-floating-promises", eslint],
  ["ESLint, strict: false", "loose", BOTH, "no-floating-promises", eslint],
  ["oxlint", "strict", BOTH, "no-floating-promises", node("oxlint/bin/oxlint", "--type-aware")],
  ["Biome lint", "strict", BOTH, "useLiteralKeys", biome("lint")], // a hint: Biome would exit with 0
  ["deno lint", "strict", BOTH, "no-explicit-any", deno("lint")],
  ["Biome format", "strict", FILE, "format", biome("format", "--indent-style=space")],
  ["deno fmt", "strict", FILE, "'a'", deno("fmt", "--check")],
  ["Prettier 3.3", "strict", FILE, "", prettier("prettier3.3")],
  ["Prettier", "strict", FILE, "", prettier()],
];

/** The settings of a project, as in the documentation of typescript-eslint. */
function settings(strict: boolean): Record<string, string> {
  const paths = { "ogcapi-job-status": ["./get-status.ts"], undici: [join(root, "node_modules/undici/index.d.ts")] };
  const options = { strict, target: "esnext", module: "nodenext", types: [], skipLibCheck: true, noEmit: true };
  return {
    "package.json": '{ "private": true, "type": "module" }',
    "platforms.d.ts": read("tests/recipes/platforms.d.ts"),
    "tsconfig.json": JSON.stringify({ compilerOptions: { ...options, allowImportingTsExtensions: true, paths } }),
    "eslint.config.js": `import eslint from "@eslint/js";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

export default defineConfig(eslint.configs.recommended, tseslint.configs.recommendedTypeChecked, {
  languageOptions: { parserOptions: { projectService: true } },
});
`,
  };
}

const copyOf = (file: string): string => file.replace(".ts", ".bad.ts");

let passed = 0;
let failed = 0;

function check(name: string, problems: readonly string[]): void {
  if (problems.length) failed++;
  else passed++;
  console.log([`${problems.length ? "FAIL" : "ok  "} ${name}`, ...problems].join("\n     "));
}

/** A tool must name each copy, and none of the files. The two differ only in the bad lines. */
async function runTool([name, project, files, rule, [program, ...args]]: Row): Promise<void> {
  const names = Object.keys(files);
  const copies = names.map(copyOf);
  const { stdout, stderr } = await execute(program, [...args, ...names, ...copies], join(work, project));
  const output = stripVTControlCharacters(stdout + stderr); // oxlint colors its output wherever CI is set
  const isNamed = (file: string): boolean => new RegExp(`(?<![\\w.-])${file.replaceAll(".", "\\.")}`).test(output);
  const problems = [
    ...names.filter(isNamed).map((file) => `a finding in ${file}`),
    ...copies.filter((copy) => !isNamed(copy)).map((copy) => `no finding in ${copy}`),
    ...(output.includes(rule) ? [] : [`no finding of ${rule}`]),
  ];
  check(name, problems.length ? [...problems, output] : []);
}

/** What is found must be only this sample, which shows that such lines are found. */
function checkLines(name: string, sample: string, found: readonly string[]): void {
  check(name, found.join() === sample ? [] : [`expected only ${sample}, got: ${found.join("; ")}`]);
}

function checkSuppressions(): void {
  const sample = "// eslint-disable-next-line";
  const one =
    /(?:eslint|oxlint)-(?:disable|enable)|(?:biome|deno-lint|prettier)-ignore|@ts-(?:ignore|expect-error|nocheck)|\/\*\s*(?:eslint|global|globals|exported)\b/;
  const lines = [...Object.values(BOTH), sample].join("\n").split("\n");
  const found = lines.filter((line) => one.test(line));
  checkLines("the file and the recipes suppress no finding", sample, found);
}

/** The lines that esbuild has to rewrite for the browsers of early 2022. */
function checkSyntax(): void {
  const sample = "const sample = /(?<!a)b/;";
  const { transformSync } = createRequire(join(here, "package.json"))("esbuild");
  const lines = (target: string | string[]): string[] =>
    transformSync(`${FILE["get-status.ts"]}\n${sample}`, { loader: "ts", target }).code.split("\n");
  const supported = new Set(lines(["chrome97", "firefox95", "safari15.2"]));
  const newer = lines("esnext").filter((line) => !supported.has(line));
  checkLines("the file has no syntax newer than the browsers of 2022", sample, newer);
}

async function checkSizes(): Promise<void> {
  const { getStatus, module, rest } = (await sizesOf(here)).sizes;
  const checkSize = (name: string, size: number, most: number): void => {
    const warning = size > most * 0.95 ? ` (warning: at most ${most})` : "";
    check(`${name} has ${size} bytes${warning}`, size > most ? [`more than ${most}`] : []);
  };
  checkSize("getStatus", getStatus, 3_100);
  checkSize("the module", module, 3_500);
  check("what is not imported has no bytes", rest ? [rest] : []);
}

async function checkRepository(): Promise<void> {
  const [program, ...args] = prettier();
  const { stdout, stderr } = await execute(program, [...args, "."], root);
  check("the repository is formatted", (stdout + stderr).match(/.+/g) ?? []);
}

installPrivate(here);
try {
  const copies = Object.entries(BOTH).map(([file, code]) => [copyOf(file), code + BAD]);
  for (const project of ["strict", "loose"])
    writeFiles(join(work, project), { ...settings(project === "strict"), ...BOTH, ...Object.fromEntries(copies) });
  symlinkSync(bin(""), join(work, "node_modules"));
  checkSuppressions();
  checkSyntax();
  await checkSizes();
  await runAll([...TOOLS.map((row) => () => runTool(row)), checkRepository]);
} catch (error) {
  check("the run", [String(error)]);
} finally {
  rmSync(work, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
