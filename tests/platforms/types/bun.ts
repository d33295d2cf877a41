import { getStatus } from "ogcapi-job-status";

await getStatus("https://h", "j", { fetch: Bun.fetch });
await getStatus("https://h", "j", {
  fetch: (url, init) => Bun.fetch(url, { ...init, proxy: "http://proxy.example:3128" }),
});
