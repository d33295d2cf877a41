// Measures in the runtime that runs this file: `calls.mjs <bundle> <base URL> <seconds> <scenario>...`. A scenario is the
// name of a document, a number of calls at once, and "loopback" or "injected", which returns the same from memory. Prints,
// for each scenario and stack, the median ratio of its time to that of `fetch` and `json()`.
import process from "node:process";

const [bundle, baseUrl, seconds, stack, ...scenarios] = process.argv.slice(2);
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
 * Each round times the base, the stack twice, and the base again, so that a steady drift cancels out. A round is short, so
 * that on a busy machine most rounds run undisturbed.
 */
async function compare(base, other, atOnce, milliseconds) {
  // The engines optimise what runs often: a client that is called once in a while costs more.
  for (const call of [base, other]) {
    for (const end = performance.now() + milliseconds; performance.now() < end;) await time(call, atOnce, 1);
  }
  const slice = Math.max(1, Math.ceil(0.5 / ((await time(base, atOnce, 10)) / 10)));
  const ratios = [];
  for (const end = performance.now() + milliseconds; performance.now() < end || ratios.length < 15;) {
    const before = await time(base, atOnce, slice);
    const twice = await time(other, atOnce, 2 * slice);
    ratios.push(twice / (before + (await time(base, atOnce, slice))));
  }
  return ratios.sort((a, b) => a - b)[ratios.length >> 1];
}

const result = {};
for (const scenario of scenarios) {
  const [document, atOnce, kind] = scenario.split(" ");
  const url = `${baseUrl}/${document}`;
  const text = await (await fetch(`${url}/jobs/j`)).text();
  const injected = async () => new Response(text, { headers: { "content-type": "application/json" } });
  const calls = [];
  for (const name of ["fetch", stack]) {
    const call = stacks[name]({ baseUrl: url, fetch: kind === "injected" ? injected : globalThis.fetch });
    calls.push(() => call("2ea8a6d2-7116-11f1-9b0b-0242ac120002"));
    if ((await calls.at(-1)()).status !== "running") throw new Error(`${name}: ${scenario}`);
  }
  result[scenario] = await compare(...calls, Number(atOnce), Number(seconds) * 1_000);
}
console.log(JSON.stringify(result));
process.exit();
