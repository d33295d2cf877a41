import createClient from "openapi-fetch";

export const create = ({ fetch, parse, baseUrl }) => {
  const client = createClient({ baseUrl, fetch, headers: { accept: "application/json" } });
  return async (jobId) => {
    const { data, response } = await client.GET("/jobs/{jobId}", { params: { path: { jobId } } });
    if (response.status === 404) return "NotFound";
    if (!response.ok) return "ServerError";
    return parse(data);
  };
};
