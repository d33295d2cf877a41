import { getStatus } from "ogcapi-job-status";

const result = await getStatus("https://ogc.example.com/ogcapi", "job-1", {
  fetch: async () => Response.json({ jobID: "job-1", status: "running" }), // a new Response for each call
});
console.log(result.status); //=> running
