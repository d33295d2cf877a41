// Runs the recipe for a Workflow in the local engine of Cloudflare.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";
import { Miniflare } from "miniflare";
import { listen } from "../../support/listen.ts";

// An unknown status is not final, even with `finished`. A 404 may be temporary at first.
const WATCHES = [
  { jobId: "unknown", responses: ["captured", "captured", "successful"], outcome: "successful" },
  { jobId: "lost", responses: ["lost"], outcome: "failed" },
  { jobId: "key", responses: [401], outcome: "refused" },
  { jobId: "down", responses: [503, 503, "successful"], outcome: "successful" },
  { jobId: "absent", responses: [404, 404, 404, 404, 404, 404], outcome: "not found" },
  { jobId: "stray", responses: ["", "<p>", 520, 425, "successful"], outcome: "successful" },
  { jobId: "moved", responses: [301], outcome: "refused" }, // the token must not be sent along
  { jobId: "deaf", responses: ["successful"], outcome: "successful" }, // its first callback is redirected
  { jobId: "late", responses: ["running"], outcome: "timed out" },
];

/** For each job, the times of the requests, and the outcomes that were called back. */
const requests = Object.fromEntries(WATCHES.map(({ jobId }) => [jobId, []]));
const called = Object.fromEntries(WATCHES.map(({ jobId }) => [jobId, []]));
const server = createServer(async (request, response) => {
  if (request.method === "POST") {
    const { jobId, outcome } = await new Response(request).json();
    if (jobId === "deaf" && called.deaf.length === 0) response.writeHead(301, { location: "/elsewhere" });
    called[jobId].push(outcome);
    return response.end();
  }
  assert.equal(request.headers.authorization, "Bearer t");
  assert.notEqual(request.url, "/elsewhere");
  const jobID = request.url.split("/").at(-1);
  const { responses } = WATCHES.find(({ jobId }) => jobId === jobID);
  const next = responses[requests[jobID].push(Date.now()) - 1] ?? responses.at(-1);
  if (typeof next === "number") return response.writeHead(next, { location: "/elsewhere" }).end();
  if (next === "" || next === "<p>") return response.end(next);
  return response.end(JSON.stringify({ jobID, status: next, finished: "2026-01-01T00:00:00Z" }));
});
const url = await listen(server);

// The sixth request is sent after 1.3 s.
const script = readFileSync(process.argv[2], "utf8")
  .replace(/\bFIRST_PAUSE = [\w.]+/, "FIRST_PAUSE = 100")
  .replace(/\bTIME_LIMIT = [\w.]+/, "TIME_LIMIT = 5000");
const miniflare = new Miniflare({
  name: "main",
  modules: true,
  script,
  compatibilityDate: "2024-11-01",
  bindings: { BASE_URL: url, TOKEN: "t", CALLBACK_URL: url },
  workflows: { WATCH: { name: "watch", className: "JobWatch" } },
});
const request = (method, body) => miniflare.dispatchFetch("https://edge.example/", { method, body });

for (const [method, body, status] of [
  ...[undefined, 5, "", "..", "\ud800"].map((jobId) => ["POST", JSON.stringify({ jobId }), 400]),
  ...["null", "[]", '"job-1"', "5", "{", ""].map((body) => ["POST", body, 400]),
  ["GET", undefined, 405],
  ["PUT", "{}", 405],
])
  assert.equal((await request(method, body)).status, status, body);

/** Starts a watch until it has ended. There is one for each job: another would send more requests. */
async function outcomeOf({ jobId }) {
  for (;;) {
    const { status, output } = await (await request("POST", JSON.stringify({ jobId }))).json();
    if (status === "complete") return output;
    await setTimeout(20); // until the time limit of this program
  }
}
const outcomes = await Promise.all(WATCHES.map(outcomeOf));
WATCHES.forEach(({ jobId, responses, outcome }, index) => {
  assert.deepEqual([outcomes[index], ...called[jobId]], Array(jobId === "deaf" ? 3 : 2).fill(outcome), jobId);
  if (outcome !== "timed out") assert.equal(requests[jobId].length, responses.length, jobId);
});
assert.ok(requests.absent.at(-1) - requests.absent[0] > 1_000, "the pauses do not grow");
process.exit();
