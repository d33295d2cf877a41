// Runs the recipe for a Workflow in Cloudflare's local engine against the embedded server.
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

const requests = [];
const called = [];
const api = await startServer();
const job = api.add({ seconds: 6 });

// The server has jobs that the embedded one cannot have, and expects a token.
const [respond] = api.server.listeners("request");
api.server.removeAllListeners("request").on("request", (request, response) => {
  const id = request.url.split("/").at(-1);
  requests.push(id);
  const status = { lost: "lost", captured: "captured", zero: "captured" }[id];
  if (request.headers.authorization !== "Bearer right") response.writeHead(401).end();
  else if (id === "down" && requests.filter((one) => one === "down").length < 3) response.writeHead(503).end();
  else if (id === "down") response.end(JSON.stringify({ jobID: id, status: "successful" }));
  else if (status) response.end(JSON.stringify({ jobID: id, status, finished: "2026-01-01T00:00:00Z" }));
  else respond(request, response);
});
const listener = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  called.push(JSON.parse(body));
  response.end();
}).listen(0, "127.0.0.1");
await once(listener, "listening");

const store = mkdtempSync(join(tmpdir(), "workflows-"));
const start = (TOKEN = "right", workflowsPersist = store) =>
  new Miniflare({
    name: "main",
    modules: true,
    script: readFileSync("bundle.workflow.js", "utf8"),
    compatibilityDate: "2024-11-01",
    bindings: { BASE_URL: api.baseUrl, TOKEN, CALLBACK_URL: `http://127.0.0.1:${listener.address().port}/` },
    workflows: { WATCH: { name: "watch", className: "JobWatch" } },
    workflowsPersist,
  });
const watch = async (miniflare, params) => {
  const response = await miniflare.dispatchFetch("https://edge.example/", {
    method: "POST",
    body: JSON.stringify(params),
  });
  assert.equal(response.status, 202);
  return response.json();
};
const until = async (what, condition) => {
  for (const end = Date.now() + 30_000; !condition(); await new Promise((done) => setTimeout(done, 20))) {
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
  }
};
const sent = (id) => requests.filter((one) => one === id).length;
const outcome = async (id) => {
  await until(`the callback for ${id}`, () => called.some(({ jobId }) => jobId === id));
  return called.find(({ jobId }) => jobId === id).outcome;
};

const tests = {
  "it continues after an eviction, and there is one watch for each job": async () => {
    const params = { jobId: job.id, pause: 400 };
    let miniflare = start();
    try {
      await watch(miniflare, params);
      await watch(miniflare, params); // a second start for the same job has no effect
      await until("two requests", () => sent(job.id) >= 2);
      await miniflare.dispose();
      const before = sent(job.id);
      miniflare = start();
      await watch(miniflare, params); // nor does one after the eviction
      assert.equal(await outcome(job.id), "successful");
      assert.ok(sent(job.id) > before, "no request after the eviction");
      const { status, output } = await watch(miniflare, params);
      assert.deepEqual({ status, output }, { status: "complete", output: "successful" });
      // Two watches, or one that began anew, would have sent more.
      assert.ok(sent(job.id) <= 8, `${sent(job.id)} requests`);
      assert.equal(called.length, 1);
    } finally {
      await miniflare.dispose();
    }
  },
  "it requests an unknown status until its time limit, although `finished` is set": () =>
    running("right", async (miniflare) => {
      await watch(miniflare, { jobId: "captured", pause: 100, timeLimit: 1_500 });
      assert.equal(await outcome("captured"), "timed out");
      assert.ok(sent("captured") >= 3, `${sent("captured")} requests`);
    }),
  "it ends with a lost job, which has failed": () =>
    running("right", async (miniflare) => {
      await watch(miniflare, { jobId: "lost", pause: 100 });
      assert.equal(await outcome("lost"), "failed");
      assert.equal(sent("lost"), 1);
    }),
  "it ends with a wrong key after one request": () =>
    running("wrong", async (miniflare) => {
      await watch(miniflare, { jobId: "secret", pause: 100 });
      assert.equal(await outcome("secret"), "refused");
      assert.equal(sent("secret"), 1);
    }),
  "it waits for a server that is down": () =>
    running("right", async (miniflare) => {
      await watch(miniflare, { jobId: "down", pause: 100 });
      assert.equal(await outcome("down"), "successful");
      assert.equal(sent("down"), 3);
    }),
  "it refuses to watch a job without a usable id": () =>
    running("right", async (miniflare) => {
      for (const body of ["{}", '{"jobId":5}', '{"jobId":""}', '{"jobId":".."}']) {
        const response = await miniflare.dispatchFetch("https://edge.example/", { method: "POST", body });
        assert.equal(response.status, 400, body);
      }
    }),
  "it pauses longer each time, even if the first pause is 0": () =>
    running("right", async (miniflare) => {
      await watch(miniflare, { jobId: "zero", pause: 0, timeLimit: 1_500 });
      assert.equal(await outcome("zero"), "timed out");
      assert.ok(sent("zero") <= 10, `${sent("zero")} requests`);
    }),
  "it ends with a 404 that stays": () =>
    running("right", async (miniflare) => {
      await watch(miniflare, { jobId: "none", pause: 10 });
      assert.equal(await outcome("none"), "not found");
      assert.equal(sent("none"), 6);
    }),
};

async function running(token, run) {
  const folder = mkdtempSync(join(tmpdir(), "workflows-"));
  const miniflare = start(token, folder);
  try {
    await run(miniflare);
  } finally {
    await miniflare.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
}

let failed = 0;
for (const [name, test] of Object.entries(tests)) {
  try {
    await test();
  } catch (error) {
    failed++;
    console.log(`FAIL ${name}: ${error.stack}`);
  }
}
await api.close();
listener.close();
listener.closeAllConnections();
rmSync(store, { recursive: true, force: true });
console.log(`${Object.keys(tests).length - failed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
