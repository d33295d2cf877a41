// Runs the workflow in Cloudflare's local runtime against the embedded server, through an eviction in the middle.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [packages, server] = process.argv.slice(2);
const { Miniflare } = createRequire(packages)("miniflare");
const { startServer } = await import(server);

const asked = [];
const called = [];
const api = await startServer();
api.server.prependListener("request", (request) => asked.push(request.url));
const job = api.add({ seconds: 6 });
const listener = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  called.push(JSON.parse(body));
  response.end();
}).listen(0, "127.0.0.1");
await once(listener, "listening");

const store = mkdtempSync(join(tmpdir(), "workflows-"));
const start = () =>
  new Miniflare({
    name: "main",
    modules: true,
    script: readFileSync("bundle.workflow.js", "utf8"),
    compatibilityDate: "2024-11-01",
    workflows: { WATCH: { name: "watch", className: "JobWatch" } },
    workflowsPersist: store,
  });
const watch = async (miniflare) => {
  const response = await miniflare.dispatchFetch("https://edge.example/", {
    method: "POST",
    body: JSON.stringify({
      baseUrl: api.baseUrl,
      jobId: job.id,
      callback: `http://127.0.0.1:${listener.address().port}/`,
      pause: 400,
    }),
  });
  assert.equal(response.status, 202);
  return response.json();
};
const until = async (what, condition) => {
  for (const end = Date.now() + 30_000; !condition(); await new Promise((done) => setTimeout(done, 20))) {
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
  }
};

let miniflare = start();
try {
  await watch(miniflare);
  await watch(miniflare); // a second start of the same job starts nothing
  await until("two questions", () => asked.length >= 2);
  await miniflare.dispose();
  const before = asked.length;

  miniflare = start();
  await watch(miniflare); // nor does one after the eviction; the watch goes on
  await until("the call back", () => called.length);
  assert.deepEqual(called, [{ jobId: job.id, state: "successful" }]);
  assert.ok(asked.length > before, "it asked again after the eviction");
  const { status, output } = await watch(miniflare);
  assert.deepEqual({ status, output }, { status: "complete", output: "successful" });
  // Two watches, or one that began anew, would have asked more often.
  assert.ok(asked.length <= 8, `it asked ${asked.length} times`);
  assert.equal(called.length, 1);
  console.log("1 passed, 0 failed");
} finally {
  await miniflare.dispose();
  await api.close();
  listener.close();
  listener.closeAllConnections();
  rmSync(store, { recursive: true, force: true });
}
