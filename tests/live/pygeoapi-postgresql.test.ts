import assert from "node:assert/strict";
import { describe } from "../support/suite.ts";
import { PYGEOAPI, testBehaviours } from "./behaviours.ts";
import { startPostgresql, startPygeoapi } from "./servers.ts";
import { execute, getStatus, info } from "./support.ts";

const postgresql = await startPostgresql();
const server = await startPygeoapi({ version: "0.24", postgresql: postgresql.baseUrl });
const name = "pygeoapi 0.24.0 with PostgreSQL";

describe(name, (test) => {
  test("dates are without a zone", async () => {
    const job = await execute(server.baseUrl, "wait", { seconds: 0 });
    assert.match(info(await getStatus(job.baseUrl, job.jobId)).created ?? "", /^\d{4}-\d\d-\d\dT[\d:.]+$/);
  });

  testBehaviours(test, {
    name,
    ...PYGEOAPI,
    server,
    backend: {
      name: "PostgreSQL",
      stop: () => postgresql.stop("SIGQUIT"),
      restart: () => postgresql.restart(),
      down: "ServerError http 500: HTTP 500",
    },
  });

  test("PostgreSQL stops", () => postgresql.stop("SIGQUIT"));
});
