// The edge VM evaluates a script: its value is the report.
import * as library from "ogcapi-job-status";
import { report, run } from "./suite.js";

globalThis.outcome = (async () => report(await run(library, globalThis.place)))();
