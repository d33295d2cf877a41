// A Worker that runs the suite.
import * as library from "ogcapi-job-status";
import { run } from "./suite.js";

export default {
  async fetch(request) {
    return Response.json(await run(library, await request.json()));
  },
};
