/**
 * Installs servers from their registries, and runs the tests against them: `npm test live [pattern]`.
 *
 * The versions of Python packages follow from those below and from one date, those of crates from their own lock files.
 * Debian's packages have the version that the machine offers.
 */
import { execFile, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { aptGet } from "../support/install.ts";
import { installed, work } from "./support.ts";

const PYGEOAPI = "pygeoapi==0.24.0 gunicorn==27.0.1 GeoAlchemy2 psycopg2-binary";
/** What each test file needs. */
const NEEDS: Readonly<Record<string, { python: string; crate?: string; debian?: readonly string[] }>> = {
  bbox: { python: "dagster-webserver==1.13.28", crate: "bbox-processes-server@0.6.1" },
  fastgeoapi: { python: "fastgeoapi==0.4.0" },
  fastprocesses: { python: "fastprocesses==0.24.1 packaging", debian: ["redis-server"] },
  nginx: { python: PYGEOAPI, debian: ["nginx", "openssl"] },
  "py-qgis-wps": { python: "py-qgis-wps==1.10.1", debian: ["python3-qgis", "redis-server"] },
  pygeoapi: { python: PYGEOAPI, debian: ["postgresql"] },
  wraptile: { python: "wraptile==0.3.0" },
};
const UV = "uv==0.13.9";
const UPLOADED_BEFORE = "2026-11-25T00:00:00Z";

const run = promisify(execFile);
const patterns = process.argv.slice(2);
const matches = (file: string): boolean => !patterns.length || patterns.some((one) => new RegExp(one).test(file));
const needs = Object.entries(NEEDS).flatMap(([name, need]) => (matches(`${name}.test.js`) ? [need] : []));

rmSync(work, { recursive: true, force: true });
mkdirSync(work, { recursive: true });
try {
  await Promise.all([
    installDebian(new Set(needs.flatMap(({ debian = [] }) => debian))),
    installPython(new Set(needs.map(({ python }) => python))),
    ...needs.map(({ crate }) => crate && installCrate(crate)),
  ]);
} catch (error) {
  console.error((error as Error).message);
  console.log("0 passed, 1 failed");
  process.exit(1);
}
const runner = join(import.meta.dirname, "../runner/run.js");
const args = ["--in", import.meta.dirname, "--limit", "600", ...patterns];
process.exitCode = spawnSync(process.execPath, [runner, ...args], { stdio: "inherit" }).status ?? 1;

async function installDebian(packages: ReadonlySet<string>): Promise<void> {
  const query = ["--show", "--showformat", "${db:Status-Status}"];
  const isInstalled = (name: string): boolean =>
    spawnSync("dpkg-query", [...query, name], { encoding: "utf8" }).stdout === "installed";
  const missing = [...packages].filter((name) => !isInstalled(name));
  if (!missing.length) return;
  console.log(`installing ${missing.join(" ")} with apt-get`);
  for (const args of aptGet(missing)) await run("apt-get", args);
}

/** Installs each list of packages into a virtual environment of its own. */
async function installPython(lists: ReadonlySet<string>): Promise<void> {
  // The commands of pyenv's versions need not be on the path.
  const pyenv = join(process.env["PYENV_ROOT"] ?? join(homedir(), ".pyenv"), "versions");
  const versions = existsSync(pyenv) ? readdirSync(pyenv).map((version) => join(pyenv, version, "bin")) : [];
  process.env["PATH"] = [...versions, process.env["PATH"]].join(delimiter);
  await once("uv", UV, async (folder) => {
    await run("python3", ["-m", "venv", folder]);
    await run(installed("uv", "pip"), ["install", UV]);
  });
  const uv = installed("uv", "uv");
  const install = (list: string): Promise<void> =>
    once(list.split("==")[0]!, `${list} uploaded before ${UPLOADED_BEFORE}`, async (folder) => {
      // Debian has QGIS for its own Python only.
      const python = /qgis/.test(list) ? ["/usr/bin/python3", "--system-site-packages"] : [">=3.12,<3.14"];
      await run(uv, ["venv", folder, "--no-python-downloads", "--python", ...python]);
      const packages = ["--exclude-newer", UPLOADED_BEFORE, ...list.split(" ")];
      await run(uv, ["pip", "install", "--python", folder, ...packages]);
    });
  await Promise.all([...lists].map(install));
}

/** Builds the command of a crate, without optimisation, which takes a third of the time. */
function installCrate(crate: string): Promise<void> {
  return once(crate.split("@")[0]!, crate, async (folder) => {
    await run("cargo", ["install", "--quiet", "--debug", "--locked", "--root", folder, crate]);
  });
}

/** Installs into a folder, unless it holds the same versions already. */
async function once(name: string, versions: string, install: (folder: string) => Promise<void>): Promise<void> {
  const folder = join(installed(name), "..");
  const done = join(folder, "versions");
  if (existsSync(done) && readFileSync(done, "utf8") === versions) return;
  console.log(`installing ${versions}`);
  rmSync(folder, { recursive: true, force: true });
  await install(folder);
  writeFileSync(done, versions);
}
