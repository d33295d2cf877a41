import assert from "node:assert/strict";
import { execFileSync, type ExecFileSyncOptions } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { npm } from "./support/npm.ts";
import { describe } from "./support/suite.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const manifest = JSON.parse(read("package.json"));

const options = (cwd: string): ExecFileSyncOptions => ({
  cwd,
  stdio: ["ignore", "pipe", "pipe"],
  env: { ...process.env, npm_config_offline: "true" },
});
const run = (command: string, args: string[], cwd: string): string => String(execFileSync(command, args, options(cwd)));

function inTemporaryFolder(use: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "ogcapi-job-status-"));
  try {
    use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("the package", (test) => {
  test("holds exactly these files", () => {
    const [packed] = JSON.parse(npm(["pack", "--dry-run", "--json", "--ignore-scripts"], options(root)));
    assert.deepEqual(packed.files.map(({ path }: { path: string }) => path).sort(), [
      "LICENSE",
      "README.md",
      "dist/get-status.d.ts",
      "dist/get-status.d.ts.map",
      "dist/get-status.js",
      "dist/get-status.js.map",
      "package.json",
      "src/get-status.ts",
    ]);
  });

  test("installs alone into an empty project, and can be imported and required there", () =>
    inTemporaryFolder((folder) => {
      npm(["pack", "--ignore-scripts", "--pack-destination", folder], options(root));
      writeFileSync(join(folder, "package.json"), '{"type":"module"}');
      npm(["install", `./${manifest.name}-${manifest.version}.tgz`], options(folder));
      assert.deepEqual(
        readdirSync(join(folder, "node_modules")).filter((name) => !name.startsWith(".")),
        [manifest.name],
      );
      writeFileSync(
        join(folder, "import.mjs"),
        `import * as all from "${manifest.name}"; console.log(Object.keys(all).join());`,
      );
      writeFileSync(join(folder, "require.cjs"), `console.log(Object.keys(require("${manifest.name}")).join());`);
      for (const file of ["import.mjs", "require.cjs"]) {
        const out = run(process.execPath, ["--no-warnings", file], folder).trim();
        assert.equal(
          out.replace(",__esModule", "").replace("__esModule,", ""),
          "getStatus,isNotFound,isServerError,isStatusInfo",
        );
      }
    }));

  test("has no dependencies, runs nothing on installation, and exports no TypeScript source", () => {
    assert.deepEqual(
      Object.keys(manifest).filter((key) => /dependencies/i.test(key)),
      ["devDependencies"],
    );
    assert.deepEqual(Object.keys(manifest.devDependencies).sort(), ["@types/node", "typescript", "undici", "uvu"]);
    assert.deepEqual(
      Object.keys(manifest.scripts).filter((name) => /^(pre|post)?(install|prepare)$|^prepublish$/.test(name)),
      [],
    );
    assert.deepEqual(manifest.exports["."], { types: "./dist/get-status.d.ts", default: "./dist/get-status.js" });
    assert.equal(manifest.sideEffects, false);
    assert.equal(manifest.type, "module");
    assert.equal(manifest.license, "MIT-0");
    assert.equal(manifest.engines.node, ">=20.19");
  });

  test("has source maps that refer to the source it ships", () => {
    for (const map of ["dist/get-status.js.map", "dist/get-status.d.ts.map"]) {
      assert.deepEqual(JSON.parse(read(map)).sources, ["../src/get-status.ts"]);
    }
  });

  test("npm pack builds it in a clean clone, and two clones give the same bytes", () => {
    // Below the root, so that the clones find its node_modules.
    const folder = join(root, ".build/clones");
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const tarballs = ["one", "two"].map((name) => {
      run("git", ["clone", "--quiet", root, name], folder);
      const clone = join(folder, name);
      const [packed] = JSON.parse(npm(["pack", "--json", "--silent"], options(clone)));
      assert.ok(packed.files.some(({ path }: { path: string }) => path === "dist/get-status.js"));
      return readFileSync(join(clone, packed.filename));
    });
    assert.ok(tarballs[0]!.equals(tarballs[1]!));
  });

  test("is built from the source that is tested", () =>
    inTemporaryFolder((folder) => {
      run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", root, "--outDir", folder], root);
      for (const name of ["get-status.js", "get-status.d.ts"])
        assert.equal(readFileSync(join(folder, name), "utf8"), read(`dist/${name}`));
    }));
});

describe("the repository", (test) => {
  test("has only the expected files at its root", () => {
    const files = run("git", ["ls-files"], root).trim().split("\n");
    const top = [...new Set(files.map((file) => file.split("/")[0]!))].filter((name) => !name.startsWith("."));
    assert.deepEqual(top.sort(), [
      "LICENSE",
      "README.md",
      "package-lock.json",
      "package.json",
      "src",
      "tests",
      "tsconfig.json",
    ]);
  });

  test("has pages whose commands and links are valid", () => {
    for (const page of ["CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"]) {
      const text = read(`.github/${page}`);
      const headings = [...text.matchAll(/^#+ (.*)/gm)].map(([, title = ""]) =>
        title
          .toLowerCase()
          .replace(/[^\w -]/g, "")
          .replaceAll(" ", "-"),
      );
      for (const [, target = ""] of text.matchAll(/\]\(([^)]+)\)/g)) {
        if (target.startsWith("https://")) continue;
        if (target.startsWith("#")) assert.ok(headings.includes(target.slice(1)), `${page}: ${target}`);
        else assert.ok(existsSync(join(root, ".github", target)), `${page}: ${target}`);
      }
      for (const [, name = ""] of text.matchAll(/\bnpm run ([\w:]+)/g)) {
        assert.ok(name in manifest.scripts, `${page}: npm run ${name}`);
      }
    }
  });

  test("has the author and the licence that LICENSE names", () => {
    const licence = read("LICENSE");
    assert.ok(licence.includes(manifest.author));
    assert.ok(licence.startsWith("MIT No Attribution\n"));
    assert.equal(manifest.license, "MIT-0");
  });

  test("does not set a line width in .editorconfig, which Prettier would read", () => {
    assert.doesNotMatch(read(".editorconfig"), /max_line_length/);
  });

  test("locks its dependencies without naming a host", () => {
    const locks = run("git", ["ls-files", "*package-lock.json"], root).trim().split("\n");
    assert.ok(locks.includes("package-lock.json"));
    for (const lock of locks) assert.doesNotMatch(read(lock), /"resolved":/, lock);
  });
});
