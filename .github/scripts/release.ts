/**
 * Prepares a release: `node .github/scripts/release.ts <tag> <folder>`, with `dist` built.
 *
 * Fails unless the tag, the package, the source and the changelog agree. Then writes what is published into the folder:
 * `npm/` with the tarball, `jsr/` with the package for JSR, and beside them the one file and the notes. The address of
 * the repository comes from the environment of GitHub Actions, so that a fork publishes its own.
 */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { npm } from "../../tests/support/npm.ts";

const SOURCE = "src/get-status.ts";
const CHANGELOG = ".github/CHANGELOG.md";

/** The properties of package.json that are used here. */
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

/** Says where the tag, the package, the source and the changelog differ. */
export function disagreements({ tag, manifest, lock, source, changelog }: Release): string[] {
  const { name, version, license } = manifest;
  const heading = /^## .*/m.exec(changelog)?.[0];
  const date = /\d{4}-\d\d-\d\d$/.exec(heading ?? "")?.[0] ?? "YYYY-MM-DD";
  const problems = [
    ["The tag", tag, `v${version}`],
    ["The version in package-lock.json", lock.version, version],
    [`The first line of ${SOURCE}`, source.split("\n", 1)[0], `// ${name} ${version} | ${license}`],
    [`The first heading of ${CHANGELOG}`, heading, `## ${version} - ${date}`],
  ]
    .filter(([, found, expected]) => found !== expected)
    .map(([what, found, expected]) => `${what} is "${found}", but must be "${expected}"`);
  if (problems.length === 0 && notesOf(changelog, version) === "") problems.push(`${CHANGELOG} says nothing`);
  return problems;
}

/** The section of the changelog that describes a version, without its heading. */
export function notesOf(changelog: string, version: string): string {
  const section = changelog.split(/^## /m).find((text) => text.startsWith(`${version} - `)) ?? "";
  return section.split("\n").slice(1).join("\n").trim();
}

/** The package.json to publish: npm compares `repository` with the origin of the build before it accepts provenance. */
export function publishedManifest(manifest: Manifest, env: Environment): Manifest {
  const url = `${env["GITHUB_SERVER_URL"]}/${env["GITHUB_REPOSITORY"]}`;
  if (!/^https:\/\/[\w.-]+\/[\w.-]+\/[\w.-]+$/.test(url)) throw new Error(`${url} is not the URL of a repository`);
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
  if (!/^[a-z0-9][a-z0-9-]{0,30}[a-z0-9]$/.test(scope)) throw new Error(`"${scope}" is not a scope of JSR`);
  const include = [SOURCE, "README.md", "LICENSE"];
  return { name: `@${scope}/${name}`, version, license, exports: `./${SOURCE}`, publish: { include } };
}

function prepare(tag: string, out: string, env: Environment): void {
  const manifest: Manifest = JSON.parse(readFileSync("package.json", "utf8"));
  const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
  const changelog = readFileSync(CHANGELOG, "utf8");
  const problems = disagreements({ tag, manifest, lock, source: readFileSync(SOURCE, "utf8"), changelog });
  if (problems.length > 0) throw new Error(problems.join("\n"));

  rmSync(out, { recursive: true, force: true });
  const tarballs = join(out, "npm");
  mkdirSync(tarballs, { recursive: true });
  const staged = join(out, "package");
  stage(manifest.files, staged, "package.json", publishedManifest(manifest, env));
  // Without scripts: dist is built already, and there is no compiler beside the copy.
  npm(["pack", "--ignore-scripts", "--silent", "--pack-destination", tarballs], { cwd: staged });
  rmSync(staged, { recursive: true });
  stage([SOURCE], join(out, "jsr"), "jsr.json", jsrConfig(manifest, env));
  cpSync(SOURCE, join(out, "get-status.ts"));
  writeFileSync(join(out, "notes.md"), `${notesOf(changelog, manifest.version)}\n`);
}

/** Copies files, README and licence into a folder, and writes its configuration. */
function stage(files: readonly string[], folder: string, name: string, config: object): void {
  for (const file of [...files, "README.md", "LICENSE"]) cpSync(file, join(folder, file));
  writeFileSync(join(folder, name), `${JSON.stringify(config, null, 2)}\n`);
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === import.meta.filename) {
  const [tag = "", folder = "release"] = process.argv.slice(2);
  prepare(tag, resolve(folder), process.env);
}
