// Runs the recipe for a Workflow in the local engine of Cloudflare.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { Miniflare } from "miniflare";

// An unknown status is not final, even with `finished`. A 404 may be temporary at first; a first pause of 0 grows, too.
const WATCHES = [
  { jobId: "unknown", pause: 1, responses: ["captured", "captured", "successful"], outcome: "successful" },
  { jobId: "lost", pause: 1, responses: ["lost"], outcome: "failed" },
  { jobId: "key", pause: 1, responses: [401], outcome: "refused" },
  { jobId: "down", pause: 1, responses: [503, 503, "successful"], outcome: "successful" },
  { jobId: "late", pause: 1, timeLimit: 0, responses: ["running"], outcome: "timed out" },
  { jobId: "absent", pause: 0, responses: [404, 404, 404, 404, 404, 404], outcome: "not found" },
  { jobId: "evicted", pause: 400, responses: [404, 404, 404, 404, 404, 404], outcome: "not found" },
];
const evicted = WATCHES.at(-1);

/** For each job, the times of the requests, and the outcomes that were called back. */
const requests = Object.fromEntries(WATCHES.map(({ jobId }) => [jobId, []]));
const called = Object.fromEntries(WATCHES.map(({ jobId }) => [jobId, []]));
const server = createServer(async (request, response) => {
  if (request.method === "POST") {
    let body = "";
    for await (const chunk of request) body += chunk;
    const { jobId, outcome } = JSON.parse(body);
    called[jobId].push(outcome);
    return response.end();
  }
  assert.equal(request.headers.authorization, "Bearer t");
  const jobID = request.url.split("/").at(-1);
  const { responses } = WATCHES.find(({ jobId }) => jobId === jobID);
  const next = responses[requests[jobID].push(Date.now()) - 1] ?? responses.at(-1);
  if (typeof next === "number") return response.writeHead(next).end();
  return response.end(JSON.stringify({ jobID, status: next, finished: "2026-01-01T00:00:00Z" }));
}).listen(0, "127.0.0.1");
await once(server, "listening");
const url = `http://127.0.0.1:${server.address().port}`;

const workflowsPersist = mkdtempSync("workflow-");
const start = () =>
  new Miniflare({
    name: "main",
    modules: true,
    script: readFileSync("bundle.workflow.ts", "utf8"),
    compatibilityDate: "2024-11-01",
    bindings: { BASE_URL: url, TOKEN: "t", CALLBACK_URL: url },
    workflows: { WATCH: { name: "watch", className: "JobWatch" } },
    workflowsPersist,
  });
let miniflare = start();
const post = (params) =>
  miniflare.dispatchFetch("https://edge.example/", { method: "POST", body: JSON.stringify(params) });
const watch = async ({ jobId, pause, timeLimit }) => (await post({ jobId, pause, timeLimit })).json();
/** Ends by the time limit of this program. */
const until = async (condition) => {
  while (!condition()) await new Promise((done) => setTimeout(done, 20));
};
const hasEnded = ({ jobId }) => called[jobId].length;

for (const jobId of [undefined, 5, "", ".."]) assert.equal((await post({ jobId })).status, 400);

await Promise.all(WATCHES.slice(0, -1).map(watch));
await until(() => WATCHES.slice(0, -1).every(hasEnded));
const [first, ...later] = requests.absent;
assert.ok(later.at(-1) - first > 1_000, "the pauses do not grow");

// The engine continues after an eviction, and there is one watch for each job: another would send more requests.
await watch(evicted);
await watch(evicted);
await until(() => requests.evicted.length === 2);
await miniflare.dispose();
miniflare = start();
await watch(evicted);
await until(() => hasEnded(evicted));
let state = await watch(evicted);
while (state.status === "running") state = await watch(evicted);
assert.deepEqual([state.status, state.output], ["complete", "not found"]);

for (const { jobId, outcome, responses } of WATCHES) {
  assert.deepEqual(called[jobId], [outcome], jobId);
  const more = requests[jobId].length - responses.length;
  // The eviction may have interrupted a request, which is then repeated.
  assert.ok(more === 0 || (more === 1 && jobId === evicted.jobId), `${jobId}: ${more} requests more`);
}
process.exit();
