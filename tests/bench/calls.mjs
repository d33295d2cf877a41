// Measures in the runtime that runs this file: `calls.mjs <bundle> <base URL> <seconds> <scenarios>`. A scenario is the
// name of a document, a number of calls at once, and "loopback" or "injected", which returns the same from memory. Prints,
// for each scenario and stack, the median ratio of its time to that of `fetch` and `json()`.
import process from "node:process";

const [bundle, baseUrl, seconds, scenarios] = process.argv.slice(2);
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
async function compare(base, others, atOnce, milliseconds) {
  for (const call of [base, ...others]) await time(call, atOnce, Math.ceil(600 / atOnce));
  const slice = Math.max(1, Math.ceil(0.5 / ((await time(base, atOnce, 10)) / 10)));
  const ratios = others.map(() => []);
  for (const end = performance.now() + milliseconds; performance.now() < end || ratios[0].length < 15;) {
    const times = others.map(() => 0);
    const before = await time(base, atOnce, slice);
    for (let i = 0; i < others.length; i++) times[i] += await time(others[i], atOnce, slice);
    for (let i = others.length; i-- > 0;) times[i] += await time(others[i], atOnce, slice);
    const both = before + (await time(base, atOnce, slice));
    times.forEach((spent, i) => ratios[i].push(spent / both));
  }
  return ratios.map((list) => list.sort((a, b) => a - b)[list.length >> 1]);
}

const result = {};
for (const [document, atOnce, kind] of JSON.parse(scenarios)) {
  const url = `${baseUrl}/${document}`;
  const text = await (await fetch(`${url}/jobs/j`)).text();
  const injected = async () => new Response(text, { headers: { "content-type": "application/json" } });
  const options = { baseUrl: url, fetch: kind === "injected" ? injected : globalThis.fetch };
  const { fetch: base, ...others } = Object.fromEntries(
    Object.entries(stacks).map(([name, create]) => {
      const call = create(options);
      return [name, () => call("2ea8a6d2-7116-11f1-9b0b-0242ac120002")];
    }),
  );
  for (const call of [base, ...Object.values(others)])
    if ((await call()).status !== "running") throw new Error(document);
  const ratios = await compare(base, Object.values(others), atOnce, Number(seconds) * 1_000);
  result[`${document} ${atOnce} ${kind}`] = Object.fromEntries(Object.keys(others).map((name, i) => [name, ratios[i]]));
}
console.log(JSON.stringify(result));
process.exit();
