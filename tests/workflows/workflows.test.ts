import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe } from "../runner/suite.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const here = join(root, "tests/workflows");
const work = join(root, ".build/workflows");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const { parse } = createRequire(join(here, "package.json"))("yaml") as { parse(text: string): any };
const manifest = JSON.parse(read("package.json"));

type Outcome = { readonly status: number | null; readonly output: string };

const files = readdirSync(join(root, ".github/workflows")).map((file) => `.github/workflows/${file}`);
const jobs: [name: string, job: any][] = files.flatMap((file) => Object.entries(parse(read(file)).jobs));

/** Runs a command, with shell functions in place of some of the commands that it runs. */
function run(command: string, args: string[], cwd: string, commands = {}, env = {}): Outcome {
  const functions = Object.entries(commands).map(([name, code]) => [`BASH_FUNC_${name}%%`, `() { ${String(code)}; }`]);
  const options = { cwd, env: { ...process.env, ...env, ...Object.fromEntries(functions) }, encoding: "utf8" } as const;
  const { status, stdout, stderr, error } = spawnSync(command, args, options);
  if (error) throw error;
  return { status, output: (stdout + stderr).trim() };
}

/** Runs the steps of a job of the release. */
function runJob(name: string, cwd: string, commands = {}): string {
  const env = {
    PATH: [join(here, "node_modules/node26/bin"), process.env["PATH"]].join(delimiter),
    GITHUB_REF_NAME: `v${manifest.version}`,
    GITHUB_SHA: "0123abc",
    GITHUB_SERVER_URL: "https://github.com",
    GITHUB_REPOSITORY: "Example/ogcapi-job-status",
    NO_COLOR: "1",
  };
  const { steps } = new Map(jobs).get(name);
  const outputs = steps.map(({ run: script = "", "working-directory": folder = "." }: any) => {
    const { status, output } = run("bash", ["-e", "-c", script], join(cwd, folder), commands, env);
    assert.equal(status, 0, output);
    return output;
  });
  return outputs.filter(Boolean).join("\n");
}

rmSync(work, { recursive: true, force: true });
mkdirSync(join(work, ".github/workflows"), { recursive: true });

describe("the workflows", (test) => {
  const bin = join(here, ".venv/bin");
  const actionlint = ["-shellcheck", join(bin, "shellcheck")];
  for (const [linter, args] of Object.entries({
    actionlint: [...actionlint, ...files],
    zizmor: ["--offline", "--quiet", "--persona=auditor", ...files, ".github/dependabot.yml"],
    shellcheck: [".ci/run"],
  })) {
    test(`${linter} has no finding`, () => {
      const { status, output } = run(join(bin, linter), args, root);
      assert.equal(status, 0, output);
    });
  }

  test("actionlint and shellcheck find an unknown variable and a missing quotation mark", () => {
    const changed = join(work, ".github/workflows/release.yml");
    const text = read(".github/workflows/release.yml");
    writeFileSync(changed, text.replace("vars.", "var.").replace('"$GITHUB_SHA"', "$GITHUB_SHA"));
    assert.match(run(join(bin, "actionlint"), [...actionlint, changed], root).output, /SC2086[^]*variable "var"/);
  });

  test("each job has a time limit, and only those that publish may write, which run nothing of the repository", () => {
    for (const [name, job] of jobs) {
      assert.ok(job["timeout-minutes"], name);
      const publishes = Object.values(job.permissions).includes("write");
      assert.equal(job.environment, publishes ? "release" : undefined, name);
      if (!publishes) continue;
      assert.ok(name === "github" ? job.needs.includes("npm") : job.needs.includes("tested"), name);
      assert.doesNotMatch(JSON.stringify(job.steps), /checkout|npm (ci|install)|npx/);
    }
  });

  test("each script, suite and file that a step or .ci/run names exists", () => {
    const steps = jobs.flatMap(([, job]) => job.steps.map((step: any) => step.run));
    const commands = [...steps, read(".ci/run")].join("\n");
    for (const [, name = ""] of commands.matchAll(/npm run (\w+)/g)) assert.ok(name in manifest.scripts, name);
    const suites = [...commands.matchAll(/(?:npm test|^ *suite) (\w+)/gm)].map(([, name]) => `tests/${name}/run.ts`);
    const paths = commands.match(/\.(github|ci)\/[\w./]+/g) ?? [];
    for (const path of [...suites, ...paths]) assert.ok(existsSync(join(root, path)), path);
  });

  for (const [title, node, last] of [
    ["passes if each suite does", "echo 2 passed, 0 failed", "14 passed, 0 failed"],
    ["fails if tests fail", "echo 1 passed, 1 failed; return 1", "7 passed, 7 failed"],
    ["fails if a suite prints no line", "echo passed", "0 passed, 7 failed"],
    ["fails if a suite has no tests", "echo 0 passed, 0 failed", "0 passed, 7 failed"],
    ["fails if a suite exits with 1", "echo 1 passed, 0 failed; return 1", "7 passed, 7 failed"],
  ] as const) {
    test(`.ci/run ${title}`, () => {
      const { status, output } = run(join(root, ".ci/run"), [], root, { npm: "true", node });
      assert.equal(output.split("\n").at(-1), last);
      assert.equal(status, last.endsWith(" 0 failed") ? 0 : 1);
    });
  }
});

describe("a release", (test) => {
  const clone = join(work, "clone");
  const release = join(clone, "release");
  const tag = `v${manifest.version}`;
  const tarball = `npm/${manifest.name}-${manifest.version}.tgz`;

  test("requires that CI has succeeded on main for its commit", () => {
    const filters = "--workflow ci.yml --commit 0123abc --branch main --event push --status success";
    const gh = (runs: string): object => ({ gh: `[[ "$*" == "run list ${filters} "* ]] && echo ${runs}` });
    assert.equal(runJob("tested", work, gh("https://github.com/runs/1")), "https://github.com/runs/1");
    assert.throws(() => runJob("tested", work, gh("")), /There is none/);
  });

  test("is built from a clean clone, with the files of package.json", () => {
    run("git", ["clone", "--quiet", root, clone], work);
    const changelog = join(clone, ".github/CHANGELOG.md");
    const text = readFileSync(changelog, "utf8");
    writeFileSync(changelog, text.replace(/^## Unreleased$/m, `## ${manifest.version} - 2026-01-01`));
    runJob("build", clone);
    assert.deepEqual(readdirSync(release).sort(), ["get-status.ts", "jsr", "notes.md", "npm"]);
    const packed = run("tar", ["-tzf", join(release, tarball)], work).output.split("\n");
    const expected = [...manifest.files, "LICENSE", "README.md", "package.json"].map((path) => `package/${path}`);
    assert.deepEqual(packed.sort(), expected.sort());
  });

  test("is accepted by npm publish and deno publish", () => {
    // Without provenance, which can be made only in a workflow.
    const npm = 'echo "npm $*"; command npm publish "$2" --access public --dry-run --offline';
    const published = runJob("npm", release, { npm });
    assert.ok(published.startsWith(`npm publish ./${tarball} --access public --provenance\n`), published);
    assert.ok(published.includes(`+ ${manifest.name}@${manifest.version}`), published);
    // The folder lies in a repository here, which may have changes.
    const deno = `${join(here, "node_modules/@deno/linux-x64-glibc/deno")} "$@" --dry-run --allow-dirty`;
    const paths = [...runJob("jsr", release, { deno }).matchAll(/jsr\/(\S+) \(/g)].map(([, path]) => path);
    assert.deepEqual(paths.sort(), ["LICENSE", "README.md", "jsr.json", "src/get-status.ts"]);
  });

  test("is published on GitHub with the file, the tarball and the notes", () => {
    const paths = ["notes.md", "get-status.ts", tarball];
    const output = runJob("github", release, { gh: 'echo "$@"' });
    assert.equal(output, `release create ${tag} --verify-tag --title ${tag} --notes-file ${paths.join(" ")}`);
    for (const path of paths) assert.ok(existsSync(join(release, path)), path);
  });
});
