import * as assert from "uvu/assert";
import { execFileSync, type ExecFileSyncOptions } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe } from "../runner/suite.ts";
import { npm } from "../support/npm.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const manifest = JSON.parse(read("package.json"));
const [TYPES, CODE] = ["./dist/get-status.d.ts", "./dist/get-status.js"];

const options = (cwd: string): ExecFileSyncOptions => ({
  cwd,
  stdio: ["ignore", "pipe", "pipe"],
  env: { ...process.env, npm_config_offline: "true" },
});

describe("the package", (test) => {
  for (const [name, value] of Object.entries({
    license: "MIT-0",
    type: "module",
    sideEffects: false,
    engines: { node: ">=20.19" },
    main: CODE,
    types: TYPES,
    exports: { ".": { types: TYPES, default: CODE }, "./package.json": "./package.json" },
  }))
    // In this order: the first condition that matches counts.
    test(`has ${name} as documented`, () => assert.is(JSON.stringify(manifest[name]), JSON.stringify(value)));

  test("has four development dependencies and no others", () => {
    const lists = Object.keys(manifest).filter((name) => /dependencies/i.test(name));
    assert.equal([lists, Object.keys(manifest.devDependencies).length], [["devDependencies"], 4]);
  });

  test("is built by npm pack, holds exactly these files, and installs alone into an empty project", () => {
    const folder = join(root, ".build/package");
    rmSync(folder, { recursive: true, force: true });
    const copy = join(folder, "copy");
    for (const file of ["LICENSE", "README.md", "package.json", "tsconfig.json", "src"])
      cpSync(join(root, file), join(copy, file), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(copy, "node_modules"), "junction");
    const [packed] = JSON.parse(npm(["pack", "--json", "--silent"], options(copy)));
    const dist = ["d.ts", "d.ts.map", "js", "js.map"].map((end) => `dist/get-status.${end}`);
    const paths = packed.files.map(({ path }: { path: string }) => path).sort();
    assert.equal(paths, ["LICENSE", "README.md", ...dist, "package.json", "src/get-status.ts"]);
    for (const map of dist.filter((file) => file.endsWith(".map")))
      assert.equal(JSON.parse(readFileSync(join(copy, map), "utf8")).sources, ["../src/get-status.ts"]);

    const project = join(folder, "project");
    mkdirSync(project);
    writeFileSync(join(project, "package.json"), '{"type":"module"}');
    npm(["install", join(copy, packed.filename)], options(project));
    const installed = readdirSync(join(project, "node_modules")).filter((name) => !name.startsWith("."));
    assert.equal(installed, [manifest.name]);
    for (const [file, code] of Object.entries({
      "import.mjs": `import * as all from "${manifest.name}"; console.log(Object.keys(all).sort().join());`,
      "require.cjs": `console.log(Object.keys(require("${manifest.name}")).sort().join());`,
    })) {
      writeFileSync(join(project, file), code);
      const names = String(execFileSync(process.execPath, ["--no-warnings", file], options(project)));
      assert.is(names.trim().replace("__esModule,", ""), "getStatus,isNotFound,isServerError,isStatusInfo");
    }
  });
});

/** The files of the repository, without those that .gitignore names. */
function files(folder = ""): string[] {
  const ignored = new Set(["node_modules", "dist", ".build", ".venv", "__pycache__", ".git"]);
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter(({ name }) => !ignored.has(name) && !name.endsWith(".tgz"))
    .flatMap((entry) => (entry.isDirectory() ? files(join(folder, entry.name)) : [join(folder, entry.name)]));
}

describe("the repository", (test) => {
  test("has only the expected files at its root", () => {
    const top = new Set(files().map((file) => file.split(/[\\/]/)[0]!));
    const visible = [...top].filter((name) => !name.startsWith(".")).sort();
    assert.is(visible.join(" "), "LICENSE README.md package-lock.json package.json src tests tsconfig.json");
  });

  test("has at most six private packages, each with a lock file that names no host", () => {
    const manifests = files("tests").filter((file) => file.endsWith("package.json"));
    assert.ok(manifests.length <= 6, manifests.join());
    for (const path of [...manifests, "package.json"])
      assert.not.match(read(path.replace(/package\.json$/, "package-lock.json")), /"resolved":/, path);
  });
});
