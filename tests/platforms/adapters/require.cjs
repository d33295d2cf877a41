// Node, from CommonJS. `import` gives the same functions.
const library = require("ogcapi-job-status");

(async () => {
  const imported = await import("ogcapi-job-status");
  if (imported.getStatus !== library.getStatus) throw new Error("import and require load two copies");
  const { run } = await import("./suite.js");
  console.log(JSON.stringify(await run(library, JSON.parse(process.argv[2]))));
  process.exit(0);
})();
