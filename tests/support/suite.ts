/**
 * uvu without its silent failures: no hooks, no `only` and no `skip` to leave in, the suite always
 * runs, a thrown value that is not an Error fails its test, and the tests that ran are counted at exit.
 */
import { suite } from "uvu";

let defined = 0;
let passed = 0;

/** Defines tests by `test(name, run)`, and runs them. */
export function describe(name: string, define: (test: Test) => void): void {
  const tests = suite(name);
  define((title, run) => {
    defined++;
    tests(title, async () => {
      try {
        await run();
      } catch (error) {
        throw error instanceof Error ? error : new Error(`${title}: threw ${String(error)}, which is not an Error`);
      }
      passed++;
    });
  });
  tests.run();
}

/** Defines a test. */
export type Test = (title: string, run: () => void | Promise<void>) => void;

process.on("exit", () => {
  // The runner reads this line: a file that does not print it ran no test.
  console.log(`tests: ${passed} of ${defined}`);
  if (passed !== defined) process.exitCode = 1;
});
