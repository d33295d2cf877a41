import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe } from "../runner/suite.ts";
import { testLifecycle } from "./lifecycle.ts";
import { folder, installed, serve } from "./support.ts";

const home = folder("dagster");
const coordinator = "run_coordinator: { module: dagster.core.run_coordinator, class: DefaultRunCoordinator }";
writeFileSync(join(home, "dagster.yaml"), `${coordinator}\ntelemetry: { enabled: false }`);
const dagster = await serve((port, url) => ({
  command: [installed("dagster-webserver", "dagster-webserver"), "--module-name", "dagster_wait", "--port", port],
  ready: `${url}/server_info`,
  env: { DAGSTER_HOME: home },
}));
const config = join(home, "bbox.toml");
const server = await serve((port, url) => {
  const location = 'repository_name = "processes", repository_location_name = "dagster_wait"';
  const backend = `graphql_url = "${dagster.baseUrl}/graphql", ${location}, request_timeout = 60000`;
  writeFileSync(config, `webserver.server_addr = "127.0.0.1:${port}"\nprocesses.dagster_backend = { ${backend} }`);
  const command = installed("bbox-processes-server", "bbox-processes-server");
  return { command: [command, "--config", config, "serve"], ready: `${url}/conformance` };
});

describe("BBOX, which runs jobs with Dagster", (test) => {
  testLifecycle(test, {
    server,
    inputs: (seconds, fail) => ({ ops: { sleep: { config: { seconds, fail } } } }),
    first: ["accepted", "running"], // The server responds when Dagster has launched the job.
    progress: false,
    results: /"seconds":3\.0/,
    failure: /It was told to fail/,
    dismissal: [405, "successful"],
    missing: { ".": "NotFound no-such-job 404: HTTP 404", elsewhere: "NotFound unspecified 404: HTTP 404" },
    backend: dagster,
    restart: ["ServerError http 500: Failed to connect to host: Connection refused (os error 111)", "successful"],
    interval: 1_000,
  });
});
