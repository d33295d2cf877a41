/**
 * Runs common linters, with their default settings, on the pasted file: `npm run test:lint`. A warning or an
 * information counts as a finding. It also checks the formatting of this repository.
 *
 * A linter that skips the file would pass, so each one also gets a copy with one bad line at the end, and must report
 * that line.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { installPrivate } from "../support/install.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const here = join(root, "tests/lint");
const bin = (path: string): string => join(here, "node_modules", path);
const source = readFileSync(join(root, "src/get-status.ts"), "utf8");
/** Not below the repository: linters read the settings and the `.gitignore` of the folders above. */
const work = mkdtempSync(join(tmpdir(), "lint-"));

/** The browser versions of early 2022. */
const BROWSERS_OF_2022 = ["chrome97", "firefox95", "safari15.2"];
const SUPPRESSION =
  /(?:eslint|oxlint)-(?:disable|enable)|biome-ignore|deno-lint-ignore|@ts-(?:ignore|expect-error|nocheck)|prettier-ignore|\/\*\s*(?:eslint|global|globals|exported)\b/;

interface Linter {
  readonly name: string;
  /** Files of the project beside `get-status.ts`. */
  readonly files?: Readonly<Record<string, string>>;
  readonly command: readonly [string, ...string[]];
  /** The findings in the printed report; throws if it is not a report. */
  findings(report: Report): string[];
  /** A line with one finding, and its rule. */
  readonly bad: string;
  readonly rule: string;
}

interface Report {
  readonly stdout: string;
  readonly stderr: string;
}

const FLOATING = "\nPromise.resolve();\n";
const ANY = "\nexport const sloppy = (value: any): unknown => value;\n";

const tsconfig = (strict: boolean): string =>
  JSON.stringify({ compilerOptions: { strict, target: "esnext", module: "nodenext", types: [] } });

const eslint = (preset: string, strict: boolean, bad: string, rule: string): Linter => ({
  name: `ESLint, typescript-eslint ${preset}${strict ? "" : ", strict: false"}`,
  files: {
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
  command: [process.execPath, bin("eslint/bin/eslint.js"), "--format=json", "get-status.ts"],
  findings: ({ stdout }) => {
    const files: { messages: { ruleId: string | null; line: number; message: string }[] }[] = JSON.parse(stdout);
    return files.flatMap(({ messages }) =>
      messages.map(({ ruleId, line, message }) => finding(ruleId ?? "", line, message)),
    );
  },
  bad,
  rule,
});

const oxlint = (name: string, flags: string[], files: Record<string, string>, bad: string, rule: string): Linter => ({
  name,
  files,
  command: [process.execPath, bin("oxlint/bin/oxlint"), ...flags, "--format=json", "get-status.ts"],
  findings: ({ stdout }) => {
    const { diagnostics }: { diagnostics: { code: string; message: string; labels: { span: { line: number } }[] }[] } =
      JSON.parse(stdout);
    return diagnostics.map(({ code, message, labels }) => finding(code, labels[0]?.span.line, message));
  },
  bad,
  rule,
});

const LINTERS: readonly Linter[] = [
  eslint("recommended", true, ANY, "@typescript-eslint/no-explicit-any"),
  eslint("recommendedTypeChecked", true, FLOATING, "@typescript-eslint/no-floating-promises"),
  eslint("recommendedTypeChecked", false, FLOATING, "@typescript-eslint/no-floating-promises"),
  {
    name: "Biome lint",
    command: [
      process.execPath,
      bin("@biomejs/biome/bin/biome"),
      "lint",
      "--reporter=json",
      "--max-diagnostics=none",
      "get-status.ts",
    ],
    findings: ({ stdout }) => {
      const {
        diagnostics,
      }: { diagnostics: { category: string; message: string; location: { start: { line: number } } }[] } =
        JSON.parse(stdout);
      return diagnostics.map(({ category, message, location }) => finding(category, location.start.line, message));
    },
    // Biome reports it as information, and exits with 0.
    bad: '\nexport const sloppy: unknown = { member: 1 }["member"];\n',
    rule: "lint/complexity/useLiteralKeys",
  },
  oxlint("oxlint", [], {}, "\ndebugger;\n", "eslint(no-debugger)"),
  oxlint(
    "oxlint --type-aware",
    ["--type-aware"],
    { "tsconfig.json": tsconfig(true) },
    FLOATING,
    "typescript(no-floating-promises)",
  ),
  {
    name: "deno lint",
    command: [bin("@deno/linux-x64-glibc/deno"), "lint", "--json", "get-status.ts"],
    findings: ({ stdout }) => {
      const {
        diagnostics,
        errors,
      }: {
        diagnostics: { code: string; message: string; range: { start: { line: number } } }[];
        errors: { message: string }[];
      } = JSON.parse(stdout);
      return [
        ...diagnostics.map(({ code, message, range }) => finding(code, range.start.line, message)),
        ...errors.map(({ message }) => message),
      ];
    },
    bad: ANY,
    rule: "no-explicit-any",
  },
  {
    name: "prettier --check",
    command: [process.execPath, bin("prettier/bin/prettier.cjs"), "--check", "get-status.ts"],
    findings: prettierFindings,
    bad: "\nexport const sloppy = 'single';\n",
    rule: "get-status.ts",
  },
];

let passed = 0;
let failed = 0;

try {
  installPrivate(here);
  const versions = JSON.parse(readFileSync(join(here, "package.json"), "utf8")).dependencies as Record<string, string>;
  console.log(
    `versions: ${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(", ")}`,
  );
  symlinkSync(bin(""), join(work, "node_modules"));
  check("the file has no comment that suppresses a finding", () => SUPPRESSION.exec(source)?.slice() ?? []);
  check("such a comment would be found", () =>
    SUPPRESSION.test("// eslint-disable-next-line") ? [] : ["it was not found"],
  );
  for (const linter of LINTERS) {
    let found: string[] = [];
    check(`${linter.name}: no finding`, () => (found = lint(linter, source)));
    check(`${linter.name}: reports a bad line`, () => {
      const more = lint(linter, source + linter.bad).filter((one) => !found.includes(one));
      return more.length === 1 && more[0]!.startsWith(linter.rule) ? [] : [`expected only ${linter.rule}`, ...more];
    });
  }
  check("the file has no syntax newer than the browsers of 2022", () => newerSyntax(source));
  check("newer syntax would be found", () => {
    const lookbehind = "export const sloppy = /(?<!a)b/;";
    return newerSyntax(`${source}\n${lookbehind}\n`).includes(lookbehind.replace("export ", ""))
      ? []
      : ["it was not found"];
  });
  check("the repository is formatted", () => prettierFindings(execute(prettier("."), root)));
  check("the repository's formatting is at 80 columns in src, at 120 in tests", checkSettings);
} catch (error) {
  console.error(error);
  failed++;
} finally {
  rmSync(work, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;

/** Runs one check, which returns what is wrong. */
function check(name: string, run: () => string[]): void {
  const start = Date.now();
  let problems: string[];
  try {
    problems = run();
  } catch (error) {
    problems = [String(error)];
  }
  if (problems.length) failed++;
  else passed++;
  console.log(`${problems.length ? "FAIL" : "ok  "} ${name} (${Date.now() - start} ms)`);
  for (const problem of problems) console.log(`     ${problem}`);
}

/** The findings of a linter in a project that holds only `code`. */
function lint(linter: Linter, code: string): string[] {
  const project = mkdtempSync(join(work, "project-"));
  const files = { "package.json": '{ "private": true, "type": "module" }', ...linter.files, "get-status.ts": code };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(project, name), content);
  const report = execute(linter.command, project);
  try {
    return linter.findings(report);
  } catch (error) {
    throw new Error(`${String(error)}\n${report.stdout}${report.stderr}`);
  }
}

/** What a command prints. It fails for findings, so its exit code says nothing that the report does not. */
function execute([command, ...args]: readonly [string, ...string[]], cwd: string): Report {
  const { error, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    timeout: 60_000,
    maxBuffer: 1e8,
    env: { ...process.env, NO_COLOR: "1" },
  });
  if (error) throw error;
  return { stdout, stderr };
}

function finding(rule: string, line: number | undefined, message: string): string {
  return `${rule} in line ${line ?? "?"}: ${message}`;
}

function prettier(path: string): [string, ...string[]] {
  return [process.execPath, bin("prettier/bin/prettier.cjs"), "--check", path];
}

function prettierFindings({ stdout, stderr }: Report): string[] {
  if (stdout.includes("All matched files use Prettier code style!")) return [];
  const files = [...stderr.matchAll(/^\[(?:warn|error)\] (\S.*)$/gm)].map((match) => match[1]!);
  if (!files.length) throw new Error(`not a report\n${stdout}${stderr}`);
  return files.filter((file) => !file.startsWith("Code style issues found"));
}

/** The lines that esbuild has to rewrite for those browsers. */
function newerSyntax(code: string): string[] {
  const { transformSync } = createRequire(join(here, "package.json"))("esbuild") as {
    transformSync(code: string, options: object): { code: string };
  };
  const lines = (target: string | string[]): string[] =>
    transformSync(code, { loader: "ts", format: "esm", target }).code.split("\n");
  const supported = new Set(lines(BROWSERS_OF_2022));
  return lines("esnext").filter((line) => !supported.has(line));
}

function checkSettings(): string[] {
  const copy = join(work, "repository");
  for (const folder of ["src", "tests"]) {
    mkdirSync(join(copy, folder), { recursive: true });
    writeFileSync(join(copy, folder, "wide.ts"), `export const wide = ["${"a".repeat(40)}", "${"b".repeat(40)}"];\n`);
  }
  for (const file of [".prettierrc.json", ".prettierignore"]) cpSync(join(root, file), join(copy, file));
  const found = prettierFindings(execute(prettier("."), copy)).join();
  return found === "src/wide.ts" ? [] : [`reported: ${found}`];
}
