// The `fetch` and `Headers` of packages. If the caller chooses the type that is returned (axios), nothing is refused.
import ky from "ky";
import nodeFetch, { Headers as NodeFetchHeaders } from "node-fetch";
import { getStatus } from "ogcapi-job-status";
import { Agent, fetch, Headers } from "undici";

await getStatus("https://h", "j", { fetch, headers: new Headers() });
await getStatus("https://h", "j", { fetch: (url, init) => fetch(url, { ...init, dispatcher: new Agent() }) });
await getStatus("https://h", "j", { fetch: (url, init) => ky(url, { ...init, retry: 0, throwHttpErrors: false }) });
await getStatus("https://h", "j", { headers: new NodeFetchHeaders() });
// @ts-expect-error its body is a stream of Node, which has no getReader
await getStatus("https://h", "j", { fetch: nodeFetch });
