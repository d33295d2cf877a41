import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe } from "../runner/suite.ts";
import { listening } from "../support/listen.ts";
import { startServer } from "../support/server.ts";

const root = new URL("../../../", import.meta.url);
const out = new URL(".build/readme/", root);
const read = (path: string): string => readFileSync(new URL(path, root), "utf8");

const pages = [
  "README.md",
  "tests/README.md",
  "tests/recipes/README.md",
  "tests/servers/README.md",
  "tests/bench/README.md",
  ...readdirSync(new URL(".github", root))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `.github/${name}`),
];

interface Program {
  readonly file: string;
  readonly code: string;
  /** The recipe that it shows. */
  readonly recipe?: string | undefined;
}

/** The TypeScript in a page. */
function programsOf(page: string, name: string): Program[] {
  const fences = [...read(page).matchAll(/^```tsx?(?: (\S+))?\n([\s\S]*?)^```$/gm)];
  return fences.map(([, recipe, code = ""], index) => ({ file: `${name}-${index}.ts`, code, recipe }));
}

const examples = [...read("src/get-status.ts").matchAll(/^ \* ```ts\n([\s\S]*?)^ \* ```/gm)];
const programs: Program[] = [
  ...programsOf("README.md", "readme"),
  ...programsOf("tests/recipes/README.md", "cookbook"),
  ...examples.map(([, code = ""], index) => ({ file: `example-${index}.ts`, code: code.replace(/^ \* ?/gm, "") })),
];

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
for (const { file, code } of programs) writeFileSync(new URL(file, out), code);
for (const file of ["handler.ts", "location.ts", "results.ts", "watch.ts", "use-job.ts", "platforms.d.ts"])
  cpSync(new URL(`tests/recipes/${file}`, root), new URL(file, out));
const config = {
  extends: "../../tests/tsconfig.json",
  compilerOptions: { rootDir: ".", outDir: "." },
  include: ["*.ts"],
  exclude: [],
};
writeFileSync(new URL("tsconfig.json", out), JSON.stringify(config));

/** The output that a program states. */
const stated = (code: string): string[] => [...code.matchAll(/\/\/=> (.*)/g)].map(([, line = ""]) => line);

/** Runs a compiled program, with the embedded server in place of https://ogc.example.com unless it is `alone`. */
async function outputOf(file: string, alone = false): Promise<string[]> {
  const rehearse = alone ? [] : ["--import", new URL("rehearse.js", import.meta.url).href];
  const path = fileURLToPath(new URL(file.replace(/ts$/, "js"), out));
  const { stdout } = await promisify(execFile)(process.execPath, [...rehearse, path], { cwd: fileURLToPath(root) });
  return stdout.split("\n").slice(0, -1);
}

describe("the code in the README, the cookbook and the source", (test) => {
  test("compiles", () => {
    const tsc = fileURLToPath(new URL("node_modules/typescript/bin/tsc", root));
    try {
      execFileSync(process.execPath, [tsc, "-p", fileURLToPath(out)]);
    } catch (error) {
      throw new Error(String((error as { stdout: Buffer }).stdout));
    }
  });

  for (const { file, code, recipe } of programs) {
    // `npm test platforms` installs msw and runs the recipe for it.
    if (code.includes('from "msw"') || code.includes("ProxyAgent")) continue;
    test(`${recipe ?? file} prints what it states: ${stated(code).join(" | ")}`, async () => {
      const output = await outputOf(file, code.includes("MockAgent"));
      // Examples of the source may print more than they state.
      if (!file.startsWith("example") || stated(code).length) assert.deepEqual(output, stated(code));
    });
  }

  test("sends its request through the proxy in the program for one", async () => {
    const { file, code } = programs.find((program) => program.code.includes("ProxyAgent"))!;
    const server = await startServer();
    server.add({ id: "job-1", frozenAt: 42 });
    const authorities: (string | undefined)[] = [];
    const proxy = createServer().on("connect", (request, client) => {
      authorities.push(request.url);
      const { hostname, port } = new URL(`http://${request.url}`);
      const upstream = connect(Number(port), hostname, () => {
        client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
        upstream.pipe(client).pipe(upstream);
      });
      for (const socket of [client, upstream]) socket.on("error", () => {});
    });
    try {
      await listening(proxy, async (url) => {
        const path = new URL(file.replace(/ts$/, "js"), out);
        const compiled = readFileSync(path, "utf8").replace("http://proxy.example.com:3128", url);
        writeFileSync(path, compiled.replace("https://ogc.example.com/ogcapi", server.baseUrl));
        assert.deepEqual(await outputOf(file, true), stated(code));
      });
      assert.deepEqual(authorities, [new URL(server.baseUrl).host]);
    } finally {
      await server.close();
    }
  });

  test("is that of the recipes it names", () => {
    const shown = programs.filter(({ recipe }) => recipe !== undefined);
    for (const { recipe, code } of shown) assert.equal(code, read(`tests/recipes/${recipe}`), recipe);
    assert.equal(shown.length, 3);
  });
});

describe("the pages", (test) => {
  const anchorsOf = (text: string): string[] =>
    [...text.matchAll(/^#+ (.*)/gm)].map(([, title = ""]) =>
      title
        .toLowerCase()
        .replace(/[^\w -]/g, "")
        .replaceAll(" ", "-"),
    );

  for (const page of pages) {
    test(`${page} links to files and headings that exist, and names commands that exist`, () => {
      const text = read(page);
      for (const [, target = ""] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^https:/.test(target)) continue;
        const [path, anchor] = target.split("#");
        const file = path ? new URL(path, new URL(page, root)) : new URL(page, root);
        assert.ok(existsSync(file), target);
        if (anchor !== undefined) assert.ok(anchorsOf(readFileSync(file, "utf8")).includes(anchor), target);
      }
      const { scripts } = JSON.parse(read("package.json"));
      for (const [, name = ""] of text.matchAll(/\bnpm run ([\w:]+)/g)) assert.ok(name in scripts, `npm run ${name}`);
      for (const [, name = ""] of text.matchAll(/\bnpm test (\w+)/g))
        assert.ok(
          [name, `contract/${name}.test.ts`].some((path) => existsSync(new URL(`tests/${path}`, root))),
          name,
        );
    });
  }

  test("quote messages as the library returns them", () => {
    const source = read("src/get-status.ts");
    const messages = read(".github/TROUBLESHOOTING.md").matchAll(/`((?:Request|Response body|fetch did) [^`(:]{6,})/g);
    const quoted = [...messages].map(([, message = ""]) => message);
    assert.ok(quoted.length >= 4);
    for (const message of quoted) assert.ok(source.includes(message), message);
  });
});
