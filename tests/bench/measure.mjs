// Measures calls: `measure.mjs <packages> <base> <report> <bundle>...`, where the first bundle is what the others are held against.
// Rounds are interleaved, and each gives its own ratio, so that a busy machine slows both sides of it.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename } from "node:path";

const [packages, folder, task, ...bundles] = process.argv.slice(2);
const { Bench } = await import(createRequire(packages).resolve("tinybench"));
const text = readFileSync(`${folder}/${process.env.DOCUMENT ?? "pygeoapi-running.json"}`, "utf8");
const stacks = await Promise.all(bundles.map(async (path) => [basename(path, ".js"), (await import(path)).create]));
const init = { status: 200, headers: { "content-type": "application/json" } };

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const spread = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  return [sorted[Math.floor(sorted.length / 10)], median(values), sorted[Math.ceil(sorted.length * 0.9) - 1]];
};

/** How often, and for how many milliseconds each time, so many calls in flight are measured. */
const ROUNDS = { 1: [60, 20], 100: [10, 150], 1000: [7, 300] };

/** Ratios of each stack to the first, by the mean of two short runs, round by round. */
async function ratios(calls, rounds, milliseconds) {
  const result = new Map(calls.map(([name]) => [name, []]));
  for (let round = -Math.ceil(rounds / 20); round < rounds; round++) {
    // the first to warm up
    const bench = new Bench({ time: milliseconds, iterations: 1, warmup: false });
    // In another order each time, there and back, and behind one unmeasured call: whoever is first would pay for the
    // connections, and whoever is second for the garbage.
    const order = [...calls].sort(() => Math.random() - 0.5);
    for (const [name, call] of order) bench.add(`${name}, there`, call);
    for (const [name, call] of order.reverse()) bench.add(`${name}, back`, call);
    await calls[0][1]();
    await bench.run();
    const mean = (name) => {
      const { error, latency } = bench.getTask(name).result;
      if (error) throw new Error(`${name}: ${error.message}`);
      return latency.mean;
    };
    const both = (name) => mean(`${name}, there`) + mean(`${name}, back`);
    const base = both(calls[0][0]);
    if (round >= 0) for (const [name] of calls) result.get(name).push(both(name) / base);
  }
  return Object.fromEntries([...result].map(([name, values]) => [name, spread(values)]));
}

/** Collects until what only finalizers hold is gone as well. */
async function settle() {
  for (let turn = 0; turn < 4; turn++) {
    await new Promise((done) => setImmediate(done));
    gc();
  }
}

const injected = (body) => async () => new Response(body, init);
const result = {};
if (task === "injected") {
  const calls = stacks.map(([name, create]) => {
    const call = create({ fetch: injected(text), baseUrl: "http://h" });
    return [name, () => call("j")];
  });
  result.ratios = await ratios(calls, 100, 5);
} else if (task.startsWith("http")) {
  const calls = stacks.map(([name, create]) => [name, create({ fetch: globalThis.fetch, baseUrl: task })]);
  for (const inFlight of process.env.IN_FLIGHT.split(",").map(Number)) {
    result[inFlight] = await ratios(
      calls.map(([name, call]) => [name, () => Promise.all(Array.from({ length: inFlight }, () => call("j")))]),
      ...ROUNDS[inFlight],
    );
  }
} else if (task === "allocated") {
  // Nothing is collected meanwhile: the young generation holds all of it.
  for (const [name, create] of stacks) {
    const call = create({ fetch: injected(text), baseUrl: "http://h" });
    for (let i = 0; i < 300; i++) await call("j");
    gc();
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 500; i++) await call("j");
    result[name] = Math.round((process.memoryUsage().heapUsed - before) / 500);
  }
} else if (task === "growth") {
  const [, create] = stacks.find(([name]) => name === "ours");
  const status = { jobID: "j", status: "running", type: "process" };
  const link = {
    href: "https://h/jobs/j/results?f=json",
    rel: "results",
    type: "application/json",
    title: "Results of the job",
  };
  const shapes = {
    links: (bytes) =>
      JSON.stringify({
        ...status,
        links: Array(Math.max(1, Math.floor(bytes / JSON.stringify(link).length))).fill(link),
      }),
    message: (bytes) => JSON.stringify({ ...status, message: "m".repeat(bytes) }),
    vendor: (bytes) =>
      JSON.stringify({ ...status, metadata: Array(Math.ceil(bytes / 24)).fill({ time: 1, log: "x" }) }),
    "error, HTML": (bytes) => "<p>".padEnd(bytes, "error "),
  };
  for (const [shape, write] of Object.entries(shapes)) {
    for (const bytes of [200, 2_000, 20_000, 200_000, 1_000_000]) {
      const body = write(Math.min(bytes, 1_000_000));
      const failed = shape.startsWith("error");
      const fetch = async () => new Response(body, { ...init, status: failed ? 500 : 200 });
      const call = create({ fetch, baseUrl: "http://h" });
      const bare = async () => (failed ? (await fetch()).text() : (await fetch()).json());
      const {
        ours: [, ratio],
      } = await ratios(
        [
          ["bare", bare],
          ["ours", () => call("j")],
        ],
        20,
        6,
      );
      // As many results as make some megabytes: one is lost in what the heap holds anyway.
      const kept = [];
      await settle();
      const before = process.memoryUsage().heapUsed;
      for (let left = 4_000_000; left > 0; left -= body.length) kept.push(await call("j"));
      await settle();
      const used = process.memoryUsage().heapUsed - before;
      (result[shape] ??= []).push({ bytes: body.length, ratio, kept: Math.round(used / kept.length) });
    }
  }
} else if (task === "read") {
  const answers = JSON.parse(readFileSync(`${folder}/answers.json`, "utf8"));
  for (const [name, create] of stacks) {
    const count = { read: 0, told: 0 };
    for (const { status, headers, body, kind, expected } of answers) {
      const fetch = async () => new Response([204, 205, 304].includes(status) ? null : body, { status, headers });
      try {
        const answer = await create({ fetch, baseUrl: "http://h" })("j");
        if (kind === "StatusInfo") count.read += Number(answer.kind === kind && answer.status === expected);
        else count.told += Number(answer.kind === kind);
      } catch {
        // Neither read nor told.
      }
    }
    result[name] = count;
  }
}
console.log(JSON.stringify(result));
process.exit();
