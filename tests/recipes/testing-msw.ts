import { http, HttpResponse } from "msw";
import { setupServer } from "msw/node";
import { getStatus } from "ogcapi-job-status";

const server = setupServer(
  http.get("https://ogc.example.com/ogcapi/jobs/:id", () => HttpResponse.json({ title: "gone" }, { status: 410 })),
);
server.listen();
const result = await getStatus("https://ogc.example.com/ogcapi", "job-1");
server.close();
console.log(result.reason, result.message); //=> gone gone
