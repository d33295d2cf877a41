/**
 * Prepares a release: `node .github/scripts/release.ts <tag> <folder>`, with `dist` built.
 *
 * Fails unless the tag, the package, the source and the changelog agree. Then writes into the folder what is
 * published: `npm/` holds the tarball, `jsr/` the package for JSR, and beside them are the one file and the notes.
 * The address of the repository comes from the environment of GitHub Actions, so a fork publishes its own.
 */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { npm } from "../../tests/support/npm.ts";

const SOURCE = "src/get-status.ts";
const CHANGELOG = ".github/CHANGELOG.md";

/** The members of package.json that are used here. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly files: readonly string[];
  readonly [name: string]: unknown;
}

export interface Release {
  readonly tag: string;
  readonly manifest: Manifest;
  readonly lock: { readonly version: string };
  readonly source: string;
  readonly changelog: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** The sentences that say where the tag, the package, the source and the changelog differ. */
export function disagreements({ tag, manifest, lock, source, changelog }: Release): string[] {
  const { name, version, license } = manifest;
  const problems: string[] = [];
  if (tag !== `v${version}`) problems.push(`The tag is ${tag}, but package.json has version ${version}`);
  if (lock.version !== version) {
    problems.push(`package-lock.json has version ${lock.version}, but package.json has ${version}`);
  }

  const firstLine = source.split("\n", 1)[0];
  const header = `// ${name} ${version} | ${license}`;
  if (firstLine !== header) problems.push(`The first line of ${SOURCE} is "${firstLine}", but must be "${header}"`);

  const heading = /^## .*/m.exec(changelog)?.[0] ?? "";
  if (!heading.startsWith(`## ${version} - `) || !/ - \d{4}-\d\d-\d\d$/.test(heading)) {
    problems.push(`The first heading of ${CHANGELOG} is "${heading}", but must be "## ${version} - YYYY-MM-DD"`);
  } else if (notesOf(changelog, version) === "") {
    problems.push(`${CHANGELOG} says nothing about ${version}`);
  }
  return problems;
}

/** The section of the changelog that describes a version, without its heading. */
export function notesOf(changelog: string, version: string): string {
  const section = changelog.split(/^## /m).find((text) => text.startsWith(`${version} - `)) ?? "";
  return section.split("\n").slice(1).join("\n").trim();
}

/** The package.json to publish: npm compares `repository` with the origin of the build before it accepts provenance. */
export function publishedManifest(manifest: Manifest, env: Environment): Manifest {
  const { GITHUB_SERVER_URL: server = "", GITHUB_REPOSITORY: repository = "" } = env;
  if (!/^https:\/\/[\w.-]+$/.test(server)) throw new Error(`GITHUB_SERVER_URL is not the URL of a host: "${server}"`);
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) throw new Error(`GITHUB_REPOSITORY is not owner/name: "${repository}"`);
  const url = `${server}/${repository}`;
  return {
    ...manifest,
    repository: { type: "git", url: `git+${url}.git` },
    homepage: `${url}#readme`,
    bugs: { url: `${url}/issues` },
  };
}

/** The configuration for JSR: the scope is the variable JSR_SCOPE, or else the owner of the repository. */
export function jsrConfig({ name, version, license }: Manifest, env: Environment): object {
  const scope = env["JSR_SCOPE"] || env["GITHUB_REPOSITORY"]?.split("/")[0]?.toLowerCase() || "";
  if (!/^[a-z0-9][a-z0-9-]{0,30}[a-z0-9]$/.test(scope))
    throw new Error(`JSR_SCOPE is not the name of a scope: "${scope}"`);
  return {
    name: `@${scope}/${name}`,
    version,
    license,
    exports: `./${SOURCE}`,
    publish: { include: [SOURCE, "README.md", "LICENSE"] },
  };
}

function prepare(tag: string, out: string, env: Environment): void {
  const manifest: Manifest = JSON.parse(readFileSync("package.json", "utf8"));
  const changelog = readFileSync(CHANGELOG, "utf8");
  const problems = disagreements({
    tag,
    manifest,
    lock: JSON.parse(readFileSync("package-lock.json", "utf8")),
    source: readFileSync(SOURCE, "utf8"),
    changelog,
  });
  if (problems.length > 0) throw new Error(problems.join("\n"));
  const published = publishedManifest(manifest, env);
  const jsr = jsrConfig(manifest, env);

  rmSync(out, { recursive: true, force: true });
  mkdirSync(join(out, "npm"), { recursive: true });
  const staged = join(out, "package");
  copy([...manifest.files, "README.md", "LICENSE"], staged);
  writeJson(join(staged, "package.json"), published);
  // Without scripts: dist is built already, and there is no compiler beside the copy.
  npm(["pack", "--ignore-scripts", "--silent", "--pack-destination", join(out, "npm")], { cwd: staged });
  rmSync(staged, { recursive: true });

  const jsrFolder = join(out, "jsr");
  copy([SOURCE, "README.md", "LICENSE"], jsrFolder);
  writeJson(join(jsrFolder, "jsr.json"), jsr);

  cpSync(SOURCE, join(out, "get-status.ts"));
  writeFileSync(join(out, "notes.md"), `${notesOf(changelog, manifest.version)}\n`);
  console.log(`Prepared ${manifest.name} ${manifest.version} in ${out}`);
}

function copy(files: readonly string[], folder: string): void {
  for (const file of files) cpSync(file, join(folder, file));
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === import.meta.filename) {
  const [tag, folder, ...more] = process.argv.slice(2);
  try {
    if (tag === undefined || folder === undefined || more.length > 0)
      throw new Error("Usage: release.ts <tag> <folder>");
    prepare(tag, resolve(folder), process.env);
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
