import ky from "ky";

export const create = ({ fetch, parse, baseUrl }) => {
  const api = ky.create({
    fetch,
    prefix: baseUrl,
    retry: 0,
    throwHttpErrors: false,
    headers: { accept: "application/json" },
  });
  return async (jobId, signal) => {
    const response = await api.get(`jobs/${encodeURIComponent(jobId)}`, { signal });
    if (response.status === 404) return { kind: "NotFound" };
    if (!response.ok) return { kind: "ServerError" };
    return { kind: "StatusInfo", status: parse(await response.json()).status };
  };
};
