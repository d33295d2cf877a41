/** The types of the library under those of other platforms and projects, and its package under common tools. */
import { equal } from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { execute } from "../support/execute.ts";
import { DECLARATIONS, DENO, bin, check, here, load, pasted, project, read, recipes, root, run } from "./tools.ts";
import { work, type Task } from "./tools.ts";

const COMPILERS = {
  "TypeScript 7": join(root, "node_modules/typescript/bin/tsc"),
  "TypeScript 5.9": bin("typescript/bin/tsc"),
};

/** A project that must compile. */
interface Project {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  /** The tsconfig.json that its own extends; none for the options that the tool of a platform writes. */
  readonly base?: string;
  readonly options: object;
}

/** Every strict flag that a user's project may enable. */
const STRICT = "tests/platforms/types/tsconfig.json";
/** Checks the declarations, but not those of the language and of DOM. */
const DOM = { lib: ["es2022", "dom"], skipLibCheck: false, skipDefaultLibCheck: true };
const COMMON = ["programs/narrowing.ts", "programs/platform.ts", "programs/refused.ts"];
const program = (path: string): string => read(`tests/platforms/types/${path}`);

/** Programs that are compiled twice: with the pasted file, and with the declarations of the package. */
function environment(name: string, programs: readonly string[], options: object, base = STRICT): Project {
  const files: Record<string, string> = { "pasted/get-status.ts": pasted["get-status.ts"] };
  for (const path of programs) {
    files[`installed/${basename(path)}`] = program(path);
    files[`pasted/${basename(path)}`] = program(path).replaceAll('"ogcapi-job-status"', '"./get-status.ts"');
  }
  return { name, files, base, options: { lib: ["es2022"], skipLibCheck: true, ...options } };
}

/** The types of one version of Node. Other packages ask for "node", and must not find those of another version. */
function node(major: number, undici: string): object {
  const folder = join(work, `types-node${major}`);
  if (!existsSync(folder)) {
    mkdirSync(folder, { recursive: true });
    symlinkSync(bin(`types-node${major}`), join(folder, "node"));
  }
  return { types: ["node"], typeRoots: [folder], paths: { undici: [bin(`${undici}/index.d.ts`)] } };
}

function projects(): Project[] {
  const workers = { types: ["@cloudflare/workers-types"] };
  const everywhere = ["handler.ts", "watch.ts", "location.ts", "results.ts"];
  const template = { strict: true, isolatedModules: true, skipLibCheck: true, noEmit: true };
  const bundler = { module: "esnext", moduleResolution: "bundler", ...template };
  return [
    environment("DOM", COMMON, DOM),
    environment("WebWorker", COMMON, { lib: ["es2022", "webworker"] }),
    environment("Node 22, undici 7", [...COMMON, "platforms/undici.ts"], node(22, "undici7")),
    environment("Node 24, undici 8", [...COMMON, "platforms/undici.ts"], node(24, "undici8")),
    environment("Workers", [...COMMON, "platforms/workers.ts"], workers),
    environment("Bun", [...COMMON, "platforms/bun.ts"], { lib: ["esnext"], types: ["bun"] }),
    environment("node-fetch, axios, ky and ofetch", ["platforms/libraries.ts"], node(22, "undici7")),
    environment("strict false", ["loose/loose.ts"], DOM, "tests/platforms/types/loose/tsconfig.json"),
    {
      name: "no ambient names but AbortSignal and URL",
      files: { "bare.ts": program("platforms/bare.ts") },
      base: STRICT,
      options: { ...DOM, lib: ["es2022"] },
    },
    {
      name: "isolatedDeclarations",
      files: pasted,
      base: "tsconfig.json",
      options: { ...DOM, rootDir: ".", outDir: "out" },
    },
    {
      name: "recipes, Cloudflare's template",
      files: recipes(...everywhere, "worker.ts", "workflow.ts"),
      options: { target: "es2024", lib: ["es2024"], ...bundler, ...workers },
    },
    {
      name: "recipes, create-next-app",
      files: recipes(...everywhere),
      options: { target: "es2017", lib: ["dom", "dom.iterable", "esnext"], ...bundler, types: [] },
    },
    {
      name: "recipes, tsc --init",
      files: recipes(...everywhere, "testing-stub.ts"),
      options: {
        target: "esnext",
        module: "nodenext",
        types: [],
        noUncheckedIndexedAccess: true,
        exactOptionalPropertyTypes: true,
        verbatimModuleSyntax: true,
        ...template,
      },
    },
  ];
}

/** One run of each compiler for all projects: most of its time goes into its start and into the types of platforms. */
export function compilers(): Task[] {
  const all = projects();
  const folders = all.map(({ name }) => name.replace(/\W+/g, "-"));
  all.forEach(({ files, base, options }, index) => {
    const paths = { "ogcapi-job-status": [DECLARATIONS], ...(options as { paths?: object }).paths };
    const tsconfig = {
      ...(base !== undefined && { extends: join(root, base) }),
      compilerOptions: { ...options, paths },
      include: ["**/*"],
    };
    const config = { "package.json": '{ "type": "module" }', "tsconfig.json": JSON.stringify(tsconfig) };
    project(`types/${folders[index]}`, { ...files, ...config });
  });
  return Object.entries(COMPILERS).map(([name, tsc]) => ({
    name,
    checks: all.map(({ name }) => `types: ${name}`),
    async run() {
      const { code, stdout } = await execute(process.execPath, [tsc, "--build", ...folders], join(work, "types"));
      // An error that is in no project, such as one in the declarations, is one of all projects.
      const errors = stdout.split(/\n(?=\S)/).filter(Boolean);
      const shared = errors.filter((error) => !folders.some((folder) => error.startsWith(`${folder}/`)));
      if (code !== 0 && !errors.length) shared.push(`exit code ${code}`);
      return new Map(
        all.flatMap(({ name }, index) => {
          const own = errors.filter((error) => error.startsWith(`${folders[index]}/`));
          return own.length + shared.length ? [[`types: ${name}`, [...own, ...shared].join("\n")]] : [];
        }),
      );
    },
  }));
}

/** Each in a project of its own. */
export function otherChecks(): Task[] {
  return [
    check("what TypeScript shows of a result before it is narrowed", readHoverTexts),
    check("deno check", () => {
      const flags = "strict exactOptionalPropertyTypes noUncheckedIndexedAccess noImplicitReturns noUnusedLocals";
      const compilerOptions = Object.fromEntries(flags.split(" ").map((flag) => [flag, true]));
      const programs = {
        "narrowing.ts": program("programs/narrowing.ts"),
        "platform.ts": program("programs/platform.ts"),
        "deno-client.ts": program("platforms/deno-client.ts"),
        ...recipes("deno.ts", "handler.ts", "watch.ts", "location.ts", "results.ts", "testing-stub.ts"),
      };
      const imports = { "ogcapi-job-status": "./get-status.ts" };
      const config = { "deno.json": JSON.stringify({ compilerOptions, imports }) };
      const folder = project("deno-check", { ...pasted, ...programs, ...config });
      return run(DENO, ["check", "--quiet", "get-status.ts", ...Object.keys(programs)], folder);
    }),
    check("deno doc --lint", () => run(DENO, ["doc", "--lint", "--quiet", "get-status.ts"], project("doc", pasted))),
    check("deno publish --dry-run, without slow types", () => {
      const { version, license } = JSON.parse(read("package.json"));
      const manifest = { name: "@ogcapi/job-status", version, license, exports: "./get-status.ts" };
      const folder = project("jsr", { ...pasted, "jsr.json": JSON.stringify(manifest) });
      return run(DENO, ["publish", "--dry-run", "--allow-dirty", "--quiet"], folder);
    }),
    check("publint --strict", () => run(process.execPath, [bin("publint/src/cli.js"), "--strict", tarball()], here)),
    check("attw, profile esm-only", () => {
      const attw = bin("@arethetypeswrong/cli/dist/index.js");
      return run(process.execPath, [attw, tarball(), "--profile", "esm-only"], here);
    }),
  ];
}

function tarball(): string {
  const name = readdirSync(join(work, "installed")).find((name) => name.endsWith(".tgz"));
  return join(work, "installed", name!);
}

/** The texts of a property of all variants, one after the other, as the language service of TypeScript 5.9 joins them. */
async function readHoverTexts(): Promise<void> {
  const expected = {
    message: `With a \`StatusInfo\`: a description of the state. Untrusted text.
With \`body\`: what went wrong, maybe quoting the server. Untrusted text.
With \`"network"\` or \`"timeout"\`: what failed. Safe to log.`,
    status: `The state; \`"unknown"\`, maybe final, if \`document.status\` is not known.
Only on a \`StatusInfo\`.`,
    cause: `Only with \`"network"\` or \`"timeout"\`.
What was thrown, or the signal's reason. It may contain the URL.`,
  };
  const ts = load("typescript");
  const names = Object.keys(expected);
  const folder = project("hover", {
    ...pasted,
    "hover.ts": ['import type { Result } from "./get-status";', "declare const result: Result;", ""]
      .concat(names.map((name) => `result.${name};`))
      .join("\n"),
  });
  const file = join(folder, "hover.ts");
  const code = readFileSync(file, "utf8");
  const service = ts.createLanguageService({
    ...ts.createCompilerHost({}),
    getScriptFileNames: () => [file],
    getScriptVersion: () => "1",
    getScriptSnapshot: (path: string) => ts.ScriptSnapshot.fromString(readFileSync(path, "utf8")),
    getCompilationSettings: () => ({ strict: true, types: [] }),
    getDefaultLibFileName: ts.getDefaultLibFilePath,
  });
  for (const [name, text] of Object.entries(expected)) {
    const at = code.indexOf(`\nresult.${name};`) + "\nresult.".length;
    const { documentation } = service.getQuickInfoAtPosition(file, at);
    equal(ts.displayPartsToString(documentation), text);
  }
}
