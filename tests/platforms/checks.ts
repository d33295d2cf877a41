/** The types of the library under those of other platforms and projects, and its package under common tools. */
import { equal } from "node:assert/strict";
import { join } from "node:path";
import { DENO, NAME, TARBALL, bin, here, load, pasted, project, read, recipes, root, run } from "./tools.ts";
import type { Check, Files } from "./tools.ts";

const program = (path: string): string => read(`tests/platforms/types/${path}`);
const COMMON = ["narrowing.ts", "platform.ts"];
const ALL = [...COMMON, "shapes.ts"];

/** Programs that import the installed package, and the pasted file, which has the same types. */
const beside = (...programs: readonly string[]): Files => ({
  ...pasted,
  ...Object.fromEntries(programs.map((path) => [path, program(path)])),
});

/** Every strict flag that a user's project may enable, or the flags of another folder. */
const settings = (options: object, folder = "types"): object => ({
  extends: join(here, folder, "tsconfig.json"),
  compilerOptions: { lib: ["es2022"], skipLibCheck: true, paths: {}, ...options },
});
/** Checks the declarations of the package, too. */
const DOM = { lib: ["es2022", "dom"], skipLibCheck: false, skipDefaultLibCheck: true };
const WORKERS = { types: ["@cloudflare/workers-types"] };
/** Other packages ask for "node", and must not find the types of another version. */
const node = (major: number, undici: string): object => ({
  types: ["node"],
  typeRoots: [bin(`@node${major}`)],
  paths: { undici: [bin(`${undici}/index.d.ts`)] },
});

const RECIPES = ["handler.ts", "location.ts", "results.ts", "watch.ts"];
/** What the tools of platforms write. */
const TEMPLATE = { strict: true, isolatedModules: true, skipLibCheck: true, noEmit: true };
const BUNDLER = { ...TEMPLATE, module: "esnext", moduleResolution: "bundler" };
const STRICTER = { noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true };
const NODENEXT = { target: "esnext", module: "nodenext", types: [], verbatimModuleSyntax: true };
const INIT = { ...TEMPLATE, ...STRICTER, ...NODENEXT };
const NEXT = { ...BUNDLER, target: "es2017", lib: ["dom", "dom.iterable", "esnext"], types: [] };

/** Projects that must compile. */
const PROJECTS: readonly (readonly [name: string, files: Files, tsconfig: object])[] = [
  ["DOM", beside(...ALL), settings(DOM)],
  ["strict-false", beside(...COMMON), settings(DOM, "types/loose")],
  ["WebWorker", beside(...ALL), settings({ lib: ["es2022", "webworker"] })],
  ["Node-22-undici-7", beside(...ALL, "node.ts"), settings(node(22, "undici7"))],
  ["Node-24-undici-8", beside(...ALL, "node.ts"), settings(node(24, "undici8"))],
  ["Workers", beside(...ALL, "workers.ts"), settings(WORKERS)],
  ["Bun", beside(...ALL, "bun.ts"), settings({ lib: ["esnext"], types: ["bun"] })],
  ["no-ambient-names", { "bare.ts": program("bare.ts") }, settings({ ...DOM, lib: ["es2022"] })],
  ["recipes-tsc-init", recipes(...RECIPES, "testing-stub.ts"), { compilerOptions: INIT }],
  ["recipes-create-next-app", recipes(...RECIPES), { compilerOptions: NEXT }],
  [
    "recipes-cloudflare-template",
    recipes(...RECIPES, "worker.ts", "workflow.ts"),
    { compilerOptions: { ...BUNDLER, ...WORKERS, target: "es2024", lib: ["es2024"] } },
  ],
];

/** One run of each compiler for all projects: most of its time goes into its start and into the types of platforms. */
export function compilers(): Check[] {
  const folders = PROJECTS.map(([name, files, tsconfig]) => {
    const config = { "tsconfig.json": JSON.stringify({ ...tsconfig, include: ["**/*"] }) };
    return project(`installed/types/${name}`, { ...files, ...config });
  });
  return Object.entries({
    "types under TypeScript 7": join(root, "node_modules/typescript/bin/tsc"),
    "types under TypeScript 5.9": bin("typescript/bin/tsc"),
  }).map(([name, tsc]) => [name, () => run(process.execPath, [tsc, "--build", ...folders])]);
}

export function otherChecks(): Check[] {
  const manifest = { name: "@ogcapi/job-status", version: "0.0.0", license: "MIT-0", exports: "./get-status.ts" };
  const jsr = project("jsr", { ...pasted, "jsr.json": JSON.stringify(manifest) });
  return [
    ["what TypeScript shows of a result before it is narrowed", readHoverTexts],
    ["deno check", checkWithDeno],
    ["deno doc --lint", () => run(DENO, ["doc", "--lint", "get-status.ts"], jsr)],
    ["deno publish, without slow types", () => run(DENO, ["publish", "--dry-run", "--allow-dirty"], jsr)],
    ["publint --strict", () => run(process.execPath, [bin("publint/src/cli.js"), "--strict", TARBALL])],
    ["attw", () => run(process.execPath, [bin("@arethetypeswrong/cli/dist/index.js"), "--profile=esm-only", TARBALL])],
  ];
}

function checkWithDeno(): Promise<string> {
  const files = { ...beside(...ALL, "deno-client.ts"), ...recipes(...RECIPES, "testing-stub.ts", "deno.ts") };
  const imports = { [NAME]: "./get-status.ts" };
  const config = { "deno.json": JSON.stringify({ compilerOptions: STRICTER, imports }) };
  return run(DENO, ["check", ...Object.keys(files)], project("deno-check", { ...files, ...config }));
}

/** The texts of a property of all variants, as TypeScript joins them. */
async function readHoverTexts(): Promise<void> {
  const ts = load("typescript");
  const file = join(root, "src/get-status.ts");
  const compiled = ts.createProgram([file], { strict: true, types: [] });
  const checker = compiled.getTypeChecker();
  const found = checker.resolveName("Result", compiled.getSourceFile(file), ts.SymbolFlags.TypeAlias, false);
  const result = checker.getDeclaredTypeOfSymbol(found);
  for (const [name, text] of Object.entries({
    message: `With a \`StatusInfo\`: a description of the state. Untrusted text.
With \`body\`: what went wrong, maybe quoting the server. Untrusted text.
With \`"network"\` or \`"timeout"\`: what failed. Safe to log.`,
    status: `The state; \`"unknown"\`, maybe final, if \`document.status\` is not known.
Only on a \`StatusInfo\`.`,
    cause: `Only with \`"network"\` or \`"timeout"\`.
What was thrown, or the signal's reason. It may contain the URL.`,
  }))
    equal(ts.displayPartsToString(result.getProperty(name).getDocumentationComment(checker)), text);
}
