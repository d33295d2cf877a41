// Node, from CommonJS.
const library = require("ogcapi-job-status");

const [faults, away, refused] = process.argv.slice(2);
import("./suite.js").then(async ({ report, run }) =>
  console.log(report(await run(library, { faults, away, refused }))),
);
