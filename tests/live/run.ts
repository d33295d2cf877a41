/**
 * Installs servers from their registries, and runs the tests against them: `npm test live [pattern]`.
 *
 * The versions of Python packages follow from those below and from one date, those of crates from their own lock files.
 * Debian's packages have the version that the machine offers.
 */
import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { aptGet, installPython, once } from "../support/install.ts";
import { environments, work } from "./support.ts";

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

const run = promisify(execFile);
const patterns = process.argv.slice(2);
const matches = (file: string): boolean => !patterns.length || patterns.some((one) => new RegExp(one).test(file));
const needs = Object.entries(NEEDS).flatMap(([name, need]) => (matches(`${name}.test.js`) ? [need] : []));

rmSync(work, { recursive: true, force: true });
mkdirSync(work, { recursive: true });
await Promise.all([
  installDebian(new Set(needs.flatMap(({ debian = [] }) => debian))),
  installPython(environments, new Set(needs.map(({ python }) => python))),
  ...needs.map(({ crate }) => crate && installCrate(crate)),
]);
const runner = join(import.meta.dirname, "../runner/run.js");
const args = ["--in", import.meta.dirname, "--limit", "600", ...patterns];
process.exitCode = spawnSync(process.execPath, [runner, ...args], { stdio: "inherit" }).status ?? 1;

async function installDebian(packages: ReadonlySet<string>): Promise<void> {
  const query = ["--show", "--showformat", "${db:Status-Status}"];
  const statusOf = (name: string): string => String(spawnSync("dpkg-query", [...query, name]).stdout);
  const missing = [...packages].filter((name) => statusOf(name) !== "installed");
  if (!missing.length) return;
  console.log(`installing ${missing.join(" ")} with apt-get`);
  for (const args of aptGet(missing)) await run("apt-get", args);
}

/** Builds the command of a crate, without optimisation, which takes a third of the time. */
function installCrate(crate: string): Promise<void> {
  return once(join(environments, crate.split("@")[0]!), crate, async (folder) => {
    await run("cargo", ["install", "--quiet", "--debug", "--locked", "--root", folder, crate]);
  });
}
