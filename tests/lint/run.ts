/**
 * Runs common linters, with their default settings, on the pasted file and on the recipes, and common formatters on the
 * pasted file: `npm test lint`. Warnings and hints count as findings. It also measures the size of the file, and checks
 * the formatting of this repository.
 *
 * A tool that skips a file would pass, so each file has a copy with one bad line at its end, which the tool must report.
 */
import { mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { execute, runAll, writeFiles, type Execution } from "../support/execute.ts";
import { installPrivate } from "../support/install.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const here = join(root, "tests/lint");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const bin = (path: string): string => join(here, "node_modules", path);
const load = createRequire(join(here, "package.json"));
const DENO = bin("@deno/linux-x64-glibc/deno");
/** Not below the repository: linters read the settings and the `.gitignore` of the folders above. */
const work = mkdtempSync(join(tmpdir(), "lint-"));

const FILE = { "get-status.ts": read("src/get-status.ts") };
const RECIPES: Readonly<Record<string, string>> = Object.fromEntries(
  readdirSync(join(root, "tests/recipes"))
    .filter((name) => name.endsWith(".ts") && !/^clock\.|\.(test|d)\.ts$/.test(name)) // not for users
    .map((name) => [name, read(`tests/recipes/${name}`)]),
);

/** The browser versions of early 2022. */
const BROWSERS_OF_2022 = ["chrome97", "firefox95", "safari15.2"];
const SUPPRESSION =
  /(?:eslint|oxlint)-(?:disable|enable)|biome-ignore|deno-lint-ignore|@ts-(?:ignore|expect-error|nocheck)|prettier-ignore|\/\*\s*(?:eslint|global|globals|exported)\b/;

interface Tool {
  readonly name: string;
  /** What is run in the project; the names of the files follow. */
  readonly command: readonly [string, ...string[]];
  /** Files of the project beside those that are checked. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Reads the report, and throws if it is not one. */
  findings(report: Execution): Finding[];
  /** A line with one finding, and its rule. */
  readonly bad: string;
  readonly rule: string;
}

interface Finding {
  /** The name of the file, or its path. */
  readonly file: string;
  /** The rule comes first. */
  readonly text: string;
}

const FLOATING = "Promise.resolve();";
const ANY = "export const sloppy = (value: any): unknown => value;";
const QUOTES = "export const sloppy = 'single';";

const tsconfig = (strict: boolean): string => {
  const paths = { "ogcapi-job-status": ["./get-status.ts"], undici: [join(root, "node_modules/undici/index.d.ts")] };
  const options = { strict, target: "esnext", module: "nodenext", types: [], skipLibCheck: true, noEmit: true };
  return JSON.stringify({ compilerOptions: { ...options, allowImportingTsExtensions: true, paths } });
};

const finding = (file: string, rule: string, line?: number, message?: string): Finding => ({
  file,
  text: line === undefined ? rule : `${rule} in line ${line}: ${message}`,
});

const eslint = (preset: string, strict: boolean, bad: string, rule: string): Tool => ({
  name: `ESLint, typescript-eslint ${preset}${strict ? "" : ", strict: false"}`,
  command: [process.execPath, bin("eslint/bin/eslint.js"), "--format=json"],
  settings: {
    "tsconfig.json": tsconfig(strict),
    // As in the documentation of typescript-eslint.
    "eslint.config.js": `import eslint from "@eslint/js";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

export default defineConfig(eslint.configs.recommended, tseslint.configs.${preset}, {
  languageOptions: { parserOptions: { projectService: ${preset.endsWith("TypeChecked")} } },
});
`,
  },
  findings: ({ stdout }) =>
    JSON.parse(stdout).flatMap(({ filePath, messages }: any) =>
      messages.map(({ ruleId, line, message }: any) => finding(filePath, ruleId, line, message)),
    ),
  bad,
  rule,
});

const oxlint = (name: string, flags: readonly string[], bad: string, rule: string): Tool => ({
  name,
  command: [process.execPath, bin("oxlint/bin/oxlint"), ...flags, "--format=json"],
  settings: { "tsconfig.json": tsconfig(true) },
  findings: ({ stdout }) =>
    JSON.parse(stdout).diagnostics.map(({ filename, code, labels, message }: any) =>
      finding(filename, code, labels[0]?.span.line ?? 0, message),
    ),
  bad,
  rule,
});

const biome = (name: string, args: readonly string[], bad: string, rule: string): Tool => ({
  name,
  command: [process.execPath, bin("@biomejs/biome/bin/biome"), ...args, "--reporter=json", "--max-diagnostics=none"],
  findings: ({ stdout }) =>
    JSON.parse(stdout).diagnostics.map(({ category, location, message }: any) =>
      finding(location.path, category, location.start.line, message),
    ),
  bad,
  rule,
});

const LINTERS: readonly Tool[] = [
  eslint("recommendedTypeChecked", true, FLOATING, "@typescript-eslint/no-floating-promises"),
  eslint("recommendedTypeChecked", false, FLOATING, "@typescript-eslint/no-floating-promises"),
  eslint("recommended", true, ANY, "@typescript-eslint/no-explicit-any"),
  oxlint("oxlint", [], "debugger;", "eslint(no-debugger)"),
  oxlint("oxlint --type-aware", ["--type-aware"], FLOATING, "typescript(no-floating-promises)"),
  // Biome gives a hint for this line, and exits with 0.
  biome("Biome lint", ["lint"], 'export const sloppy: unknown = { a: 1 }["a"];', "lint/complexity/useLiteralKeys"),
  {
    name: "deno lint",
    command: [DENO, "lint", "--json"],
    findings({ stdout }) {
      const { diagnostics, errors } = JSON.parse(stdout);
      return [
        ...errors.map(({ file_path, message }: any) => finding(file_path, message)),
        ...diagnostics.map(({ filename, code, range, message }: any) =>
          finding(filename, code, range.start.line, message),
        ),
      ];
    },
    bad: ANY,
    rule: "no-explicit-any",
  },
];

const prettier = (version = ""): Tool => ({
  name: `Prettier ${version || "newest"}`,
  command: [process.execPath, bin(`prettier${version}/bin/prettier.cjs`), "--list-different"],
  findings({ stdout, stderr }) {
    if (stderr) throw new Error("not a report");
    return stdout.split("\n").flatMap((file) => (file ? [finding(file, "format")] : []));
  },
  bad: QUOTES,
  rule: "format",
});

const FORMATTERS: readonly Tool[] = [
  prettier("3.3"),
  prettier("3.6"),
  prettier(),
  biome("Biome format, with spaces", ["format", "--indent-style=space"], QUOTES, "format"),
  {
    name: "deno fmt",
    command: [DENO, "fmt", "--check"],
    findings: ({ stderr }) => [...stderr.matchAll(/^from (.*):$/gm)].map(([, file]) => finding(file!, "format")),
    bad: QUOTES,
    rule: "format",
  },
];

let passed = 0;
let failed = 0;

try {
  installPrivate(here);
  symlinkSync(bin(""), join(work, "node_modules"));
  check("the file and the recipes suppress no finding", suppressions());
  check("the file has no syntax newer than the browsers of 2022", newerSyntax());
  check("getStatus has at most 2,800 bytes, the module 3,150, and what is not imported 0", sizes());
  await runAll([
    ...LINTERS.map((tool) => () => runTool(tool, { ...FILE, ...RECIPES })),
    ...FORMATTERS.map((tool) => () => runTool(tool, FILE)),
    async () => check("the repository is formatted", await checkFormat(root)),
    async () => check("80 columns in src, 120 in tests", await checkSettings()),
  ]);
} catch (error) {
  check("the run", [String(error)]);
} finally {
  rmSync(work, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;

function check(name: string, problems: readonly string[]): void {
  if (problems.length) failed++;
  else passed++;
  console.log([`${problems.length ? "FAIL" : "ok  "} ${name}`, ...problems].join("\n     "));
}

/** Runs a tool in a project of these files and of their copies with a bad line. */
async function runTool(tool: Tool, files: Readonly<Record<string, string>>): Promise<void> {
  const names = Object.keys(files);
  const copies = names.map((name) => `bad/${name}`);
  const project = writeFiles(mkdtempSync(join(work, "project-")), {
    "package.json": '{ "private": true, "type": "module" }',
    "platforms.d.ts": read("tests/recipes/platforms.d.ts"),
    ...tool.settings,
    ...files,
    ...Object.fromEntries(names.map((name) => [`bad/${name}`, `${files[name]}\n${tool.bad}\n`])),
  });
  const [command, ...args] = tool.command;
  const report = await execute(command, [...args, ...names, ...copies], project);
  const found = new Map<string, string[]>();
  const broken: string[] = [];
  try {
    for (const { file, text } of tool.findings(report)) {
      const name = file.replace(/^file:\/\//, "").replace(`${project}/`, "");
      found.set(name, [...(found.get(name) ?? []), text]);
      if (!names.includes(name) && !copies.includes(name)) broken.push(`${name}: ${text}`);
    }
  } catch (error) {
    broken.push(`${String(error)}: ${report.stdout}${report.stderr}`);
  }
  const problems = (name: string): string[] => {
    const own = found.get(name) ?? [];
    const added = (found.get(`bad/${name}`) ?? []).filter((text) => !own.includes(text));
    const isReported = added.length === 1 && added[0]!.startsWith(tool.rule);
    const missed = `for a bad line, expected ${tool.rule}, got: ${added.join("; ")}`;
    return [...own, ...(isReported ? [] : [missed])].map((problem) => `${name}: ${problem}`);
  };
  check(`${tool.name}: the file`, [...broken, ...problems("get-status.ts")]);
  const recipes = names.filter((name) => name in RECIPES);
  if (recipes.length) check(`${tool.name}: the recipes`, [...broken, ...recipes.flatMap(problems)]);
}

function suppressions(): string[] {
  const files = Object.entries({ ...FILE, ...RECIPES, sample: "// eslint-disable-next-line" });
  const found = files.filter(([, code]) => SUPPRESSION.test(code)).map(([name]) => name);
  return expectOnly("sample", found);
}

/** The lines that esbuild has to rewrite for those browsers. */
function newerSyntax(): string[] {
  const sample = "const sample = /(?<!a)b/;";
  const lines = (target: string | string[]): string[] =>
    load("esbuild").transformSync(`${FILE["get-status.ts"]}\n${sample}`, { loader: "ts", target }).code.split("\n");
  const supported = new Set(lines(BROWSERS_OF_2022));
  const rewritten = lines("esnext").filter((line) => !supported.has(line));
  return expectOnly(sample, rewritten);
}

/** Minified and compressed; a bundle of a pasted copy has only what is imported. */
function sizes(): string[] {
  const { buildSync, transformSync } = load("esbuild");
  const options = { minify: true, format: "esm", target: "es2022" };
  const size = (code: string): number => gzipSync(code, { level: 9 }).length;
  const bundle = (contents: string): string => {
    const stdin = { contents, resolveDir: writeFiles(work, FILE) };
    return buildSync({ ...options, bundle: true, write: false, stdin }).outputFiles[0].text;
  };
  const all = size(transformSync(FILE["get-status.ts"], { ...options, loader: "ts" }).code);
  const one = size(bundle('export { getStatus } from "./get-status.ts";'));
  const rest = bundle('import "./get-status.ts";');
  console.log(`     getStatus: ${one} bytes, the module: ${all} bytes`);
  return [
    ...(one > 2_800 ? [`getStatus has ${one - 2_800} bytes too many`] : []),
    ...(all > 3_150 ? [`the module has ${all - 3_150} bytes too many`] : []),
    ...(rest === "" ? [] : [`not tree-shaken: ${rest}`]),
  ];
}

async function checkFormat(folder: string): Promise<string[]> {
  const tool = prettier();
  const [command, ...args] = tool.command;
  return tool.findings(await execute(command, [...args, "."], folder)).map(({ file }) => file);
}

/** This line is too long for src, but not for tests. */
async function checkSettings(): Promise<string[]> {
  const wide = `export const wide = ["${"a".repeat(40)}", "${"b".repeat(40)}"];\n`;
  const copy = writeFiles(join(work, "repository"), {
    "src/wide.ts": wide,
    "tests/wide.ts": wide,
    ".prettierrc.json": read(".prettierrc.json"),
    ".prettierignore": read(".prettierignore"),
  });
  return expectOnly("src/wide.ts", await checkFormat(copy));
}

function expectOnly(expected: string, found: readonly string[]): string[] {
  return found.join() === expected ? [] : [`expected only ${expected}, got: ${found.join("; ")}`];
}
