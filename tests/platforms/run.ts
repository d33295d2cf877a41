/**
 * Runs the tests of contract/, wire/ and recipes/ in each runtime of `runtimes.ts`, and tests types, the package and
 * recipes with the tools of other people: `npm test platforms`, or `npm test platforms Deno` for the names that
 * match. `npm test` counts the tests themselves; here, all of them in one runtime count once.
 */
import { rmSync } from "node:fs";
import { runAll } from "../support/execute.ts";
import { installPrivate } from "../support/install.ts";
import { startPlace } from "../wire/server.ts";
import { cacheTrials } from "./caches.ts";
import { compilers, otherChecks } from "./checks.ts";
import { recipeTrials } from "./recipes.ts";
import { buildProjects, counts, installChromium, runtimes } from "./runtimes.ts";
import { here, work, type Check } from "./tools.ts";

const patterns = process.argv.slice(2).map((pattern) => new RegExp(pattern));
const failures: string[] = [];
let passed = 0;

try {
  installPrivate(here);
  rmSync(work, { recursive: true, force: true });
  buildProjects();
  const place = await startPlace();
  const all = [...compilers(), ...otherChecks(), ...cacheTrials(), ...recipeTrials(place), ...runtimes(place)];
  const checks = all.filter(([name]) => !patterns.length || patterns.some((pattern) => pattern.test(name)));
  if (!checks.length) throw new Error("nothing has a name that matches");
  if (checks.some(([name]) => name.includes("Chromium"))) await installChromium();
  await runAll(checks.map((check) => () => judge(check)));
} catch (error) {
  failures.push(`FAIL the run\n${String(error)}`);
}
if (counts.length) {
  const runs = counts.reduce((sum, count) => sum + count).toLocaleString("en");
  console.log(`the tests ran in ${counts.length} runtimes: ${runs} runs`);
}
for (const text of failures) console.log(text.slice(0, 8_000).replaceAll("\n", "\n     "));
console.log(`${passed} passed, ${failures.length} failed`);
process.exit(failures.length ? 1 : 0); // the servers and esbuild would keep the process alive

async function judge([name, run]: Check): Promise<void> {
  const start = Date.now();
  const late = new Promise<never>((_, reject) =>
    setTimeout(reject, 180_000, "it did not end in three minutes").unref(),
  );
  try {
    await Promise.race([run(), late]);
    passed++;
    console.log(`ok   ${name} (${Date.now() - start} ms)`);
  } catch (error) {
    failures.push(`FAIL ${name}\n${String(error)}`);
    console.log(`FAIL ${name}, see below`);
  }
}
