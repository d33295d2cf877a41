import * as assert from "uvu/assert";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { connect } from "node:net";
import { getGlobalDispatcher, setGlobalDispatcher } from "undici";
import { describe } from "../runner/suite.ts";
import { listen } from "../support/listen.ts";
import { startServer } from "../support/server.ts";

const root = new URL("../../../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), "utf8");
const source = read("src/get-status.ts");

const programsOf = (page: string, text: string) =>
  Array.from(text.matchAll(/^```tsx?\n([\s\S]*?)^```$/gm), ([, code = ""], index) => ({
    file: `${page}-${index}`,
    code,
  }));
const programs = [
  ...programsOf("readme", read("README.md")),
  ...programsOf("cookbook", read("tests/recipes/README.md")),
  ...programsOf("source", source.replace(/^ \* ?/gm, "")),
  // `npm test platforms` installs msw and runs the recipe for it.
  ...["testing-stub", "testing-undici"].map((file) => ({ file, code: read(`tests/recipes/${file}.ts`) })),
];

const server = await startServer();
Date.now = () => 1_800_000_000_000; // a job that is created stays accepted
server.add({ id: "job-1", frozenAt: 42 });
server.add({ id: "job-2", seconds: 0 });

const throughProxy: (string | undefined)[] = [];
const proxy = createServer().on("connect", ({ url }, client) => {
  throughProxy.push(url);
  const upstream = connect(Number(new URL(server.baseUrl).port), "127.0.0.1");
  client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
  upstream.unref().pipe(client).pipe(upstream);
});
for (const one of [server.server, proxy]) one.unref().on("connection", (socket) => socket.unref());
const { origin, host } = new URL(server.baseUrl);
const proxyUrl = await listen(proxy);

const out = new URL(".build/readme/", root);
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
for (const { file, code } of programs) {
  const placed = code.replaceAll("https://ogc.example.com", origin);
  writeFileSync(new URL(`${file}.ts`, out), placed.replace("http://proxy.example.com:3128", proxyUrl));
}
for (const name of ["handler.ts", "location.ts", "results.ts", "watch.ts", "platforms.d.ts"])
  cpSync(new URL(`tests/recipes/${name}`, root), new URL(name, out));
const compilerOptions = { rootDir: ".", outDir: "." };
const config = { extends: "../../tests/tsconfig.json", compilerOptions, include: ["*.ts"], exclude: [] };
writeFileSync(new URL("tsconfig.json", out), JSON.stringify(config));
const tsc = ["node_modules/typescript/bin/tsc", "-p", ".build/readme"];
const { stdout: errors } = spawnSync(process.execPath, tsc, { cwd: root, encoding: "utf8" });

/** Runs a program, and returns what it prints. */
async function outputOf(file: string): Promise<string[]> {
  const lines: string[] = [];
  const [{ log }, dispatcher] = [console, getGlobalDispatcher()];
  console.log = (...values) => void lines.push(values.map(String).join(" "));
  try {
    await import(new URL(`${file}.js`, out).href);
  } finally {
    console.log = log;
    setGlobalDispatcher(dispatcher); // after a MockAgent
  }
  return lines;
}

describe("the code in the README, the cookbook, the source and the recipes for tests", (test) => {
  test("compiles", () => assert.is(errors, ""));

  for (const { file, code } of programs) {
    const output = Array.from(code.matchAll(/\/\/=> (.*)/g), ([, line]) => line);
    test(`prints what it states in ${file}: ${output.join(" | ")}`, async () => {
      const printed = await outputOf(file);
      // Examples of the source may print more than they state.
      if (output.length || !file.startsWith("source")) assert.equal(printed, output);
      assert.equal(throughProxy.splice(0), code.includes("ProxyAgent") ? [host] : []);
    });
  }
});

describe("the pages", (test) => {
  const { scripts } = JSON.parse(read("package.json"));
  const folders = ["", "tests/", "tests/recipes/", "tests/servers/", "tests/bench/"];
  const docs = readdirSync(new URL(".github", root)).filter((name) => name.endsWith(".md"));
  for (const page of [...folders.map((folder) => `${folder}README.md`), ...docs.map((name) => `.github/${name}`)])
    test(`${page} links to files and headings that exist, and names commands that exist`, () => {
      for (const [, path = "", anchor] of read(page).matchAll(/\]\((?!https:)([^)\s#]*)(?:#([^)\s]+))?\)/g)) {
        const file = new URL(path, new URL(page, root));
        assert.ok(existsSync(file), path);
        const heading = new RegExp(`^#+ ${anchor?.replaceAll("-", "[ -]")}$`, "im");
        if (anchor) assert.match(read(file.href).replace(/[^\w\n #-]/g, ""), heading);
      }
      for (const [, kind, name = ""] of read(page).matchAll(/\bnpm (run|test) (\w+)/g)) {
        const files = [`tests/${name}`, `tests/contract/${name}.test.ts`];
        assert.ok(kind === "run" ? name in scripts : files.some((path) => existsSync(new URL(path, root))), name);
      }
    });

  test("quote messages as the library returns them", () => {
    const messages = read(".github/TROUBLESHOOTING.md").match(/(?<=`)(Request|Response body|fetch did) [^`(:]{6,}/g)!;
    assert.ok(messages.length >= 4);
    for (const message of messages) assert.ok(source.includes(message), message);
  });
});
