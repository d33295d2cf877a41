/** Takes the place of `tests/support/suite.ts` while mutants run: ends the process at the first failure. */
export function describe(_name: string, define: (test: Test) => void): void {
  const tests: (() => void | Promise<void>)[] = [];
  define((_title, run) => tests.push(run));
  queue = queue.then(async () => {
    for (const run of tests) await run();
  });
  queue.catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
}

type Test = (title: string, run: () => void | Promise<void>) => void;

let queue: Promise<void> = Promise.resolve();

/** Settles when the tests defined so far have passed. */
export function finished(): Promise<void> {
  return queue;
}
