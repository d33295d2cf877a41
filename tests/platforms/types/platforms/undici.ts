import { getStatus } from "ogcapi-job-status";
import { Agent, fetch, Headers } from "undici";

await getStatus("https://h", "j", { fetch, headers: new Headers() });
await getStatus("https://h", "j", { fetch: (url, init) => fetch(url, { ...init, dispatcher: new Agent() }) });
