import { getStatus } from "ogcapi-job-status";

const client = Deno.createHttpClient({});
await getStatus("https://h", "j", { fetch: (url, init) => fetch(url, { ...init, client }) });
