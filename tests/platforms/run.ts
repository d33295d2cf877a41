/**
 * Runs the tests of contract/, wire/ and recipes/ in each runtime of `runtimes.ts`, and tests the types and the package
 * with the tools of other people: `npm test platforms`, or `npm test platforms Deno` for what has a name that matches.
 *
 * The tests are counted by `npm test`: here, all of them in one runtime count once, and so does a type under two compilers.
 */
import { rmSync } from "node:fs";
import { runAll } from "../support/execute.ts";
import { installPrivate } from "../support/install.ts";
import { startPlace } from "../wire/server.ts";
import { cacheTrials } from "./caches.ts";
import { compilers, otherChecks } from "./checks.ts";
import { recipeTrials } from "./recipes.ts";
import { buildProjects, installChromium, pageFile, runtimes } from "./runtimes.ts";
import { here, work, type Task } from "./tools.ts";

const patterns = process.argv.slice(2).map((pattern) => new RegExp(pattern));
const matches = (name: string): boolean => !patterns.length || patterns.some((pattern) => pattern.test(name));

/** The problems of each check. */
const problemsOf = new Map<string, string[]>();

try {
  installPrivate(here);
  rmSync(work, { recursive: true, force: true });
  buildProjects();
  const place = await startPlace(pageFile);
  // If the name of a task does not match, the task runs for those of its checks whose names do.
  const queue = [...compilers(), ...otherChecks(), ...cacheTrials(), ...recipeTrials(), ...runtimes(place)]
    .map((task): Task => ({ ...task, checks: matches(task.name) ? task.checks : task.checks.filter(matches) }))
    .filter(({ checks }) => checks.length);
  for (const name of queue.flatMap((task) => task.checks)) problemsOf.set(name, []);
  if (!queue.length) throw new Error("nothing has a name that matches");
  if (queue.some(({ name }) => name.includes("Chromium"))) installChromium();
  await runAll(queue.map((task) => () => judge(task)));
} catch (error) {
  problemsOf.set("the run", [String(error)]);
}
const broken = [...problemsOf].filter(([, problems]) => problems.length);
for (const [name, problems] of broken)
  console.log([`FAIL ${name}`, ...problems].join("\n").replaceAll("\n", "\n     "));
console.log(`${problemsOf.size - broken.length} passed, ${broken.length} failed`);
process.exit(broken.length ? 1 : 0); // the servers and esbuild would keep the process alive

/** A page may wait for ever. */
function tooLate(): Promise<never> {
  const late = new Error("did not end in three minutes");
  return new Promise((_, reject) => setTimeout(reject, 180_000, late).unref());
}

async function judge(task: Task): Promise<void> {
  const start = Date.now();
  let failures: ReadonlyMap<string, string>;
  try {
    failures = await Promise.race([task.run(), tooLate()]);
  } catch (error) {
    console.log(String(error).slice(0, 4_000));
    failures = new Map(task.checks.map((name) => [name, "see above"]));
  }
  const found = task.checks.filter((name) => failures.has(name));
  for (const name of found) problemsOf.get(name)!.push(`${task.name}: ${failures.get(name)}`);
  console.log(`${found.length ? "FAIL" : "ok  "} ${task.name} (${Date.now() - start} ms)`);
}
