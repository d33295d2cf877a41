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
import { execute, runAll, writeFiles, type Execution } from "../support/execute.ts";
import { installPrivate } from "../support/install.ts";
import { sizesOf } from "../support/sizes.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const here = join(root, "tests/lint");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const bin = (path: string): string => join(here, "node_modules", path);
const load = createRequire(join(here, "package.json"));
const DENO = bin("@deno/linux-x64-glibc/deno");
/** Not below the repository: linters read the settings and the `.gitignore` of the folders above. */
const work = mkdtempSync(join(tmpdir(), "lint-"));

const FILE = { "get-status.ts": read("src/get-status.ts") };
const RECIPES = Object.fromEntries(
  readdirSync(join(root, "tests/recipes"))
    .filter((name) => name.endsWith(".ts") && !/\.(test|d)\.ts$/.test(name)) // not for users
    .map((name) => [name, read(`tests/recipes/${name}`)]),
);

const SUPPRESSION =
  /(?:eslint|oxlint)-(?:disable|enable)|biome-ignore|deno-lint-ignore|@ts-(?:ignore|expect-error|nocheck)|prettier-ignore|\/\*\s*(?:eslint|global|globals|exported)\b/;

/** A line with one finding, and its rule. */
type Bad = readonly [line: string, rule: string];
const FLOATING: Bad = ["Promise.resolve();", "no-floating-promises"];
const ANY: Bad = ["export const sloppy = (value: any): unknown => value;", "no-explicit-any"];
const QUOTES: Bad = ["export const sloppy = 'single';", "format"];

/** The file may be a name or a path. */
type Finding = readonly [file: string, rule: string, line?: number, message?: string];

interface Tool {
  readonly name: string;
  /** What is run in the project; the names of the files follow. */
  readonly command: readonly [string, ...string[]];
  readonly bad: Bad;
  /** Files of the project beside those that are checked. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Reads the report, and throws if it is not one. */
  findings(report: Execution): Finding[];
}

const tsconfig = (strict: boolean): string => {
  const paths = { "ogcapi-job-status": ["./get-status.ts"], undici: [join(root, "node_modules/undici/index.d.ts")] };
  const options = { strict, target: "esnext", module: "nodenext", types: [], skipLibCheck: true, noEmit: true };
  return JSON.stringify({ compilerOptions: { ...options, allowImportingTsExtensions: true, paths } });
};

const eslint = (preset: string, strict: boolean, bad: Bad): Tool => ({
  name: `ESLint, typescript-eslint ${preset}${strict ? "" : ", strict: false"}`,
  command: [process.execPath, bin("eslint/bin/eslint.js"), "--format=json"],
  bad,
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
      messages.map(({ ruleId, line, message }: any) => [filePath, ruleId, line, message]),
    ),
});

const diagnostics = (report: string, read: (diagnostic: any) => Finding): Finding[] =>
  JSON.parse(report).diagnostics.map(read);

const oxlint = (flags: readonly string[], bad: Bad): Tool => ({
  name: ["oxlint", ...flags].join(" "),
  command: [process.execPath, bin("oxlint/bin/oxlint"), ...flags, "--format=json"],
  bad,
  settings: { "tsconfig.json": tsconfig(true) },
  findings: ({ stdout }) => diagnostics(stdout, (d) => [d.filename, d.code, d.labels[0]?.span.line, d.message]),
});

const biome = (args: readonly string[], bad: Bad): Tool => ({
  name: ["Biome", ...args].join(" "),
  command: [process.execPath, bin("@biomejs/biome/bin/biome"), ...args, "--reporter=json", "--max-diagnostics=none"],
  bad,
  findings: ({ stdout }) => diagnostics(stdout, (d) => [d.location.path, d.category, d.location.start.line, d.message]),
});

const LINTERS: readonly Tool[] = [
  eslint("recommendedTypeChecked", true, FLOATING),
  eslint("recommendedTypeChecked", false, FLOATING),
  eslint("recommended", true, ANY),
  oxlint([], ["debugger;", "no-debugger"]),
  oxlint(["--type-aware"], FLOATING),
  // Biome gives a hint for this line, and exits with 0.
  biome(["lint"], ['export const sloppy: unknown = { a: 1 }["a"];', "lint/complexity/useLiteralKeys"]),
  {
    name: "deno lint",
    command: [DENO, "lint", "--json"],
    bad: ANY,
    findings: ({ stdout }) => [
      ...JSON.parse(stdout).errors.map(({ file_path, message }: any) => [file_path, message]),
      ...diagnostics(stdout, (d) => [d.filename, d.code, d.range.start.line, d.message]),
    ],
  },
];

const prettier = (version = ""): Tool => ({
  name: `Prettier ${version || "newest"}`,
  command: [process.execPath, bin(`prettier${version}/bin/prettier.cjs`), "--list-different"],
  bad: QUOTES,
  findings({ stdout, stderr }) {
    if (stderr) throw new Error("not a report");
    return Array.from(stdout.match(/.+/g) ?? [], (file) => [file, "format"]);
  },
});

const FORMATTERS: readonly Tool[] = [
  prettier("3.3"),
  prettier(),
  biome(["format", "--indent-style=space"], QUOTES),
  {
    name: "deno fmt",
    command: [DENO, "fmt", "--check"],
    bad: QUOTES,
    findings: ({ stderr }) => Array.from(stderr.matchAll(/^from (.*):$/gm), ([, file]) => [file!, "format"]),
  },
];

let passed = 0;
let failed = 0;

try {
  installPrivate(here);
  symlinkSync(bin(""), join(work, "node_modules"));
  check("the file and the recipes suppress no finding", suppressions());
  check("the file has no syntax newer than the browsers of 2022", newerSyntax());
  check("getStatus has at most 3,100 bytes, the module 3,500, and what is not imported 0", await sizes());
  await runAll([
    ...LINTERS.map((tool) => () => runTool(tool, { ...FILE, ...RECIPES })),
    ...FORMATTERS.map((tool) => () => runTool(tool, FILE)),
    async () => check("the repository is formatted", await checkFormat(root)),
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
  const [bad, rule] = tool.bad;
  const names = Object.keys(files);
  const copies = Object.fromEntries(names.map((name) => [`bad/${name}`, `${files[name]}\n${bad}\n`]));
  const project = writeFiles(mkdtempSync(join(work, "project-")), {
    "package.json": '{ "private": true, "type": "module" }',
    "platforms.d.ts": read("tests/recipes/platforms.d.ts"),
    ...tool.settings,
    ...files,
    ...copies,
  });
  const found = new Map([...names, ...Object.keys(copies)].map((name) => [name, new Array<string>()]));
  const broken: string[] = [];
  const report = await runOn(tool, [...found.keys()], project);
  try {
    for (const [file, kind, line, message] of tool.findings(report)) {
      const name = file.replace(/^file:\/\//, "").replace(`${project}/`, "");
      const text = line === undefined ? kind : `${kind} in line ${line}: ${message}`;
      if (found.has(name)) found.get(name)!.push(text);
      else broken.push(`${name}: ${text}`);
    }
  } catch (error) {
    broken.push(`${String(error)}: ${report.stdout}${report.stderr}`);
  }
  const problems = (name: string): string[] => {
    const own = found.get(name)!;
    const added = found.get(`bad/${name}`)!.filter((text) => !own.includes(text));
    const isReported = added.length === 1 && added[0]!.includes(rule);
    const missed = `for a bad line, expected ${rule}, got: ${added.join("; ")}`;
    return [...own, ...(isReported ? [] : [missed])].map((problem) => `${name}: ${problem}`);
  };
  check(tool.name, [...broken, ...names.flatMap(problems)]);
}

function runOn({ command: [program, ...args] }: Tool, files: readonly string[], folder: string): Promise<Execution> {
  return execute(program, [...args, ...files], folder);
}

function suppressions(): string[] {
  const files = Object.entries({ ...FILE, ...RECIPES, sample: "// eslint-disable-next-line" });
  const found = files.filter(([, code]) => SUPPRESSION.test(code)).map(([name]) => name);
  return expectOnly("sample", found);
}

/** The lines that esbuild has to rewrite for the browsers of early 2022. */
function newerSyntax(): string[] {
  const sample = "const sample = /(?<!a)b/;";
  const lines = (target: string | string[]): string[] =>
    load("esbuild").transformSync(`${FILE["get-status.ts"]}\n${sample}`, { loader: "ts", target }).code.split("\n");
  const supported = new Set(lines(["chrome97", "firefox95", "safari15.2"]));
  const rewritten = lines("esnext").filter((line) => !supported.has(line));
  return expectOnly(sample, rewritten);
}

async function sizes(): Promise<string[]> {
  const { getStatus, module, rest } = (await sizesOf(here)).sizes;
  console.log(`     getStatus: ${getStatus} bytes, the module: ${module} bytes`);
  const limits = [
    ["getStatus", getStatus, 3_100],
    ["the module", module, 3_500],
  ] as const;
  for (const [name, size, most] of limits)
    if (size > most * 0.95) console.log(`     warning: ${name} has ${most - size} bytes left of ${most}`);
  const tooLarge = limits.filter(([, size, most]) => size > most).map(([name]) => `${name} is too large`);
  return rest === "" ? tooLarge : [...tooLarge, `not tree-shaken: ${rest}`];
}

async function checkFormat(folder: string): Promise<string[]> {
  const report = await runOn(prettier(), ["."], folder);
  return prettier()
    .findings(report)
    .map(([file]) => file);
}

function expectOnly(expected: string, found: readonly string[]): string[] {
  return found.join() === expected ? [] : [`expected only ${expected}, got: ${found.join("; ")}`];
}
