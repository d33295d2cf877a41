// Runs the recipe for a Workflow in the local engine of Cloudflare.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";
import { Miniflare } from "miniflare";
import { listen } from "../../support/listen.ts";

const ROWS = [
  // An unknown status is not final, even with `finished`. A 404 may be temporary at first.
  { jobId: "unknown", responses: ["captured", "captured", "successful"], outcome: "successful" },
  { jobId: "lost", responses: ["lost"], outcome: "failed" },
  { jobId: "key", responses: [401], outcome: "refused" },
  { jobId: "down", responses: [503, 503, "successful"], outcome: "successful" },
  { jobId: "absent", responses: [404, 404, 404, 404, 404, 404], outcome: "not found" },
  { jobId: "stray", responses: ["", "<p>", 520, 425, "successful"], outcome: "successful" },
  { jobId: "moved", responses: [301], outcome: "refused" }, // the token must not be sent along
  { jobId: "deaf", responses: ["successful"], outcome: "successful", callbacks: 2 }, // the first is redirected
  { jobId: "late", responses: ["running"], outcome: "timed out" },
];
/** By job, also the times of the requests, and the outcomes that were called back. */
const watches = Object.fromEntries(ROWS.map((row) => [row.jobId, { callbacks: 1, ...row, times: [], called: [] }]));

const server = createServer(async (request, response) => {
  if (request.method === "POST") {
    const { jobId, outcome } = await new Response(request).json();
    const { called, callbacks } = watches[jobId];
    if (called.push(outcome) < callbacks) response.writeHead(301, { location: "/elsewhere" });
    return response.end();
  }
  assert.equal(request.headers.authorization, "Bearer t");
  assert.notEqual(request.url, "/elsewhere");
  const jobID = request.url.split("/").at(-1);
  const { responses, times } = watches[jobID];
  const next = responses[times.push(Date.now()) - 1] ?? responses.at(-1);
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
  modules: true,
  script,
  compatibilityDate: "2024-11-01",
  bindings: { BASE_URL: url, TOKEN: "t", CALLBACK_URL: url },
  workflows: { WATCH: { name: "watch", className: "JobWatch" } },
});
const request = (method, body) => miniflare.dispatchFetch("https://edge.example/", { method, body });

const ids = [undefined, 5, "", "..", "\ud800"].map((jobId) => JSON.stringify({ jobId }));
for (const body of [...ids, "null", "[]", '"job-1"', "5", "{", ""])
  assert.equal((await request("POST", body)).status, 400, body);
for (const method of ["GET", "PUT"]) assert.equal((await request(method)).status, 405, method);

/** Starts a watch until it has ended. There is one for each job: another would send more requests. */
async function runWatch({ jobId, responses, outcome, callbacks, times, called }) {
  let watch = {};
  while (watch.status !== "complete") {
    await setTimeout(20); // until the time limit of this program
    watch = await (await request("POST", JSON.stringify({ jobId }))).json();
  }
  assert.equal(watch.output, outcome, jobId);
  assert.deepEqual(called, Array(callbacks).fill(outcome), jobId);
  if (outcome !== "timed out") assert.equal(times.length, responses.length, jobId);
}
await Promise.all(Object.values(watches).map(runWatch));
const { times } = watches.absent;
assert.ok(times.at(-1) - times[0] > 1_000, "the pauses do not grow");
process.exit();
