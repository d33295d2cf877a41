import { getStatus } from "ogcapi-job-status";
import { MockAgent, setGlobalDispatcher } from "undici";

const agent = new MockAgent();
agent.disableNetConnect();
setGlobalDispatcher(agent);
agent.get("https://ogc.example.com").intercept({ path: "/ogcapi/jobs/job-1" }).reply(503, "busy");
const result = await getStatus("https://ogc.example.com/ogcapi", "job-1");
console.log(result.reason, result.message); //=> http HTTP 503
