import axios from "axios";

export const create = ({ fetch, parse, baseUrl }) => {
  const api = axios.create({
    baseURL: baseUrl,
    adapter: "fetch",
    env: { fetch, Request, Response },
    headers: { accept: "application/json" },
    validateStatus: () => true,
  });
  return async (jobId) => {
    const { status, data } = await api.get(`/jobs/${encodeURIComponent(jobId)}`);
    if (status === 404) return "NotFound";
    if (status < 200 || status > 299) return "ServerError";
    return parse(data);
  };
};
