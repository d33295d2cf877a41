import { up } from "up-fetch";

export const create = ({ fetch, parse, baseUrl }) => {
  const request = up(fetch, () => ({ baseUrl, reject: () => false, parseResponse: (response) => response }));
  return async (jobId, signal) => {
    const response = await request(`/jobs/${encodeURIComponent(jobId)}`, {
      headers: { accept: "application/json" },
      signal,
    });
    if (response.status === 404) return { kind: "NotFound" };
    if (!response.ok) return { kind: "ServerError" };
    return { kind: "StatusInfo", status: parse(await response.json()).status };
  };
};
