import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testLifecycle } from "./lifecycle.ts";
import { GUNICORN, PYGEOAPI, serve } from "./serve.ts";

const path = "/user/ogc-api";
const gunicorn = await serve("pygeoapi", GUNICORN, { ...PYGEOAPI, SCRIPT_NAME: path });
const below = { ...gunicorn, baseUrl: gunicorn.baseUrl + path };

// PostgreSQL refuses to run as root, and its user may not read the other folders.
const data = join(tmpdir(), `postgresql-${process.pid}`);
process.on("exit", () => rmSync(data, { recursive: true, force: true }));
const command = `cd /usr/lib/postgresql/*/bin; as="runuser -u postgres --"
  test -d ${data} || $as ./initdb --auth trust --username postgres --no-sync --pgdata ${data}
  $as ./postgres -D ${data} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -p $PORT`;
// If it is killed, its processes hold the data for a moment.
const backend = await serve("postgresql", command, {}, "QUIT");
const CONNECTION = `postgresql+psycopg2://postgres@127.0.0.1:${backend.port}/postgres`;
const server = await serve("pygeoapi", GUNICORN, { ...PYGEOAPI, MANAGER: "PostgreSQL", CONNECTION });

testLifecycle("pygeoapi-0.24-tinydb", { server: below, count: 30 });
testLifecycle("pygeoapi-0.24-postgresql", { server, backend });
