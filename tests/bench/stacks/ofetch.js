import { createFetch } from "ofetch";

export const create = ({ fetch, parse, baseUrl }) => {
  const request = createFetch({ fetch, Headers, AbortController });
  const options = { baseURL: baseUrl, headers: { accept: "application/json" }, retry: 0, ignoreResponseError: true };
  return async (jobId) => {
    const response = await request.raw(`/jobs/${encodeURIComponent(jobId)}`, options);
    if (response.status === 404) return "NotFound";
    if (!response.ok) return "ServerError";
    return parse(response._data);
  };
};
