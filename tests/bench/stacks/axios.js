import axios from "axios";

export const create = ({ fetch, parse, baseUrl }) => {
  const api = axios.create({
    baseURL: baseUrl,
    adapter: "fetch",
    env: { fetch, Request, Response },
    headers: { accept: "application/json" },
    validateStatus: () => true,
  });
  return async (jobId, signal) => {
    const { status, data } = await api.get(`/jobs/${encodeURIComponent(jobId)}`, { signal });
    if (status === 404) return { kind: "NotFound" };
    if (status < 200 || status > 299) return { kind: "ServerError" };
    return { kind: "StatusInfo", status: parse(data).status };
  };
};
