import ky from "ky";

export const create = ({ fetch, parse, baseUrl }) => {
  const headers = { accept: "application/json" };
  const api = ky.create({ fetch, prefix: baseUrl, headers, retry: 0, throwHttpErrors: false });
  return async (jobId) => {
    const response = await api.get(`jobs/${encodeURIComponent(jobId)}`);
    if (response.status === 404) return "NotFound";
    if (!response.ok) return "ServerError";
    return parse(await response.json());
  };
};
