// Runs the recipe for a Worker in workerd, with the embedded server behind its service binding.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [packages, server] = process.argv.slice(2);
const { Miniflare } = createRequire(packages)("miniflare");
const { startServer } = await import(server);

const api = await startServer();
api.add({ id: "job 1", frozenAt: 42 });
const tokens = [];
const miniflare = new Miniflare({
  modules: true,
  script: readFileSync("bundle.worker-recipe.js", "utf8"),
  compatibilityDate: "2024-11-01",
  bindings: { BASE_URL: "https://internal/ogcapi", TOKEN: "t" },
  serviceBindings: {
    API(request) {
      tokens.push(request.headers.get("authorization"));
      return fetch(request.url.replace("https://internal/ogcapi", api.baseUrl));
    },
  },
});
try {
  const found = await miniflare.dispatchFetch("https://edge.example/?job=job+1");
  const expected = { status: "running", progress: 42, message: "Waited 42 % of 3 s" };
  assert.deepEqual([found.status, await found.json()], [200, expected]);
  assert.equal(found.headers.get("access-control-allow-origin"), "*");
  const preflight = await miniflare.dispatchFetch("https://edge.example/?job=job+1", { method: "OPTIONS" });
  assert.equal(preflight.status, 204);
  for (const query of ["?job=none", "?job=..", ""]) {
    const missing = await miniflare.dispatchFetch(`https://edge.example/${query}`);
    assert.deepEqual([missing.status, await missing.json()], [404, { error: "no such job" }], query);
  }
  assert.deepEqual(tokens, ["Bearer t", "Bearer t"]);
  console.log("1 passed, 0 failed");
} finally {
  await miniflare.dispose();
  await api.close();
}
