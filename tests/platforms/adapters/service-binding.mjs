// Runs the recipe for a Worker in workerd, with the embedded server behind its service binding.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Miniflare } from "miniflare";

const { startServer } = await import(process.argv[2]);
const api = await startServer();
api.add({ id: "job 1", frozenAt: 42 });
const tokens = [];
const miniflare = new Miniflare({
  modules: true,
  script: readFileSync("bundle.worker.ts", "utf8"),
  compatibilityDate: "2024-11-01",
  bindings: { BASE_URL: "https://internal/ogcapi", TOKEN: "t" },
  serviceBindings: {
    API(request) {
      tokens.push(request.headers.get("authorization"));
      return fetch(request.url.replace("https://internal/ogcapi", api.baseUrl));
    },
  },
});
const get = async (query) => {
  const response = await miniflare.dispatchFetch(`https://edge.example/${query}`);
  return [response.status, await response.json()];
};
assert.deepEqual(await get("?job=job+1"), [200, { status: "running", progress: 42, message: "Waited 42 % of 3 s" }]);
assert.deepEqual(await get("?job=none"), [404, { error: "no such job" }]);
assert.deepEqual(tokens, ["Bearer t", "Bearer t"]);
process.exit();
