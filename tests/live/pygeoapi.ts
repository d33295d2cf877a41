import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { folder, installed, serve, type Server } from "./support.ts";

/** Writes a configuration, and returns the variables that name it. */
export function configure(url: string, postgresql?: string) {
  const jobs = folder("pygeoapi");
  const manager = { name: postgresql ? "PostgreSQL" : "TinyDB", connection: postgresql ?? join(jobs, "jobs.db") };
  const types = { mimetype: "application/json; charset=UTF-8", encoding: "utf-8", languages: ["en-US"] };
  const unused = { bind: { host: "127.0.0.1", port: 0 }, map: { url, attribution: "none" } };
  const none = { name: "none", title: "none", description: "none", keywords: ["none"], terms_of_service: "none", url };
  const config = {
    server: { url, gzip: true, manager: { ...manager, output_dir: jobs }, ...types, ...unused },
    logging: { level: "ERROR" },
    metadata: { identification: none, license: none, provider: none, contact: none },
    resources: { wait: { type: "process", processor: { name: "pygeoapi_wait.WaitProcessor" } } },
  };
  const [file, openapi] = [join(jobs, "config.yml"), join(jobs, "openapi.json")];
  writeFileSync(file, JSON.stringify(config)); // JSON is YAML, too.
  writeFileSync(openapi, "{}");
  return { PYGEOAPI_CONFIG: file, PYGEOAPI_OPENAPI: openapi };
}

/** Starts pygeoapi with Flask under gunicorn, below a path, with jobs in a file or in PostgreSQL. */
export async function startPygeoapi(path = "", postgresql?: string): Promise<Server> {
  const options = "--workers 1 --threads 32 --no-control-socket pygeoapi.flask_app:APP".split(" ");
  const server = await serve((port, url) => ({
    command: [installed("pygeoapi", "gunicorn"), "--bind", `127.0.0.1:${port}`, ...options],
    ready: `${url}${path}/conformance?f=json`,
    env: { ...configure(url + path, postgresql), SCRIPT_NAME: path },
  }));
  return { ...server, baseUrl: server.baseUrl + path };
}

/** What is expected of pygeoapi, wherever it has its jobs. */
export const PYGEOAPI = {
  results: /"value":\s*3\.0/,
  failure: /It was told to fail$/,
  dismissal: [200, "NotFound unspecified"],
  missing: { ".": "NotFound unspecified 404: none", elsewhere: "NotFound unspecified 404: HTTP 404" },
} as const;
