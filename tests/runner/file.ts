/** Runs one test file, and prints what `run.ts` needs to know: `node file.js <path>`. */
import { pathToFileURL } from "node:url";
import { runSuites } from "./suite.ts";

const [, , path = ""] = process.argv;
const rejections: unknown[] = [];
// The file may have a listener of its own, which would hide a rejection.
process.prependListener("unhandledRejection", (reason) => rejections.push(reason));

const report = await runSuites(
  () => import(pathToFileURL(path).href),
  (report) => {
    // Names the test that hangs, blocks or exits, if the process ends without a report.
    Object.defineProperty(report, "running", {
      set: (name: string) => name && process.stderr.write(`running: ${name}\n`),
    });
  },
);
await new Promise((done) => setImmediate(done)); // for rejections that nothing handles
for (const reason of rejections) console.log("unhandled rejection:", reason);
console.log(`report: ${report.passed} of ${report.defined}, ${rejections.length} unhandled`);
