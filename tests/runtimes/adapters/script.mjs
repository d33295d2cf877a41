// Node, Deno and Bun: a script that gets the URLs as arguments.
import * as library from "ogcapi-job-status";
import { report, run } from "./suite.js";

const [faults, away, refused] = globalThis.Deno?.args ?? process.argv.slice(2);
console.log(report(await run(library, { faults, away, refused })));
