// Measures in the runtime that runs this file: `calls.mjs <bundle> <base URL> <seconds> <scenario>...`. A scenario is the
// name of a document, a number of calls at once, and "loopback" or "injected", which returns the same from memory. Prints,
// for each scenario and stack, the median ratio of its time to that of `fetch` and `json()`.
import process from "node:process";

const [bundle, baseUrl, seconds, ...scenarios] = process.argv.slice(2);
const { stacks } = await import(bundle);

/** Milliseconds for `count` rounds of `atOnce` calls. */
async function time(call, atOnce, count) {
  const start = performance.now();
  for (let i = 0; i < count; i++) {
    if (atOnce === 1) await call();
    else await Promise.all(Array.from({ length: atOnce }, call));
  }
  return performance.now() - start;
}

/**
 * Each round times the base, each stack there and back, and the base again, so that a steady drift cancels out. A round is
 * short, so that on a busy machine most rounds run undisturbed.
 */
async function compare({ fetch: base, ...others }, atOnce, milliseconds) {
  const rows = Object.entries(others).map(([name, call]) => ({ name, call, spent: 0, ratios: [] }));
  for (const call of [base, ...Object.values(others)]) await time(call, atOnce, Math.ceil(600 / atOnce));
  const slice = Math.max(1, Math.ceil(0.5 / ((await time(base, atOnce, 10)) / 10)));
  for (const end = performance.now() + milliseconds; performance.now() < end || rows[0].ratios.length < 15;) {
    for (const row of rows) row.spent = 0;
    const before = await time(base, atOnce, slice);
    for (const row of [...rows, ...rows.toReversed()]) row.spent += await time(row.call, atOnce, slice);
    const both = before + (await time(base, atOnce, slice));
    for (const row of rows) row.ratios.push(row.spent / both);
  }
  const median = (list) => list.sort((a, b) => a - b)[list.length >> 1];
  return Object.fromEntries(rows.map(({ name, ratios }) => [name, median(ratios)]));
}

const result = {};
for (const scenario of scenarios) {
  const [document, atOnce, kind] = scenario.split(" ");
  const url = `${baseUrl}/${document}`;
  const text = await (await fetch(`${url}/jobs/j`)).text();
  const injected = async () => new Response(text, { headers: { "content-type": "application/json" } });
  const calls = {};
  for (const [name, create] of Object.entries(stacks)) {
    const call = create({ baseUrl: url, fetch: kind === "injected" ? injected : globalThis.fetch });
    calls[name] = () => call("2ea8a6d2-7116-11f1-9b0b-0242ac120002");
    if ((await calls[name]()).status !== "running") throw new Error(`${name}: ${scenario}`);
  }
  result[scenario] = await compare(calls, Number(atOnce), Number(seconds) * 1_000);
}
console.log(JSON.stringify(result));
process.exit();
