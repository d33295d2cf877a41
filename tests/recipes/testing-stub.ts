import { getStatus } from "ogcapi-job-status";

const result = await getStatus("https://ogc.example.com/ogcapi", "job-1", {
  fetch: () => Promise.resolve(Response.json({ jobID: "job-1", status: "running" })),
});
console.log(result.status); //=> running
