import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { listening } from "./support/listen.ts";
import { createProxy } from "./support/proxy.ts";
import { startServer } from "./support/server.ts";
import { describe } from "./support/suite.ts";

const root = new URL("../../", import.meta.url);
const out = new URL(".build/readme/", root);
const read = (path: string): string => readFileSync(new URL(path, root), "utf8");
const manifest = JSON.parse(read("package.json"));
const text = read("README.md");

interface Program {
  readonly file: string;
  readonly code: string;
  /** The file of `tests/recipes` that it shows. */
  readonly recipe?: string | undefined;
}

const fences = [...text.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].map(([, info = "", code = ""]) => {
  const [language = "", recipe] = info.split(" ");
  return { language, recipe, code };
});
const programs: Program[] = [
  ...fences.map(({ recipe, code }, index) => ({ file: `fence-${index}.ts`, code, recipe })),
  ...[...read("src/get-status.ts").matchAll(/^ \* ```ts\n([\s\S]*?)^ \* ```/gm)].map(([, code = ""], index) => ({
    file: `example-${index}.ts`,
    code: code.replace(/^ \* ?/gm, ""),
  })),
];

mkdirSync(out, { recursive: true });
for (const { file, code } of programs) writeFileSync(new URL(file, out), code);
cpSync(new URL("tests/support/platforms.d.ts", root), new URL("platforms.d.ts", out));
writeFileSync(
  new URL("tsconfig.json", out),
  JSON.stringify({
    extends: "../../tests/tsconfig.json",
    compilerOptions: { rootDir: ".", outDir: "." },
    include: ["*.ts"],
    exclude: [],
  }),
);

/** The output that a program states. */
const stated = (code: string): string[] => [...code.matchAll(/\/\/=> (.*)/g)].map(([, line = ""]) => line);

/** Runs a compiled program, with the embedded server in place of https://ogc.example.com unless it is `alone`. */
async function outputOf(file: string, alone = false): Promise<string[]> {
  const rehearse = alone ? [] : ["--import", new URL("support/rehearse.js", import.meta.url).href];
  const path = fileURLToPath(new URL(file.replace(/ts$/, "js"), out));
  const options = { cwd: fileURLToPath(root) };
  const { stdout } = await promisify(execFile)(process.execPath, [...rehearse, path], options);
  return stdout.split("\n").slice(0, -1);
}

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

  for (const { file, code } of programs) {
    // The recipe for msw is run by `npm run test:runtimes`, which installs msw.
    if (/from "msw"/.test(code) || /ProxyAgent/.test(code)) continue;
    test(`${file} prints what it states: ${stated(code).join(" | ")}`, async () => {
      const output = await outputOf(file, /MockAgent/.test(code));
      // Examples of the source may print more than they state.
      if (file.startsWith("fence") || stated(code).length) assert.deepEqual(output, stated(code));
    });
  }

  test("the program for a proxy sends its request through the proxy", async () => {
    const program = programs.find(({ code }) => /ProxyAgent/.test(code))!;
    const server = await startServer();
    server.add({ id: "job-1", frozenAt: 42 });
    const { server: proxy, authorities } = createProxy();
    try {
      await listening(proxy, async (url) => {
        const path = new URL(program.file.replace(/ts$/, "js"), out);
        const compiled = readFileSync(path, "utf8");
        assert.ok(compiled.includes("http://proxy.example.com:3128"));
        writeFileSync(
          path,
          compiled
            .replace("http://proxy.example.com:3128", url)
            .replace("https://ogc.example.com/ogcapi", server.baseUrl),
        );
        assert.deepEqual(await outputOf(program.file, true), stated(program.code));
      });
      assert.deepEqual(authorities, [new URL(server.baseUrl).host]);
    } finally {
      await server.close();
    }
  });
});

describe("the README", (test) => {
  test("shows the recipes exactly as they are tested", () => {
    const shown = programs.filter(({ recipe }) => recipe !== undefined);
    for (const { recipe, code } of shown) assert.equal(code, read(recipe!), recipe);
    assert.deepEqual(
      shown.map(({ recipe }) => recipe),
      ["testing-stub.ts", "testing-undici.ts", "testing-msw.ts", "watch.ts"].map((name) => `tests/recipes/${name}`),
    );
  });

  test("has only TypeScript in its fences, and no command that needs a POSIX shell", () => {
    for (const { language } of fences) assert.equal(language, "ts");
    const commands = [...text.matchAll(/`((?:npm|npx|node|deno|bun|git|curl|wget|cp|cat|sh|export) [^`]*)`/g)];
    assert.deepEqual(
      commands.map(([, command]) => command),
      [`npm install ${manifest.name}`, "npm init", "npm ci", "npm start -- <baseUrl> <jobId>"],
    );
  });

  test("has its sections in their order", () => {
    assert.deepEqual(
      [...text.matchAll(/^## (.*)$/gm)].map(([, title]) => title),
      [
        "Get it",
        "The result",
        "Options",
        "Recipes",
        "Troubleshooting",
        "Compatibility",
        "Not included",
        "Security",
        "Alternatives",
        "Versioning and licence",
      ],
    );
  });

  test("quotes messages as the library returns them", () => {
    const source = read("src/get-status.ts");
    for (const message of ["Request failed: see cause", "fetch did not return a Response with a readable body"]) {
      assert.ok(text.includes(`\`${message}\``), message);
      assert.ok(source.includes(message), message);
    }
    for (const part of ["is not JSON (Content-Type: ", "is not a job status: "]) {
      assert.ok(text.includes(part), part);
      assert.ok(source.includes(part), part);
    }
  });

  test("states the version of the file to paste", () => {
    const [, version] = /unpkg\.com\/ogcapi-job-status@([\d.]+)\/dist\/get-status\.js/.exec(text) ?? [];
    assert.equal(version, manifest.version.split(".").slice(0, 2).join("."));
  });

  test("states the minimum versions of package.json", () => {
    assert.equal(manifest.engines.node, ">=20.19");
    assert.ok(text.includes("Node 20.19, Deno 2, Bun 1.1"));
  });

  test("has no figure left to fill in", () => {
    assert.ok(!text.includes("TBD"));
  });

  test("links to headings and files that exist", () => {
    const anchors = [...text.matchAll(/^#+ (.*)/gm)].map(([, title = ""]) =>
      title
        .toLowerCase()
        .replace(/[^\w -]/g, "")
        .replaceAll(" ", "-"),
    );
    const targets = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, target = ""]) => target);
    assert.ok(targets.length > 10);
    const broken = targets.filter((target) => {
      if (/^https:/.test(target)) return false;
      return target.startsWith("#") ? !anchors.includes(target.slice(1)) : !existsSync(new URL(target, root));
    });
    assert.deepEqual(broken, []);
  });
});
