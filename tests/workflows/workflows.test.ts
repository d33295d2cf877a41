import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe } from "../support/suite.ts";

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly "working-directory"?: string;
}

interface Job {
  readonly needs?: readonly string[];
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly steps: readonly Step[];
  readonly "timeout-minutes"?: number;
}

interface Workflow {
  readonly permissions?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

interface Form {
  readonly name?: string;
  readonly description?: string;
  readonly body: readonly {
    readonly type: string;
    readonly id: string;
    readonly attributes: { readonly label?: string; readonly options?: unknown };
  }[];
}

const root = fileURLToPath(new URL("../../../", import.meta.url));
const here = join(root, "tests/workflows");
const work = join(root, ".build/workflows");
const workflowFolder = join(root, ".github/workflows");
const { parse } = createRequire(join(here, "package.json"))("yaml") as { parse(text: string): unknown };
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

const texts = new Map(
  readdirSync(workflowFolder).map((file) => [file, readFileSync(join(workflowFolder, file), "utf8")]),
);
const workflows = new Map([...texts].map(([file, text]) => [file, parse(text) as Workflow]));
const jobs = [...workflows].flatMap(([file, workflow]) =>
  Object.entries(workflow.jobs).map(([name, job]) => ({ title: `${file} ${name}`, job })),
);

interface Outcome {
  readonly status: number | null;
  readonly output: string;
}

function run(command: string, args: string[], cwd: string, env: Record<string, string> = {}): Outcome {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
  if (error) throw error;
  return { status, output: stdout + stderr };
}

const tool = (name: string): string => join(here, ".venv/bin", name);
const actionlint = (file: string): Outcome => run(tool("actionlint"), ["-shellcheck", tool("shellcheck"), file], root);
const zizmor = (file: string): Outcome =>
  run(tool("zizmor"), ["--offline", "--quiet", "--persona", "auditor", "--format", "plain", file], root);

/** Runs a linter on a copy of release.yml with one change, and returns what it finds. */
function findings(linter: (file: string) => Outcome, from: string | RegExp, to: string): string {
  const folder = join(work, ".github/workflows");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "release.yml");
  const text = texts.get("release.yml")!;
  const changed = text.replace(from, to);
  assert.notEqual(changed, text);
  writeFileSync(file, changed);
  const { status, output } = linter(file);
  assert.notEqual(status, 0);
  return output;
}

/** Runs a script as a runner does, with these commands in front of the others. */
function runStep(step: Step | undefined, cwd: string, env: Record<string, string>, commands: string): Outcome {
  assert.ok(step?.run);
  const path = [commands, join(here, "node_modules/node26/bin"), process.env["PATH"]].join(delimiter);
  return run("bash", ["-e", "-c", step.run], join(cwd, step["working-directory"] ?? "."), { ...env, PATH: path });
}

function job(file: string, name: string): Job {
  const found = workflows.get(file)?.jobs[name];
  assert.ok(found, `${file} has no job ${name}`);
  return found;
}

/** Makes a folder with one command that runs this line of shell. */
function standIn(name: string, line: string): string {
  const folder = join(work, `bin-${name}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), `#!/bin/sh\n${line}\n`);
  chmodSync(join(folder, name), 0o755);
  return folder;
}

rmSync(work, { recursive: true, force: true });
mkdirSync(work, { recursive: true });

describe("the workflows", (test) => {
  for (const file of texts.keys()) {
    test(`actionlint and shellcheck have no finding in ${file}`, () => {
      assert.deepEqual(actionlint(join(workflowFolder, file)), { status: 0, output: "" });
    });

    test(`zizmor has no finding in ${file}`, () => {
      const { status, output } = zizmor(join(workflowFolder, file));
      assert.equal(status, 0, output);
    });

    test(`${file} grants nothing by default`, () => {
      assert.deepEqual(workflows.get(file)!.permissions, {});
    });
  }

  test("zizmor has no finding in dependabot.yml", () => {
    const { status, output } = zizmor(join(root, ".github/dependabot.yml"));
    assert.equal(status, 0, output);
  });

  test("shellcheck has no finding in .ci/run", () => {
    assert.deepEqual(run(tool("shellcheck"), [join(root, ".ci/run")], root), { status: 0, output: "" });
  });

  test("actionlint finds an unknown context and an unquoted variable", () => {
    assert.match(findings(actionlint, "vars.JSR_SCOPE", "var.JSR_SCOPE"), /undefined variable "var"/);
    assert.match(findings(actionlint, '"$GITHUB_REF_NAME" release', "$GITHUB_REF_NAME release"), /SC2086/);
  });

  test("zizmor finds an action that is pinned by a tag, and default permissions", () => {
    assert.match(findings(zizmor, /checkout@[0-9a-f]{40} # v\S+/, "checkout@v7"), /unpinned-uses/);
    assert.match(findings(zizmor, "permissions: {}\n", "permissions: write-all\n"), /excessive-permissions/);
  });

  test("each action is pinned by one commit, with its version in a comment", () => {
    const pins = new Map<string, Set<string>>();
    for (const [file, text] of texts) {
      for (const [line, action = "", pin = ""] of text.matchAll(/uses: ([^@\s]+)@(.*)/g)) {
        assert.match(pin, /^[0-9a-f]{40} # v\d+\.\d+\.\d+$/, `${file}: ${line}`);
        pins.set(action, (pins.get(action) ?? new Set()).add(pin));
      }
    }
    assert.ok(pins.size > 0);
    for (const [action, { size }] of pins) assert.equal(size, 1, action);
  });

  test("each job has a time limit, and only those that publish may write", () => {
    const writers = jobs.flatMap(({ title, job }) => {
      assert.ok(job["timeout-minutes"], title);
      return Object.entries(job.permissions ?? {}).flatMap(([name, access]) =>
        access === "write" ? [`${title}: ${name}`] : [],
      );
    });
    assert.deepEqual(writers, [
      "release.yml npm: id-token",
      "release.yml jsr: id-token",
      "release.yml github: contents",
    ]);
  });

  test("the jobs that publish check nothing out, install no packages, and wait for the tests", () => {
    for (const name of ["npm", "jsr", "github"]) {
      const { steps, needs = [], environment } = job("release.yml", name);
      assert.equal(environment, "release");
      assert.ok(name === "github" ? needs.includes("npm") && needs.includes("jsr") : needs.includes("test"));
      for (const { uses, run } of steps) assert.doesNotMatch(uses ?? run ?? "", /checkout|npm (ci|install)|npx/);
    }
  });

  test("each command that a step runs exists", () => {
    const commands = jobs.flatMap(({ job }) => job.steps.flatMap(({ run }) => (run === undefined ? [] : [run])));
    const scripts = commands.flatMap((run) => [...run.matchAll(/npm run ([\w:]+)/g)].map(([, name = ""]) => name));
    assert.ok(scripts.length > 0);
    for (const name of scripts) assert.ok(name in manifest.scripts, name);
    const files = commands.flatMap((run) => run.match(/\.(?:github|ci)\/[\w./]+/g) ?? []);
    assert.ok(files.length > 0);
    for (const file of files) assert.ok(existsSync(join(root, file)), file);
  });
});

describe("the issue forms", (test) => {
  const folder = join(root, ".github/ISSUE_TEMPLATE");
  const forms = readdirSync(folder).filter((file) => file !== "config.yml");

  for (const file of forms) {
    test(`${file} has what GitHub requires`, () => {
      const form = parse(readFileSync(join(folder, file), "utf8")) as Form;
      assert.ok(form.name && form.description);
      const fields = form.body.filter(({ type }) => type !== "markdown");
      assert.ok(fields.length > 0);
      assert.equal(new Set(fields.map(({ id }) => id)).size, fields.length);
      assert.equal(new Set(fields.map(({ attributes }) => attributes.label)).size, fields.length);
      for (const { id, type, attributes } of fields) {
        assert.match(id, /^[a-z][a-z-]*$/);
        assert.ok(attributes.label, id);
        assert.ok(["input", "textarea", "dropdown"].includes(type), id);
        assert.equal(type === "dropdown", Array.isArray(attributes.options), id);
      }
    });
  }

  test("there is one for answers and one for runtimes", () => {
    assert.deepEqual(forms.sort(), ["answer.yml", "runtime.yml"]);
  });
});

describe("a release", (test) => {
  const tag = `v${manifest.version}`;
  const github = {
    GITHUB_REF_NAME: tag,
    GITHUB_SERVER_URL: "https://github.com",
    GITHUB_REPOSITORY: "Example/ogcapi-job-status",
    JSR_SCOPE: "",
  };
  const clone = join(work, "clone");
  const release = join(clone, "release");
  const tarball = `${manifest.name}-${manifest.version}.tgz`;
  const steps = (name: string): Step[] => job("release.yml", name).steps.filter(({ run }) => run !== undefined);

  test("is built from a clean clone by the steps of the workflow", () => {
    run("git", ["clone", "--quiet", root, clone], work);
    const changelog = join(clone, ".github/CHANGELOG.md");
    const dated = readFileSync(changelog, "utf8").replace(/^## Unreleased$/m, `## ${manifest.version} - 2026-01-01`);
    writeFileSync(changelog, dated);
    assert.equal(steps("build").length, 3);
    for (const step of steps("build")) {
      const { status, output } = runStep(step, clone, github, ".");
      assert.equal(status, 0, output);
    }
    assert.deepEqual(readdirSync(release).sort(), ["get-status.ts", "jsr", "notes.md", "npm"]);
    assert.deepEqual(readdirSync(join(release, "npm")), [tarball]);
    const source = readFileSync(join(clone, "src/get-status.ts"));
    assert.ok(source.equals(readFileSync(join(release, "get-status.ts"))));
    assert.match(readFileSync(join(release, "notes.md"), "utf8"), /\S/);
  });

  test("has a tarball that differs from npm pack only by the addresses in package.json", () => {
    const [ours, packed] = [join(work, "ours"), join(work, "packed")];
    run("npm", ["pack", "--silent", "--pack-destination", work], clone);
    for (const [folder, file] of [
      [ours, join(release, "npm", tarball)],
      [packed, join(work, tarball)],
    ] as const) {
      mkdirSync(folder);
      execFileSync("tar", ["-xzf", file], { cwd: folder });
    }
    assert.deepEqual(run("diff", ["-rq", "ours", "packed"], work), {
      status: 1,
      output: "Files ours/package/package.json and packed/package/package.json differ\n",
    });
    const { repository, homepage, bugs, ...rest } = JSON.parse(
      readFileSync(join(ours, "package/package.json"), "utf8"),
    );
    assert.deepEqual(rest, manifest);
    assert.deepEqual(
      [repository.url, homepage, bugs.url],
      [
        "git+https://github.com/Example/ogcapi-job-status.git",
        "https://github.com/Example/ogcapi-job-status#readme",
        "https://github.com/Example/ogcapi-job-status/issues",
      ],
    );
  });

  for (const [name, change] of [
    ["for another tag", { GITHUB_REF_NAME: "v0.0.1" }],
    ["without the address of the repository", { GITHUB_REPOSITORY: "" }],
    ["with a scope that JSR cannot have", { JSR_SCOPE: "@x/y" }],
  ] as const) {
    test(`is not prepared ${name}`, () => {
      const copy = join(work, "refused");
      rmSync(copy, { recursive: true, force: true });
      cpSync(clone, copy, { recursive: true });
      rmSync(join(copy, "release"), { recursive: true });
      const { status } = runStep(steps("build").at(-1), copy, { ...github, ...change }, ".");
      assert.equal(status, 1);
      assert.ok(!existsSync(join(copy, "release")));
    });
  }

  test("is accepted by npm publish", () => {
    const npm = execFileSync("sh", ["-c", "command -v npm"], { encoding: "utf8" }).trim();
    // Without provenance: it can be made only in a workflow.
    const bin = standIn("npm", `echo "asked: $*"; exec "${npm}" publish "$2" --access public --dry-run --offline`);
    const { status, output } = runStep(steps("npm")[0], release, github, bin);
    assert.equal(status, 0, output);
    assert.match(output, new RegExp(`^asked: publish ./npm/${tarball} --access public --provenance$`, "m"));
    assert.match(output, new RegExp(`^\\+ ${manifest.name}@${manifest.version}$`, "m"));
  });

  test("is accepted by deno publish", () => {
    const deno = join(here, "node_modules/@deno/linux-x64-glibc/deno");
    // The folder lies in a repository here, which may have changes.
    const bin = standIn("deno", `exec "${deno}" "$@" --dry-run --allow-dirty`);
    const { status, output } = runStep(steps("jsr")[0], release, { ...github, NO_COLOR: "1" }, bin);
    assert.equal(status, 0, output);
    assert.match(output, /Success Dry run complete/);
    const files = [...output.matchAll(/jsr\/(\S+) \(/g)].map(([, file]) => file);
    assert.deepEqual(files.sort(), ["LICENSE", "README.md", "jsr.json", "src/get-status.ts"]);
  });

  test("is published on GitHub with the file, the tarball and the notes", () => {
    const bin = standIn("gh", 'printf "%s\\n" "$@"');
    const { status, output } = runStep(steps("github")[0], release, github, bin);
    assert.equal(status, 0, output);
    const args = output.trim().split("\n");
    assert.deepEqual(args, [
      ...["release", "create", tag, "--verify-tag", "--title", tag, "--notes-file", "notes.md"],
      ...["get-status.ts", `npm/${tarball}`],
    ]);
    for (const file of args.slice(-3)) assert.ok(existsSync(join(release, file)), file);
  });

  test("uses the Node and the Deno that these tests use", () => {
    const { dependencies } = JSON.parse(readFileSync(join(here, "package.json"), "utf8"));
    const text = texts.get("release.yml")!;
    assert.equal(/deno-version: (.*)/.exec(text)?.[1], dependencies["@deno/linux-x64-glibc"]);
    for (const name of ["build", "npm"]) {
      const step = JSON.stringify(job("release.yml", name).steps);
      assert.match(step, /"node-version":26\b/);
    }
  });
});
