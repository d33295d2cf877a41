import { createFetch } from "ofetch";

export const create = ({ fetch, parse, baseUrl }) => {
  const request = createFetch({ fetch, Headers, AbortController });
  return async (jobId, signal) => {
    const response = await request.raw(`/jobs/${encodeURIComponent(jobId)}`, {
      baseURL: baseUrl,
      headers: { accept: "application/json" },
      signal,
      retry: 0,
      ignoreResponseError: true,
    });
    if (response.status === 404) return { kind: "NotFound" };
    if (!response.ok) return { kind: "ServerError" };
    return { kind: "StatusInfo", status: parse(response._data).status };
  };
};
