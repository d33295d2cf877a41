// The same task for each stack: build the URL, encode the job id, ask for JSON, and tell a document, a 404 and the rest
// apart. `create` returns a function that gets a job.
import ky from "ky";
import createClient from "openapi-fetch";
import { getStatus } from "../../src/get-status.ts";

const headers = { accept: "application/json" };
const read = async (response) => {
  if (response.status === 404) return "NotFound";
  return response.ok ? response.json() : "ServerError";
};

export const stacks = {
  "ogcapi-job-status":
    ({ fetch, baseUrl }) =>
    async (jobId) => {
      const result = await getStatus(baseUrl, jobId, { fetch });
      return result.kind === "StatusInfo" ? result : result.kind;
    },
  fetch:
    ({ fetch, baseUrl }) =>
    async (jobId) =>
      read(await fetch(`${baseUrl}/jobs/${encodeURIComponent(jobId)}`, { headers })),
  ky: ({ fetch, baseUrl }) => {
    const api = ky.create({ fetch, prefix: baseUrl, headers, retry: 0, throwHttpErrors: false });
    return async (jobId) => read(await api.get(`jobs/${encodeURIComponent(jobId)}`));
  },
  "openapi-fetch": ({ fetch, baseUrl }) => {
    const client = createClient({ baseUrl, fetch, headers });
    return async (jobId) => {
      const { data, response } = await client.GET("/jobs/{jobId}", { params: { path: { jobId } } });
      if (response.status === 404) return "NotFound";
      return response.ok ? data : "ServerError";
    };
  },
};
