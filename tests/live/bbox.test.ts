import { describe } from "../support/suite.ts";
import { testBehaviours } from "./behaviours.ts";
import { startBbox, startDagster } from "./servers.ts";
import { freePort } from "./support.ts";

const port = await freePort();
const dagster = await startDagster(port);
const server = await startBbox(port);
const name = "BBOX 0.6.1 in front of Dagster";

describe(name, (test) => {
  testBehaviours(test, {
    name,
    server,
    process: "wait",
    inputs: (seconds, fail) => ({ ops: { sleep: { config: { seconds, fail } } } }),
    first: { status: "accepted or running", behind: 0 }, // The server responds once Dagster has launched the job.
    progress: false,
    results: /"seconds":3\.0/,
    failure: /It was told to fail/,
    dismissal: { http: 405, then: "successful" },
    never: { none: "NotFound no-such-job 404: HTTP 404" },
    wrong: { "/elsewhere": "NotFound unspecified 404: HTTP 404" },
    python: { successful: "read correctly", failed: "read correctly", never: "raised NotFoundException" },
    backend: {
      name: "Dagster",
      stop: () => dagster.stop(),
      restart: () => dagster.restart(),
      down: "ServerError http 500: Failed to connect to host: Connection refused (os error 111)",
    },
    interval: 3_000,
  });

  test("Dagster stops", () => dagster.stop());
});
