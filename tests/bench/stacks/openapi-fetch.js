import createClient from "openapi-fetch";

export const create = ({ fetch, parse, baseUrl }) => {
  const client = createClient({ baseUrl, fetch, headers: { accept: "application/json" } });
  return async (jobId, signal) => {
    const { data, response } = await client.GET("/jobs/{jobId}", { params: { path: { jobId } }, signal });
    if (response.status === 404) return { kind: "NotFound" };
    if (!response.ok) return { kind: "ServerError" };
    return { kind: "StatusInfo", status: parse(data).status };
  };
};
