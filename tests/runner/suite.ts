/**
 * uvu without its silent failures: no hooks, no `only` and no `skip` to leave in, the suite always runs, a thrown value
 * that is not an Error fails its test, and the tests that ran are counted at exit.
 */
import { suite } from "uvu";

let defined = 0;
let passed = 0;
let running = "";

/** Defines a test. */
export type Test = (title: string, run: () => void | Promise<void>) => void;

/** Defines tests by `test(name, run)`, and runs them. */
export function describe(name: string, define: (test: Test) => void): void {
  const tests = suite(name);
  define((title, run) => {
    defined++;
    tests(title, async () => {
      running = `${name}: ${title}`;
      console.log(`running: ${running}`); // names a test that hangs, if the runner kills the process
      try {
        await run();
      } catch (error) {
        throw readable(error, title);
      } finally {
        running = "";
      }
      passed++;
    });
  });
  tests.run();
}

/** uvu would repeat the message, print a second diff with opposite signs, and nothing for what is not an Error. */
function readable(thrown: unknown, title: string): Error {
  if (!(thrown instanceof Error)) return new Error(`${title}: threw ${String(thrown)}, which is not an Error`);
  const error = new Error(thrown.message);
  const frames = thrown.stack?.match(/^ +at .*$/gm) ?? [];
  error.stack = ["Error", ...frames].join("\n");
  return error;
}

process.on("exit", () => {
  if (running) console.log(`\nunfinished: ${running}`);
  // The runner reads this line: a file that does not print it ran no test.
  console.log(`tests: ${passed} of ${defined}`);
  if (passed !== defined) process.exitCode = 1;
});
