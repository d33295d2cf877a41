import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe } from "../runner/suite.ts";

const root = join(import.meta.dirname, "../../..");
const here = join(root, "tests/workflows");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const { parse } = createRequire(join(here, "package.json"))("yaml");
const { name, version, files, scripts } = JSON.parse(read("package.json"));
const jobsOf = (workflow: string): any => parse(read(`.github/workflows/${workflow}.yml`)).jobs;
const [ci, nightly, release] = ["ci", "nightly", "release"].map(jobsOf);

/** Runs a script with the programs of this folder and the variables of a release, and returns what it prints. */
function run(script: string, cwd = root): string {
  const PATH = `${here}/.venv/zizmor/bin:${here}/node_modules/node26/bin:${process.env["PATH"]}`;
  const repository = { GITHUB_SERVER_URL: "https://github.com", GITHUB_REPOSITORY: "Example/ogcapi-job-status" };
  const commit = { GITHUB_SHA: "0123abc", GITHUB_REF_NAME: `v${version}` };
  const env = { ...process.env, ...repository, ...commit, PATH, NO_COLOR: "1" };
  const { status, stdout, stderr } = spawnSync("bash", ["-ec", script], { cwd, env, encoding: "utf8" });
  assert.equal(status, 0, stdout + stderr);
  return (stdout + stderr).trim();
}

/** Runs the steps of a job of the release, with functions that take the place of programs. */
function runJob(job: string, cwd: string, functions = ""): string {
  const outputs = release[job].steps.map((step: Record<string, string>) =>
    run(`${functions}\n${step["run"] ?? ""}`, join(cwd, step["working-directory"] ?? ".")),
  );
  return outputs.join("\n").trim();
}

describe("the workflows", (test) => {
  // actionlint runs shellcheck, too.
  for (const command of ["actionlint", "zizmor --offline --quiet --persona=auditor .github", "shellcheck .ci/run"])
    test(`${command} has no finding`, () => void run(command));

  test("each job has a time limit, and those that may write wait for a person and run nothing of the repository", () => {
    for (const [name, job] of Object.entries<any>({ ...ci, ...nightly, ...release })) {
      assert.ok(job["timeout-minutes"], name);
      const publishes = Object.values(job.permissions).includes("write");
      assert.equal(job.environment, publishes ? "release" : undefined, name);
      if (publishes) assert.match(job.needs.join(), /^(tested,build|npm,jsr)$/, name);
      if (publishes) assert.doesNotMatch(JSON.stringify(job.steps), /checkout|npm (ci|install)|npx/, name);
    }
  });

  test("CI needs no root, what is named exists, and Nightly runs every suite", () => {
    assert.doesNotMatch(read(".github/workflows/ci.yml"), /\bsudo\b|\bapt/);
    const suites = readdirSync(join(root, "tests")).filter((one) => existsSync(join(root, "tests", one, "run.ts")));
    const commands = JSON.stringify(nightly) + read(".ci/run");
    const named = [...commands.matchAll(/(?:npm test|npm run|^ *suite) (\w+)/gm)].map(([, one]) => one!);
    for (const one of [...named, ...ci.suite.strategy.matrix.suite])
      assert.ok(suites.includes(one) || one in scripts, one);
    for (const suite of suites) assert.ok(named.includes(suite), suite);
  });

  for (const [suite, end] of [
    ["echo 2 passed, 0 failed", "2 passed, 0 failed\n14 passed, 0 failed"],
    ["echo a ran in 2 runtimes: 8 runs; echo 2 passed, 0 failed", "a ran in 2 runtimes: 8 runs\n14 passed, 0 failed"],
    ["echo 1 passed, 1 failed; return 1", "7 passed, 7 failed\nexit 1"],
    ["echo passed", "0 passed, 7 failed\nexit 1"],
    ["echo 0 passed, 0 failed", "0 passed, 7 failed\nexit 1"],
    ["echo 1 passed, 0 failed; return 1", "7 passed, 7 failed\nexit 1"],
  ] as const)
    test(`.ci/run adds up seven suites that do "${suite}"`, () => {
      const output = run(`npm() { :; }; node() { ${suite}; }; export -f npm node; .ci/run || echo "exit $?"`);
      assert.ok(output.endsWith(`\n${end}`), output);
    });
});

describe("a release", (test) => {
  test("requires that CI and Nightly have succeeded on main for its commit", () => {
    const options = "run list --commit 0123abc --branch main --status success --json url --jq .[].url --workflow";
    const gh = (workflow: string): string => `gh() { [[ "$*" != "${options} "${workflow} ]] || echo url; }`;
    assert.equal(runJob("tested", root, gh("*")), "url\nurl");
    assert.throws(() => runJob("tested", root, gh("'ci.yml --event push'")), /Nightly has not succeeded/);
    assert.throws(() => runJob("tested", root, gh("nightly.yml")), /CI has not succeeded/);
  });

  test("is built from a clean clone and accepted by npm, JSR and GitHub", () => {
    const clone = join(root, ".build/workflows");
    const packages = join(clone, "release");
    rmSync(clone, { recursive: true, force: true });
    run(`git clone --quiet . "${clone}"`);
    const changelog = join(clone, ".github/CHANGELOG.md");
    const text = readFileSync(changelog, "utf8");
    writeFileSync(changelog, text.replace(/^## Unreleased$/m, `## ${version} - 2026-01-01`));
    runJob("build", clone);

    const tarball = `npm/${name}-${version}.tgz`;
    // Without provenance, which can be made only in a workflow.
    const dryRun = 'command npm publish "$2" --access public --dry-run --offline';
    const npm = runJob("npm", packages, `npm() { echo "npm $*"; ${dryRun}; }`);
    assert.ok(npm.startsWith(`npm publish ./${tarball} --access public --provenance\n+ ${name}@${version}\n`), npm);
    const packed = [...npm.matchAll(/^npm notice [\d.]+k?B (\S+)$/gm)].map(([, path]) => path);
    assert.deepEqual(packed.sort(), [...files, "LICENSE", "README.md", "package.json"].sort());
    // The folder lies in a repository here, which may have changes.
    const deno = join(here, "node_modules/@deno/linux-x64-glibc/deno");
    const jsr = runJob("jsr", packages, `deno() { "${deno}" "$@" --dry-run --allow-dirty; }`);
    const sent = [...jsr.matchAll(/jsr\/(\S+) \(/g)].map(([, path]) => path);
    assert.deepEqual(sent.sort(), ["LICENSE", "README.md", "jsr.json", "src/get-status.ts"]);
    const github = runJob("github", packages, 'gh() { ls "${@: -3}" > /dev/null; echo "$*"; }');
    const options = `v${version} --verify-tag --title v${version} --notes-file notes.md get-status.ts ${tarball}`;
    assert.equal(github, `release create ${options}`);
  });
});
