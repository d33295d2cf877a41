/**
 * uvu, with its silent failures closed: no hooks, no `only` and no `skip` to leave in, the suite always
 * runs, a thrown value that is no Error still fails its test, and what ran is counted at exit.
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
        throw error instanceof Error ? error : new Error(`${title}: threw ${String(error)}, which is no Error`);
      }
      passed++;
    });
  });
  tests.run();
}

type Test = (title: string, run: () => void | Promise<void>) => void;

process.on("exit", () => {
  // The runner reads this line: a file that prints none ran no test.
  console.log(`tests: ${passed} of ${defined}`);
  if (passed !== defined) process.exitCode = 1;
});
