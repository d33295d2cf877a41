import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startServer } from "./support/server.ts";
import { describe } from "./support/suite.ts";

const root = new URL("../../", import.meta.url);
const out = new URL(".build/readme/", root);
const read = (path: string): string => readFileSync(new URL(path, root), "utf8");
const manifest = JSON.parse(read("package.json"));

interface Fence {
  readonly language: string;
  readonly code: string;
  /** The comment in front of it: a file name, or why it is not run. */
  readonly note: string;
  readonly file: string;
}

const fences: Fence[] = [...read("README.md").matchAll(/(?:<!-- (.*) -->\n)?```(\w*)\n([\s\S]*?)```/g)].map(
  ([, note = "", language = "", code = ""], index) => ({
    language,
    code,
    note,
    file: /^[\w-]+\.ts$/.test(note) ? note : `fence-${index}.ts`,
  }),
);
const examples: Fence[] = [...read("src/get-status.ts").matchAll(/^ \* ```ts\n([\s\S]*?)^ \* ```/gm)].map(
  ([, code = ""], index) => ({
    language: "ts",
    code: code.replace(/^ \* ?/gm, ""),
    note: "",
    file: `example-${index}.ts`,
  }),
);
const programs = [...fences.filter(({ language }) => language === "ts"), ...examples];

mkdirSync(out, { recursive: true });
for (const { file, code } of programs) {
  // A fence without an import would share its names with the others.
  writeFileSync(new URL(file, out), /^(import|export)\b/m.test(code) ? code : `${code}\nexport {};\n`);
}
// Enough of the platforms that are not here; their real types are in tests/types.
writeFileSync(
  new URL("globals.d.ts", out),
  `
declare const Deno: { serve(handler: (request: Request) => Promise<Response>): void };
declare interface Workflow<Params> {
  create(options: { id: string; params: Params }): Promise<{ status(): Promise<unknown> }>;
  get(id: string): Promise<{ status(): Promise<unknown> }>;
}
declare module "cloudflare:workers" {
  export interface WorkflowEvent<Params> { readonly payload: Params }
  export interface WorkflowStep {
    do<T>(name: string, step: () => Promise<T>): Promise<T>;
    sleep(name: string, milliseconds: number): Promise<void>;
  }
  export abstract class WorkflowEntrypoint<Env, Params> {
    readonly env: Env;
    abstract run(event: WorkflowEvent<Params>, step: WorkflowStep): Promise<unknown>;
  }
}
`,
);
writeFileSync(new URL("get-status.ts", out), read("src/get-status.ts"));
writeFileSync(
  new URL("tsconfig.json", out),
  JSON.stringify({
    extends: "../../tests/tsconfig.json",
    compilerOptions: { rootDir: ".", outDir: ".", noUnusedLocals: false },
    include: ["*.ts"],
    exclude: [],
  }),
);

/** What a fence says that it prints. */
const shown = (code: string): string[] => [...code.matchAll(/\/\/=> (.*)/g)].map(([, line = ""]) => line);

describe("the code in README and source", (test) => {
  test("compiles", () => {
    try {
      execFileSync(process.execPath, [
        fileURLToPath(new URL("node_modules/typescript/bin/tsc", root)),
        "-p",
        fileURLToPath(out),
      ]);
    } catch (error) {
      throw new Error(String((error as { stdout: Buffer }).stdout));
    }
  });

  for (const { file, code, note } of programs) {
    if (/^only checked/.test(note)) continue;
    test(`${file} prints what it shows: ${shown(code).join(" | ")}`, async () => {
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [
          "--import",
          new URL("support/rehearse.js", import.meta.url).href,
          fileURLToPath(new URL(file.replace(/ts$/, "js"), out)),
        ],
        { cwd: fileURLToPath(root) },
      );
      // Examples of the source may print more than they show.
      if (code.includes("//=>")) assert.deepEqual(stdout.trim().split("\n"), shown(code));
    });
  }

  test("its recipes are the code that the demo runs and the tests try", () => {
    const plain = (code: string): string => code.replace("../../src/get-status.ts", manifest.name);
    for (const name of ["watch.ts", "location.ts"]) {
      assert.equal(programs.find(({ file }) => file === name)?.code, plain(read(`tests/support/${name}`)));
    }
    assert.ok(programs.some(({ code }) => code === read("tests/runtimes/adapters/workflow.ts")));
  });

  test("its handlers answer a browser, and tell it nothing of the server", async () => {
    const server = await startServer();
    server.add({ id: "job-1", frozenAt: 42 });
    const seen: (string | null)[] = [];
    const binding = {
      fetch: (url: string, init: RequestInit) => {
        seen.push(new Headers(init.headers).get("authorization"));
        return fetch(url.replace("https://ogc.example.com/ogcapi", server.baseUrl), init);
      },
    };
    const worker = (await import(new URL("worker.js", out).href)).default;
    let serve: (request: Request) => Promise<Response> = () => Promise.reject();
    Object.assign(globalThis, { Deno: { serve: (handler: typeof serve) => (serve = handler) } });
    const platform = globalThis.fetch;
    const log = console.error;
    try {
      await import(new URL("deno.js", out).href);
      const ask = async (path: string): Promise<[number, unknown][]> => {
        const request = (): Request => new Request(`https://edge.example${path}`);
        globalThis.fetch = platform;
        const first = await worker.fetch(request(), { API: binding, TOKEN: "t" });
        globalThis.fetch = ((url: string, init: RequestInit) =>
          platform(url.replace("https://ogc.example.com/ogcapi", server.baseUrl), init)) as typeof fetch;
        const second = await serve(request());
        return [
          [first.status, await first.json()],
          [second.status, await second.json()],
        ];
      };
      const both = (status: number, body: unknown): [number, unknown][] => [
        [status, body],
        [status, body],
      ];
      assert.deepEqual(
        await ask("/jobs/job-1"),
        both(200, { status: "running", progress: 42, message: "Waited 42 % of 3 s" }),
      );
      assert.deepEqual(await ask("/jobs/none"), both(404, { error: "no such job" }));
      assert.deepEqual(await ask("/jobs/.."), both(404, { error: "no such page" }));
      assert.deepEqual(await ask("/"), both(404, { error: "no such page" }));
      assert.ok(seen.length && seen.every((header) => header === "Bearer t"));
      await server.close();
      console.error = () => {};
      assert.deepEqual(await ask("/jobs/job-1"), both(502, { error: "the server cannot be asked" }));
    } finally {
      globalThis.fetch = platform;
      console.error = log;
      await server.close();
    }
  });

  test("its commands are there", () => {
    const commands = fences.filter(({ language }) => language === "sh").flatMap(({ code }) => code.trim().split("\n"));
    assert.ok(commands.length);
    for (const command of commands.flatMap((line) => line.replace(/\s*#.*/, "").split(" && "))) {
      const [, verb, rest = ""] = /^npm (install|start|test|run) ?(.*)$/.exec(command) ?? [];
      assert.ok(verb, command);
      if (verb === "install") assert.ok(["", manifest.name].includes(rest), command);
      else assert.ok((verb === "run" ? rest.split(" ")[0]! : verb) in manifest.scripts, command);
    }
  });

  test("has no fence of another language", () => {
    assert.deepEqual(
      fences.filter(({ language }) => !["ts", "sh"].includes(language)),
      [],
    );
  });

  test("has a row for each stack that the bench measures", () => {
    const [, table = ""] = /<!-- bench -->([\s\S]*)<!-- \/bench -->/.exec(read("README.md")) ?? [];
    const stacks = readdirSync(new URL("tests/bench/stacks", root)).map((file) => file.replace(".js", ""));
    for (const stack of stacks) {
      const name =
        {
          ours: "**ogcapi-job-status**",
          fetch: "`fetch`, unchecked",
          "openapi-generator": "openapi-generator typescript-fetch",
        }[stack] ?? stack;
      assert.ok(table.includes(`| ${name} | `), name);
    }
    for (const schema of ["valibot", "zod", "ajv"]) assert.ok(table.includes(`| \`fetch\` + ${schema} | `), schema);
  });

  test("links to headings and files that are there", () => {
    const text = read("README.md");
    const anchors = [...text.matchAll(/^#+ (.*)/gm)].map(([, title = ""]) =>
      title
        .toLowerCase()
        .replace(/[^\w -]/g, "")
        .replaceAll(" ", "-"),
    );
    for (const [, target = ""] of text.matchAll(/\]\(([^)]+)\)/g)) {
      if (target.startsWith("#")) assert.ok(anchors.includes(target.slice(1)), target);
      else assert.ok(readOrList(target), target);
    }
  });
});

function readOrList(path: string): boolean {
  try {
    return read(path).length > 0;
  } catch (error) {
    return (error as { code: string }).code === "EISDIR";
  }
}
