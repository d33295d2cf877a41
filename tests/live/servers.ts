/** Starts each of the servers on loopback, on free ports. */
import { execFileSync } from "node:child_process";
import { chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { folder, freePort, here, start, type Running, type StartOptions } from "./support.ts";

export interface Server extends Running {
  readonly baseUrl: string;
  /** Starts it again, on the same port and with the same data. */
  restart(): Promise<void>;
}

/** Starts a server that can be started again. */
async function restartable(baseUrl: string, serve: () => Promise<Running>): Promise<Server> {
  let running = await serve();
  return {
    baseUrl,
    signal: (signal) => running.signal(signal),
    stop: (signal) => running.stop(signal),
    restart: async () => void (running = await serve()),
  };
}

function bin(environment: string, command: string): string {
  return join(here, ".venv", environment, "bin", command);
}

interface PygeoapiOptions {
  readonly version?: "0.21" | "0.24";
  /** The path that the WSGI server puts before all others. */
  readonly prefix?: string;
  /** The database of the PostgreSQL job manager, instead of a file for TinyDB. */
  readonly postgresql?: string;
}

/** The variables that pygeoapi reads and that `pygeoapi/config.yml` names. */
function pygeoapiVariables(port: number, baseUrl: string, postgresql?: string) {
  const jobs = folder("pygeoapi");
  return {
    PORT: String(port),
    BASE_URL: baseUrl,
    JOBS_DIR: jobs,
    MANAGER: postgresql === undefined ? "TinyDB" : "PostgreSQL",
    CONNECTION: postgresql ?? join(jobs, "jobs.db"),
    PYGEOAPI_CONFIG: join(here, "pygeoapi/config.yml"),
    PYGEOAPI_OPENAPI: join(jobs, "openapi.yml"),
    PYTHONPATH: join(here, "pygeoapi"),
    PYTHONDONTWRITEBYTECODE: "1",
  };
}

/** pygeoapi with Flask under gunicorn. */
export async function startPygeoapi({
  version = "0.21",
  prefix = "",
  postgresql,
}: PygeoapiOptions = {}): Promise<Server> {
  const port = await freePort();
  const baseUrl = `http://127.0.0.1:${port}${prefix}`;
  const env = { ...pygeoapiVariables(port, baseUrl, postgresql), SCRIPT_NAME: prefix };
  const environment = `pygeoapi-${version}`;
  execFileSync(
    bin(environment, "pygeoapi"),
    ["openapi", "generate", env.PYGEOAPI_CONFIG, "--output-file", env.PYGEOAPI_OPENAPI],
    { env: { ...process.env, ...env }, stdio: ["ignore", "ignore", "pipe"] },
  );
  const gunicorn = `--bind 127.0.0.1:${port} --workers 1 --threads 32 --no-control-socket --graceful-timeout 1`;
  return restartable(baseUrl, () =>
    start(
      [bin(environment, "gunicorn"), ...gunicorn.split(" "), "pygeoapi.flask_app:APP"],
      `${baseUrl}/conformance?f=json`,
      { env },
    ),
  );
}

/** fastgeoapi, which serves pygeoapi 0.24 below `/geoapi` and requires an API key there. */
export async function startFastgeoapi(key: string): Promise<Server> {
  const port = await freePort();
  const baseUrl = `http://127.0.0.1:${port}/geoapi`;
  const variables = pygeoapiVariables(port, baseUrl);
  const env = {
    ...variables,
    ENV_STATE: "prod",
    HOST: "127.0.0.1",
    PROD_LOG_PATH: variables.JOBS_DIR,
    PROD_FASTGEOAPI_CONTEXT: "/geoapi",
    PROD_PYGEOAPI_BASEURL: `http://127.0.0.1:${port}`,
    PROD_PYGEOAPI_CONFIG: variables.PYGEOAPI_CONFIG,
    PROD_PYGEOAPI_OPENAPI: variables.PYGEOAPI_OPENAPI,
    PROD_API_KEY_ENABLED: "true",
    PROD_PYGEOAPI_KEY_GLOBAL: key,
  };
  return restartable(baseUrl, () =>
    start(
      [bin("fastgeoapi", "uvicorn"), "app.main:app", "--host", "127.0.0.1", "--port", String(port)],
      `http://127.0.0.1:${port}/readyz`,
      { env },
    ),
  );
}

/** fastprocesses: an API under uvicorn and a Celery worker for two jobs at a time, which share a Redis. */
export async function startFastprocesses(redisPort: number): Promise<Server> {
  const port = await freePort();
  const baseUrl = `http://127.0.0.1:${port}`;
  const env: Record<string, string> = { PYTHONPATH: join(here, "fastprocesses"), PYTHONDONTWRITEBYTECODE: "1" };
  for (const use of ["CELERY_BROKER", "CELERY_RESULT", "RESULT_CACHE"]) {
    env[`FP_${use}_HOST`] = "127.0.0.1";
    env[`FP_${use}_PORT`] = String(redisPort);
  }
  const worker = "-A fastprocesses.worker.celery_app worker --concurrency 2 --loglevel INFO";
  return restartable(baseUrl, async () => {
    const celery = await start([bin("fastprocesses", "celery"), ...worker.split(" ")], /\bready\.$/m, { env });
    const api = await start(
      [bin("fastprocesses", "uvicorn"), "service:app", "--host", "127.0.0.1", "--port", String(port)],
      `${baseUrl}/conformance`,
      { env },
    );
    return {
      signal: (signal) => api.signal(signal),
      stop: async (signal) => void (await Promise.all([api.stop(signal), celery.stop("SIGKILL")])),
    };
  });
}

/** BBOX, which executes a process as a job of Dagster. */
export async function startBbox(dagsterPort: number): Promise<Server> {
  const port = await freePort();
  const baseUrl = `http://127.0.0.1:${port}`;
  const config = join(folder("bbox"), "bbox.toml");
  writeFileSync(
    config,
    `
[webserver]
server_addr = "127.0.0.1:${port}"
[processes.dagster_backend]
graphql_url = "http://127.0.0.1:${dagsterPort}/graphql"
repository_name = "processes"
repository_location_name = "jobs"
request_timeout = 60000
`,
  );
  return restartable(baseUrl, () =>
    start([bin("cargo", "bbox-processes-server"), "--config", config, "serve"], `${baseUrl}/conformance`),
  );
}

export async function startDagster(port: number): Promise<Server> {
  const home = folder("dagster");
  writeFileSync(
    join(home, "dagster.yaml"),
    `
run_coordinator: { module: dagster.core.run_coordinator, class: DefaultRunCoordinator }
telemetry: { enabled: false }
`,
  );
  const env = { DAGSTER_HOME: home, PYTHONDONTWRITEBYTECODE: "1" };
  const baseUrl = `http://127.0.0.1:${port}`;
  return restartable(baseUrl, () =>
    start(
      [
        bin("bbox", "dagster-webserver"),
        ...["--host", "127.0.0.1", "--port", String(port)],
        ...["--workspace", join(here, "bbox/workspace.yaml")],
      ],
      `${baseUrl}/server_info`,
      { env },
    ),
  );
}

export async function startWraptile(): Promise<Server> {
  const port = await freePort();
  const baseUrl = `http://127.0.0.1:${port}`;
  return restartable(baseUrl, () =>
    start(
      [bin("wraptile", "wraptile"), "run", "--port", String(port), "wraptile.services.local.testing:service"],
      `${baseUrl}/conformance`,
    ),
  );
}

/** Redis, which writes each change to a file. */
export async function startRedis(port: number): Promise<Server> {
  const options = `--port ${port} --bind 127.0.0.1 --appendonly yes --dir ${folder("redis")}`;
  return restartable(`redis://127.0.0.1:${port}`, () =>
    start(["redis-server", ...options.split(" ")], ["redis-cli", "-p", String(port), "ping"]),
  );
}

/** A PostgreSQL cluster in a folder of its own, with a database `postgres` that requires no password. */
export async function startPostgresql(): Promise<Server> {
  const port = await freePort();
  const data = mkdtempSync(join(tmpdir(), "postgresql-")); // not in the project, which its user might not reach
  process.on("exit", () => rmSync(data, { recursive: true, force: true }));
  const user = postgresqlUser();
  if (user.user) chownSync(data, user.user.uid, user.user.gid);
  const command = postgresqlCommand();
  execFileSync(command("initdb"), ["--auth", "trust", "--username", "postgres", "--no-sync", "--pgdata", data], {
    ...user.user,
    cwd: data,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const options = `-D ${data} -p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off`;
  return restartable(`postgresql+psycopg2://postgres@127.0.0.1:${port}/postgres`, () =>
    start(
      [command("postgres"), ...options.split(" ")],
      [command("pg_isready"), ..."-h 127.0.0.1 -U postgres -p".split(" "), String(port)],
      user,
    ),
  );
}

/** PostgreSQL refuses to run as root. */
function postgresqlUser(): StartOptions {
  if (process.getuid?.() !== 0) return {};
  const id = (option: string): number => Number(execFileSync("id", [option, "postgres"], { encoding: "utf8" }));
  return { user: { uid: id("-u"), gid: id("-g") } };
}

/** Debian keeps the commands of each version in a folder of its own. */
function postgresqlCommand(): (name: string) => string {
  const versions = "/usr/lib/postgresql";
  const newest = readdirSync(versions).sort((a, b) => Number(b) - Number(a))[0]!;
  return (name) => join(versions, newest, "bin", name);
}

/** nginx in the foreground, with this `http` block. */
export async function startNginx(port: number, http: string): Promise<Running> {
  const prefix = folder("nginx");
  mkdirSync(join(prefix, "logs"));
  writeFileSync(
    join(prefix, "nginx.conf"),
    `
${process.getuid?.() === 0 ? "user root;" : "" /* a worker of nobody could not read the files of this folder */}
daemon off; error_log stderr error; pid ${prefix}/nginx.pid; worker_processes 1;
events { worker_connections 512; }
http {
  access_log off;
  ${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${prefix}/${name};`).join(" ")}
  ${http}
}`,
  );
  return start(["nginx", "-p", prefix, "-c", join(prefix, "nginx.conf")], `http://127.0.0.1:${port}/`);
}
