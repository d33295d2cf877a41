import { respond } from "./handler.ts";

Deno.serve((request) => {
  const jobId = new URL(request.url).searchParams.get("job");
  return respond(request, jobId, "https://ogc.example.com/ogcapi");
});
