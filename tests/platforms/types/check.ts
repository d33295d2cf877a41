/**
 * Checks the library under the types of other platforms and projects, and the package with common tools. Each check
 * is one test of `npm run test:runtimes`.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface Check {
  readonly name: string;
  /** Rejects, or prints what is wrong. */
  run(): Promise<void>;
}

type Execute = (command: string, args: string[], cwd: string) => Promise<{ code: number; output: string }>;

interface Environment {
  readonly name: string;
  readonly lib: readonly string[];
  readonly types: readonly string[];
  /** The folder of the common programs, if it is not `programs`. */
  readonly common?: string;
  /** Programs beside the common ones. */
  readonly programs?: readonly string[];
  /** The platform's own types do not compile under every strict flag. */
  readonly skipLibCheck?: boolean;
  /** Compiler options, if they are not the strict ones. */
  readonly options?: object;
  /** The private package whose modules its programs import, if it is not that of this folder. */
  readonly folder?: string;
}

const ENVIRONMENTS: readonly Environment[] = [
  { name: "DOM", lib: ["es2022", "dom"], types: [] },
  { name: "WebWorker", lib: ["es2022", "webworker"], types: [] },
  { name: "@types/node 22 with undici 7", lib: ["es2022"], types: ["node"], programs: ["undici.ts"], folder: "node22" },
  { name: "@types/node 24 with undici 8", lib: ["es2022"], types: ["node"], programs: ["undici.ts"], folder: "node24" },
  { name: "@types/bun", lib: ["esnext"], types: ["bun"], programs: ["bun.ts"], skipLibCheck: true },
  {
    name: "@cloudflare/workers-types",
    lib: ["es2022"],
    types: ["@cloudflare/workers-types"],
    programs: ["workers.ts", "workflow.ts"],
  },
  {
    name: "headers and fetch of node-fetch, axios, ky and ofetch",
    lib: ["es2022"],
    types: ["node"],
    programs: ["libraries.ts"],
    skipLibCheck: true,
    folder: "libraries",
  },
  { name: "strict: false", lib: ["es2022", "dom"], types: [], common: "loose", options: { strict: false } },
];

/** The folders, beside this one, that have a private package. */
export const PACKAGES = ["node22", "node24", "libraries", "next"];

/** Every strict flag that a user's project may enable. */
const STRICT = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noPropertyAccessFromIndexSignature: true,
  noUncheckedIndexedAccess: true,
  noImplicitOverride: true,
  noImplicitReturns: true,
  noFallthroughCasesInSwitch: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  allowUnreachableCode: false,
  allowUnusedLabels: false,
  noUncheckedSideEffectImports: true,
  verbatimModuleSyntax: true,
  isolatedModules: true,
  erasableSyntaxOnly: true,
  forceConsistentCasingInFileNames: true,
  useUnknownInCatchVariables: true,
};

/** Where the recipes go, with the tsconfig.json that each platform's own tool writes. */
const TEMPLATES: readonly { name: string; recipes: readonly string[]; compilerOptions: object }[] = [
  {
    // Of create-cloudflare 2.74; in a real project, `wrangler types` generates the types.
    name: "Cloudflare's template",
    recipes: ["worker.ts", "workflow.ts", "handler.ts", "watch.ts", "location.ts", "results.ts"],
    compilerOptions: {
      target: "es2024",
      lib: ["es2024"],
      jsx: "react-jsx",
      module: "es2022",
      moduleResolution: "bundler",
      types: ["@cloudflare/workers-types"],
      resolveJsonModule: true,
      allowJs: true,
      checkJs: false,
      noEmit: true,
      isolatedModules: true,
      allowSyntheticDefaultImports: true,
      forceConsistentCasingInFileNames: true,
      strict: true,
      skipLibCheck: true,
    },
  },
  {
    // Of create-next-app 16.4.
    name: "Next.js",
    recipes: ["handler.ts", "watch.ts", "location.ts", "results.ts"],
    compilerOptions: {
      target: "es2017",
      lib: ["dom", "dom.iterable", "esnext"],
      types: [],
      allowJs: true,
      skipLibCheck: true,
      strict: true,
      noEmit: true,
      esModuleInterop: true,
      module: "esnext",
      moduleResolution: "bundler",
      resolveJsonModule: true,
      isolatedModules: true,
      jsx: "react-jsx",
      incremental: true,
    },
  },
  {
    // Of `tsc --init` in TypeScript 7.
    name: "tsc --init",
    recipes: ["handler.ts", "watch.ts", "location.ts", "results.ts", "testing-stub.ts"],
    compilerOptions: {
      module: "nodenext",
      target: "esnext",
      types: [],
      sourceMap: true,
      declaration: true,
      declarationMap: true,
      noUncheckedIndexedAccess: true,
      exactOptionalPropertyTypes: true,
      strict: true,
      jsx: "react-jsx",
      verbatimModuleSyntax: true,
      isolatedModules: true,
      noUncheckedSideEffectImports: true,
      moduleDetection: "force",
      skipLibCheck: true,
      outDir: "out",
    },
  },
];

export function checks(root: string, tarball: string, tools: string, deno: string, execute: Execute): Check[] {
  const here = join(root, "tests/types");
  const work = join(here, ".build");
  for (const folder of ["", ...PACKAGES]) rmSync(join(here, folder, ".build"), { recursive: true, force: true });
  const compilers = {
    "TypeScript 7": join(root, "node_modules/typescript/bin/tsc"),
    "TypeScript 5.9": join(here, "node_modules/typescript5/bin/tsc"),
  };
  const expect = async (command: string, args: string[], cwd: string): Promise<void> => {
    const { code, output } = await execute(command, args, cwd);
    if (code !== 0) throw new Error(output);
  };

  const project = (name: string, environment: Environment, library: string): string => {
    const folder = join(here, environment.folder ?? "", ".build", name.replace(/\W+/g, "-"));
    mkdirSync(folder, { recursive: true });
    cpSync(join(here, environment.common ?? "programs"), folder, { recursive: true });
    for (const program of environment.programs ?? []) {
      const from = program === "workflow.ts" ? "../recipes" : "platforms";
      cpSync(join(here, from, program), join(folder, program));
    }
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({
        compilerOptions: {
          ...(environment.options ?? STRICT),
          target: "es2022",
          module: "esnext",
          moduleResolution: "bundler",
          noEmit: true,
          allowImportingTsExtensions: true,
          lib: environment.lib,
          types: environment.types,
          skipLibCheck: environment.skipLibCheck ?? false,
          paths: { "ogcapi-job-status": [library] },
        },
        include: ["*.ts"],
      }),
    );
    return folder;
  };

  const pasted = join(root, "src/get-status.ts");
  const emitted = join(root, "dist/get-status.d.ts");
  return [
    ...Object.entries(compilers).flatMap(([compiler, tsc]) =>
      ENVIRONMENTS.flatMap((environment) => [
        {
          name: `pasted, ${environment.name}, ${compiler}`,
          run: () =>
            expect(
              process.execPath,
              [tsc, "-p", project(`pasted ${environment.name} ${compiler}`, environment, pasted)],
              root,
            ),
        },
        {
          name: `installed, ${environment.name}, ${compiler}`,
          run: () =>
            expect(
              process.execPath,
              [tsc, "-p", project(`installed ${environment.name} ${compiler}`, environment, emitted)],
              root,
            ),
        },
      ]),
    ),
    ...Object.entries(compilers).flatMap(([compiler, tsc]) =>
      TEMPLATES.map(({ name, recipes, compilerOptions }) => ({
        name: `recipes, ${name}, ${compiler}`,
        run: async () => {
          const folder = join(work, `recipes ${name} ${compiler}`.replace(/\W+/g, "-"));
          mkdirSync(folder, { recursive: true });
          for (const recipe of recipes) cpSync(join(root, "tests/recipes", recipe), join(folder, recipe));
          writeFileSync(join(folder, "package.json"), '{"type":"module"}');
          const options = { ...compilerOptions, paths: { "ogcapi-job-status": [emitted] } };
          writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: options }));
          await expect(process.execPath, [tsc, "-p", folder], root);
        },
      })),
    ),
    {
      name: "recipes, deno check",
      run: async () => {
        const folder = join(work, "deno-recipes");
        mkdirSync(folder, { recursive: true });
        cpSync(pasted, join(folder, "get-status.ts"));
        writeFileSync(
          join(folder, "deno.json"),
          JSON.stringify({ imports: { "ogcapi-job-status": "./get-status.ts" } }),
        );
        const recipes = ["deno.ts", "handler.ts", "watch.ts", "location.ts", "results.ts", "testing-stub.ts"];
        for (const recipe of recipes) cpSync(join(root, "tests/recipes", recipe), join(folder, recipe));
        await expect(deno, ["check", "--quiet", ...recipes], folder);
      },
    },
    // In a folder of its own, since the programs of the others are not a library.
    ...Object.entries(compilers).map(([compiler, tsc]) => ({
      name: `pasted, isolatedDeclarations, ${compiler}`,
      run: async () => {
        const folder = join(work, `declarations ${compiler}`);
        mkdirSync(folder, { recursive: true });
        cpSync(pasted, join(folder, "get-status.ts"));
        writeFileSync(
          join(folder, "tsconfig.json"),
          JSON.stringify({
            compilerOptions: {
              ...STRICT,
              isolatedDeclarations: true,
              declaration: true,
              target: "es2022",
              module: "nodenext",
              lib: ["es2022", "dom"],
              types: [],
              outDir: "out",
            },
          }),
        );
        await expect(process.execPath, [tsc, "-p", folder], root);
      },
    })),
    {
      name: "pasted, next build in a JavaScript project",
      run: () => buildWithNext(join(here, "next"), pasted, expect),
    },
    {
      name: "the declarations need no other ambient names than AbortSignal and URL",
      run: async () => {
        const folder = project("ambient", { name: "bare", lib: ["es2022"], types: [] }, emitted);
        writeFileSync(
          join(folder, "tsconfig.json"),
          JSON.stringify({
            compilerOptions: {
              target: "es2022",
              module: "esnext",
              moduleResolution: "bundler",
              noEmit: true,
              lib: ["es2022"],
              types: [],
              strict: true,
            },
            files: [emitted],
          }),
        );
        const { output } = await execute(process.execPath, [compilers["TypeScript 7"], "-p", folder], root);
        const names = [...new Set([...output.matchAll(/Cannot find name '(\w+)'/g)].map(([, name]) => name))].sort();
        if (names.join() !== "AbortSignal,URL") throw new Error(`they need ${names.join()}\n${output}`);
      },
    },
    {
      name: "deno check",
      run: async () => {
        const folder = join(work, "deno");
        mkdirSync(folder, { recursive: true });
        cpSync(pasted, join(folder, "get-status.ts"));
        const flags = [
          "strict",
          "exactOptionalPropertyTypes",
          "noUncheckedIndexedAccess",
          "noPropertyAccessFromIndexSignature",
          "noImplicitReturns",
          "noUnusedLocals",
        ];
        writeFileSync(
          join(folder, "deno.json"),
          JSON.stringify({ compilerOptions: Object.fromEntries(flags.map((flag) => [flag, true])) }),
        );
        for (const program of ["programs/platform.ts", "programs/narrowing.ts", "platforms/deno.ts"]) {
          const file = join(folder, program.split("/")[1]!);
          writeFileSync(
            file,
            readFileSync(join(here, program), "utf8").replace('"ogcapi-job-status"', '"./get-status.ts"'),
          );
        }
        await expect(deno, ["check", "--quiet", "get-status.ts", "platform.ts", "narrowing.ts", "deno.ts"], folder);
      },
    },
    {
      name: "deno doc --lint",
      run: () => expect(deno, ["doc", "--lint", "--quiet", "get-status.ts"], join(work, "deno")),
    },
    {
      name: "deno publish --dry-run, without slow types",
      run: async () => {
        const folder = join(work, "jsr");
        mkdirSync(folder, { recursive: true });
        cpSync(pasted, join(folder, "get-status.ts"));
        const { version, license } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
        writeFileSync(
          join(folder, "jsr.json"),
          JSON.stringify({ name: "@ogcapi/job-status", version, license, exports: "./get-status.ts" }),
        );
        await expect(deno, ["publish", "--dry-run", "--allow-dirty", "--quiet"], folder);
      },
    },
    {
      name: "publint --strict",
      run: () => expect(process.execPath, [join(tools, "publint/src/cli.js"), "--strict", tarball], root),
    },
    {
      name: "attw, profile esm-only",
      run: () =>
        expect(
          process.execPath,
          [join(tools, "@arethetypeswrong/cli/dist/index.js"), tarball, "--profile", "esm-only"],
          root,
        ),
    },
  ];
}

/**
 * Builds a JavaScript project with the pasted file in it. Next.js finds the file, writes a `tsconfig.json`, and then
 * checks types by it.
 */
async function buildWithNext(
  home: string,
  pasted: string,
  expect: (command: string, args: string[], cwd: string) => Promise<void>,
): Promise<void> {
  const folder = join(home, ".build/project");
  mkdirSync(join(folder, "app"), { recursive: true });
  cpSync(pasted, join(folder, "app/get-status.ts"));
  for (const [name, content] of Object.entries({
    "package.json": '{ "private": true }',
    // The folder that has `node_modules`; Next.js would take that of the topmost lock file.
    "next.config.mjs": `export default { turbopack: { root: ${JSON.stringify(home)} } };`,
    "app/layout.js": "export default ({ children }) => <html><body>{children}</body></html>;",
    "app/page.js": `import { getStatus } from "./get-status";

export const dynamic = "force-dynamic";

export default async function Page() {
  const result = await getStatus("https://ogc.example.com/ogcapi", "job-1");
  return <p>{result.status ?? result.reason}</p>;
}
`,
  }))
    writeFileSync(join(folder, name), content);
  await expect(process.execPath, [join(home, "node_modules/next/dist/bin/next"), "build"], folder);
  const config = join(folder, "tsconfig.json");
  if (!existsSync(config) || JSON.parse(readFileSync(config, "utf8")).compilerOptions.strict !== false)
    throw new Error("Next.js did not check types with strict: false");
}
