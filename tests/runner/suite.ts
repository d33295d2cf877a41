/**
 * `describe(name, define)` is `suite(name)` of uvu without what can silently pass: there are no hooks, no `only` and no
 * `skip`, the suite always runs, and a thrown value that is not an Error fails its test. It needs no more than the web
 * platform, so that the same tests run in each runtime. `runSuites` reports what ran.
 */
import "./defer.ts";
import { exec, suite } from "uvu";

type Test = (title: string, run: () => void | Promise<void>) => void;

/** What the tests that have run so far came to. */
interface Report {
  defined: number;
  passed: number;
  /** The test that is running, or "". */
  running: string;
  /** For each test that failed, its name and what it threw. */
  readonly failures: Map<string, string>;
}

const report: Report = { defined: 0, passed: 0, running: "", failures: new Map() };

/** Defines tests by `test(name, run)`, and runs them. */
export function describe(name: string, define: (test: Test) => void): void {
  const tests = suite(name);
  define((title, run) => {
    const full = `${name}: ${title}`;
    report.defined++;
    tests(title, async () => {
      report.running = full;
      try {
        await run();
        report.passed++;
      } catch (thrown) {
        const error = toError(thrown, title);
        report.failures.set(full, describeError(error));
        throw error;
      } finally {
        report.running = "";
      }
    });
  });
  tests.run();
}

/** Loads test files, and runs their tests. `started` is called with the report before anything else. */
export async function runSuites(load: () => Promise<unknown>, started = (_: Report): void => {}): Promise<Report> {
  started(report);
  await load();
  await exec();
  return report;
}

function describeError(error: Error & { details?: unknown; actual?: unknown; expects?: unknown }): string {
  const values = error.details ? `: got ${show(error.actual)}, expected ${show(error.expects)}` : "";
  return `${error.message}${values}\n${error.stack ?? ""}`;
}

const show = (value: unknown): string => (JSON.stringify(value) ?? String(value)).slice(0, 1_000);

function toError(thrown: unknown, title: string): Error {
  if (!(thrown instanceof Error)) return new Error(`${title}: threw ${String(thrown)}, which is not an Error`);
  // The message of node:assert has a diff already, which uvu would print again, with opposite signs.
  if (thrown.name !== "AssertionError") return thrown;
  const frames = thrown.stack?.match(/^ +at .*$/gm) ?? [];
  return Object.assign(new Error(thrown.message), { stack: ["Error", ...frames].join("\n") });
}
