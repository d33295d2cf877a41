// Measures one call in the runtime that runs this file: `calls.mjs <document> <base URL> <seconds> <base> <other>`.
// Prints the median ratio of the time of the other bundle to that of the base bundle.
import { readFileSync } from "node:fs";
import process from "node:process";
import { pathToFileURL } from "node:url";

const [document, baseUrl, seconds, ...bundles] = process.argv.slice(2);
const text = readFileSync(document, "utf8");
const stacks = await Promise.all(bundles.map((path) => import(pathToFileURL(path).href)));

const injected = async () => new Response(text, { headers: { "content-type": "application/json" } });
const tasks = {
  injected: { options: { fetch: injected, baseUrl: "http://h" }, warmUp: 3_000, share: 0.35 },
  loopback: { options: { fetch: globalThis.fetch, baseUrl }, warmUp: 600, share: 0.65 },
};

/** Milliseconds for this many calls, one after the other. */
async function time(call, count) {
  const start = performance.now();
  for (let i = 0; i < count; i++) await call();
  return performance.now() - start;
}

/**
 * Compares two calls in many rounds. Each round times base, other, other, base, so that a steady drift cancels out, and
 * is far shorter than a time slice of the scheduler, so that on a busy machine most rounds run undisturbed.
 */
async function compare(base, other, milliseconds) {
  const slice = Math.ceil(0.3 / ((await time(base, 200)) / 200)); // calls in some 0.3 ms
  const ratios = [];
  for (const end = performance.now() + milliseconds; performance.now() < end || ratios.length < 20;) {
    const before = await time(base, slice);
    const both = (await time(other, slice)) + (await time(other, slice));
    const after = await time(base, slice);
    ratios.push(both / (before + after));
  }
  return ratios.sort((a, b) => a - b)[ratios.length >> 1];
}

const result = {};
for (const [task, { options, warmUp, share }] of Object.entries(tasks)) {
  const calls = stacks.map(({ create }) => {
    const call = create(options);
    return () => call("2ea8a6d2-7116-11f1-9b0b-0242ac120002");
  });
  for (const call of calls) {
    const { status } = await call();
    if (status !== "running") throw new Error(`expected the status running, got ${status}`);
    await time(call, warmUp);
  }
  const [base, other] = calls;
  result[task] = await compare(base, other, Number(seconds) * 1_000 * share);
}
console.log(JSON.stringify(result));
process.exit();
