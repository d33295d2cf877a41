/** A server in Deno that answers browsers with the status of a job: `/?job=job-1`. */
import { respond } from "./handler.ts";

Deno.serve((request) => {
  const jobId = new URL(request.url).searchParams.get("job");
  return respond(request, jobId, "https://ogc.example.com/ogcapi");
});
