import { describe } from "../runner/suite.ts";
import { testLifecycle } from "./lifecycle.ts";
import { installed, serve, startRedis } from "./support.ts";

const redis = await startRedis();
const at = (use: string) => ({ [`FP_${use}_HOST`]: "127.0.0.1", [`FP_${use}_PORT`]: redis.port });
const env = { ...at("CELERY_BROKER"), ...at("CELERY_RESULT"), ...at("RESULT_CACHE") };
const worker = "-A fastprocesses.worker.celery_app worker --concurrency 2 --loglevel INFO".split(" ");
const server = await serve((port, url) => [
  { command: [installed("fastprocesses", "celery"), ...worker], ready: /\bready\.$/m, env },
  {
    command: [installed("fastprocesses", "uvicorn"), "fastprocesses_wait:app", "--port", port],
    ready: `${url}/conformance`,
    env,
  },
]);
let key = 0;

describe("fastprocesses with Redis and Celery", (test) => {
  testLifecycle(test, {
    server,
    // For inputs that it has seen before, the server returns the result from its cache.
    inputs: (seconds, fail) => ({ seconds, fail, key: String(key++) }),
    parallel: 2,
    results: /"seconds":3\.0/,
    failure: /^It was told to fail$/,
    dismissal: [405, "successful"],
    missing: { ".": "NotFound no-such-job 404: Job none not found.", elsewhere: "NotFound unspecified 404: Not Found" },
    backend: redis,
    restart: ["ServerError http 500: HTTP 500", "successful"],
  });
});
