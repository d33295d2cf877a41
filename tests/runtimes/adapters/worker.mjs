// workerd: a Worker that runs the suite, and one that answers with a Result as JSON, through a service binding.
import * as library from "ogcapi-job-status";
import { report, run } from "./suite.js";

export default {
  async fetch(request, env) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/suite") {
      const [faults, away, refused] = searchParams.getAll("url");
      return new Response(report(await run(library, { faults, away, refused, keepsAuthorization: env.OLD })));
    }
    const result = await library.getStatus(`https://api.internal${pathname}`, "j", {
      fetch: (url, init) => env.API.fetch(url, init),
    });
    return Response.json(result);
  },
};
