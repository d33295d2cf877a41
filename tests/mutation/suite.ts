/**
 * Takes the place of `runner/suite.ts` in the sandbox, and is the program that runs there: it runs the tests in one
 * process and exits with 1 at the first failure. Files come first if they detect many mutants in little time. Those
 * that need sockets or other processes are left out.
 */
const FILES = ["outcomes", "guards", "abort", "status", "body", "request", "errors", "hostile"];

type Run = () => void | Promise<void>;

const tests: Run[] = [];

export function describe(_name: string, define: (test: (title: string, run: Run) => void) => void): void {
  define((_title, run) => tests.push(run));
}

async function runAll(): Promise<void> {
  for (const file of FILES) {
    await import(`../contract/${file}.test.js`);
    for (const run of tests.splice(0)) await run();
  }
  process.exit(0);
}

process.exitCode = 1; // Node ends if a test never settles.
runAll().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
