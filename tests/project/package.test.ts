import * as assert from "uvu/assert";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { newestOf } from "../../.github/scripts/newest.ts";
import { disagreements, jsrConfig, publishedManifest } from "../../.github/scripts/release.ts";
import { describe } from "../runner/suite.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const own = JSON.parse(read("package.json"));

// `npm test platforms` packs and installs it in each runtime.
describe("the package", (test) => {
  test("declares what it exports and has, and that it has no side effects", () => {
    const [types, code] = ["./dist/get-status.d.ts", "./dist/get-status.js"];
    const dist = ["js", "js.map", "d.ts", "d.ts.map"].map((end) => `dist/get-status.${end}`);
    const files = [...dist, "src/get-status.ts"];
    const exports = { ".": { types, default: code }, "./package.json": "./package.json" }; // the first that matches counts
    const entries = { type: "module", main: code, types, exports, files };
    const expected = { license: "MIT-0", sideEffects: false, engines: { node: ">=20.19" }, ...entries };
    for (const [name, value] of Object.entries(expected)) assert.is(JSON.stringify(own[name]), JSON.stringify(value));
    for (const file of files) assert.ok(existsSync(join(root, file)), file);
    for (const map of [dist[1]!, dist[3]!]) assert.equal(JSON.parse(read(map)).sources, ["../src/get-status.ts"]);
  });

  test("is built when it is packed, and has four development dependencies and no others", () => {
    assert.equal([own.scripts.prepare, own.scripts.build], ["npm run build", "tsc"]);
    const lists = Object.keys(own).filter((name) => /dependencies/i.test(name));
    assert.equal([lists, Object.keys(own.devDependencies).length], [["devDependencies"], 4]);
  });

  test("can be required, and exports four functions", () => {
    const program = `console.log(Object.keys(require("${own.name}")).join().replace("__esModule,", ""))`;
    const args = ["--no-warnings", "--input-type=commonjs", "--eval", program];
    const names = String(execFileSync(process.execPath, args, { cwd: root }));
    assert.is(names, "getStatus,isNotFound,isServerError,isStatusInfo\n");
  });
});

describe("the repository", (test) => {
  test("has only the expected files at its root", () => {
    const visible = readdirSync(root).filter((name) => !/^\.|^(node_modules|dist)$|\.tgz$/.test(name));
    assert.is(visible.sort().join(" "), "LICENSE README.md package-lock.json package.json src tests tsconfig.json");
  });

  test("has at most six private packages, each with a lock file that names no host", () => {
    const folders = readdirSync(join(root, "tests")).map((name) => `tests/${name}/`);
    const packages = folders.filter((folder) => existsSync(join(root, folder, "package.json")));
    assert.ok(packages.length <= 6, packages.join());
    for (const folder of [...packages, ""]) assert.not.match(read(`${folder}package-lock.json`), /"resolved":/, folder);
  });
});

// `npm test workflows` makes a whole release.
describe("a release", (test) => {
  const manifest = { name: "p", version: "1.2.3", license: "MIT-0", files: [] };
  const changelog = "# Changelog\n\n## 1.2.3 - 2026-11-24\n\n- Added x.\n\n## 1.2.2 - 2026-11-23\n\n- Fixed y.\n";
  const release = { tag: "v1.2.3", manifest, lock: { version: "1.2.3" }, source: "// p 1.2.3 | MIT-0\n", changelog };
  const github = { GITHUB_SERVER_URL: "https://git.example", GITHUB_REPOSITORY: "Owner/repo.ts" };

  for (const [what, change, problem] of [
    ["has the tag of its version", { tag: "1.2.3" }, /^The tag is [^\n]*$/],
    ["has the version in its lock", { lock: { version: "1.2.2" } }, /^The version in package-lock.json is [^\n]*$/],
    ["has the version in its source", { source: "// p 1.2.2 | MIT-0\n" }, /^The first line of [^\n]*$/],
    ["has a date", { changelog: "## 1.2.3 - unreleased\n\n- x\n" }, /^The first heading of [^\n]*$/],
    ["is the newest", { changelog: `## 1.3.0 - 2026-11-25\n\n- x\n${changelog}` }, /^The first heading of [^\n]*$/],
    ["says what changed", { changelog: "## 1.2.3 - 2026-11-24\n\n## 1.2.2 - 2026-11-23\n\n- x" }, /says nothing$/],
  ] as const)
    test(what, () => assert.match(disagreements({ ...release, ...change }).join("\n"), problem));

  test("has the address of its repository and a scope, or is not published", () => {
    const url = "https://git.example/Owner/repo.ts";
    assert.equal(publishedManifest(manifest, github)["repository"], { type: "git", url: `git+${url}.git` });
    for (const change of [{ GITHUB_SERVER_URL: "http://git.example" }, { GITHUB_REPOSITORY: "repo" }])
      assert.throws(() => publishedManifest(manifest, { ...github, ...change }), /is not the URL of a repository$/);
    assert.match(JSON.stringify(jsrConfig(manifest, { ...github, JSR_SCOPE: "" })), '"name":"@owner/p"');
    assert.match(JSON.stringify(jsrConfig(manifest, { ...github, JSR_SCOPE: "geo" })), '"name":"@geo/p"');
    for (const JSR_SCOPE of ["@geo", "Geo", "a/b", "-a", "a_b", undefined])
      assert.throws(() => jsrConfig(manifest, { JSR_SCOPE }), /is not a scope of JSR$/);
  });

  test("is tried at night with newer versions, but of aliases and TypeScript only with newer minor ones", () => {
    assert.is(newestOf("@types/react", "19.3.0"), "latest");
    assert.is(newestOf("types-node22", "npm:@types/node@22.20.5"), "npm:@types/node@22");
    assert.is(newestOf("prettier3.6", "npm:prettier@3.6.0"), "npm:prettier@3.6");
    assert.is(newestOf("typescript", "5.9.3"), "5");
  });
});
