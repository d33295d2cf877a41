import { describe } from "../support/suite.ts";
import { testBehaviours } from "./behaviours.ts";
import { startFastprocesses, startRedis } from "./servers.ts";
import { freePort } from "./support.ts";

const port = await freePort();
const redis = await startRedis(port);
const server = await startFastprocesses(port);
let key = 0;
const name = "fastprocesses 0.24.1 with Redis and Celery";

describe(name, (test) => {
  testBehaviours(test, {
    name,
    server,
    process: "wait",
    // fastprocesses answers from its cache if it has had the same inputs before.
    inputs: (seconds, fail) => ({ seconds, fail, key: String(key++) }),
    first: { status: "accepted", behind: 2 }, // Its worker takes two jobs at a time.
    progress: true,
    results: /"seconds":3\.0/,
    failure: /^It was told to fail$/,
    dismissal: { http: 405, then: "successful" },
    never: { none: "NotFound no-such-job 404: Job none not found." },
    wrong: { "/elsewhere": "NotFound unspecified 404: Not Found" },
    python: { successful: "read correctly", failed: "read correctly", never: "raised NotFoundException" },
    backend: {
      name: "Redis",
      stop: () => redis.stop(),
      restart: () => redis.restart(),
      down: "ServerError http 500: HTTP 500",
    },
  });

  test("Redis stops", () => redis.stop());
});
