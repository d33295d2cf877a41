// A page: the suite's report becomes its text.
import * as library from "ogcapi-job-status";
import { report, run } from "./suite.js";

const [faults, away, refused] = new URLSearchParams(location.search).getAll("url");
document.body.textContent = report(await run(library, { faults, away, refused, browser: true }));
document.body.id = "done";
