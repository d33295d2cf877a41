import { http, HttpResponse } from "msw";
import { setupServer } from "msw/node";
import { getStatus } from "ogcapi-job-status";

const job = http.get("https://ogc.example.com/ogcapi/jobs/:id", () => HttpResponse.json({}, { status: 410 }));
const server = setupServer(job);
server.listen();
const result = await getStatus("https://ogc.example.com/ogcapi", "job-1");
server.close();
console.log(result.reason, result.message); //=> gone HTTP 410
