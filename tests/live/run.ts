/**
 * Installs servers from their registries, and runs the tests against them: `npm test live [pattern]`.
 *
 * The versions of Python packages follow from those below and from one date, those of crates from their own lock files.
 * Debian's packages have the version that the machine offers.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { installCrate, installDebian, installPython } from "../support/install.ts";
import { environments, work } from "./serve.ts";

const PYGEOAPI = "pygeoapi==0.24.0 gunicorn==27.0.1";
const WRAPTILE = "wraptile==0.3.0";
/** What each test file needs. */
const NEEDS: Readonly<Record<string, { python: string; crate?: string; debian?: readonly string[] }>> = {
  bbox: { python: "dagster-webserver==1.13.28", crate: "bbox-processes-server@0.6.1" },
  fastgeoapi: { python: "fastgeoapi==0.4.0" },
  fastprocesses: { python: "fastprocesses==0.24.1 packaging", debian: ["redis-server"] },
  nginx: { python: WRAPTILE, debian: ["nginx", "openssl"] },
  "py-qgis-wps": { python: "py-qgis-wps==1.10.1", debian: ["python3-qgis", "redis-server"] },
  "pygeoapi-prefect": { python: `pygeoapi-prefect==0.9.1 ${PYGEOAPI}` },
  pygeoapi: { python: `${PYGEOAPI} GeoAlchemy2 psycopg2-binary`, debian: ["postgresql"] },
  wraptile: { python: WRAPTILE },
};

const patterns = process.argv.slice(2);
const matches = (file: string): boolean => !patterns.length || patterns.some((one) => new RegExp(one).test(file));
const needs = Object.entries(NEEDS).flatMap(([name, need]) => (matches(`${name}.test.js`) ? [need] : []));

rmSync(work, { recursive: true, force: true });
mkdirSync(work, { recursive: true });
await Promise.all([
  installDebian(new Set(needs.flatMap(({ debian = [] }) => debian))),
  installPython(environments, new Set(needs.map(({ python }) => python))),
  ...needs.map(({ crate }) => crate && installCrate(environments, crate)),
]);
const args = [join(import.meta.dirname, "../runner/run.js"), "--in", import.meta.dirname, "--limit", "600"];
process.exitCode = spawnSync(process.execPath, [...args, ...patterns], { stdio: "inherit" }).status ?? 1;
