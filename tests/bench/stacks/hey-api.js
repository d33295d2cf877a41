import { createClient, createConfig } from "generated/hey-api/client/index.ts";
import { getStatus } from "generated/hey-api/sdk.gen.ts";

export const create = ({ fetch, parse, baseUrl }) => {
  const client = createClient(createConfig({ baseUrl, fetch, headers: { accept: "application/json" } }));
  return async (jobId, signal) => {
    const { data, response } = await getStatus({ client, path: { jobId }, signal });
    if (response.status === 404) return { kind: "NotFound" };
    if (!response.ok) return { kind: "ServerError" };
    return { kind: "StatusInfo", status: parse(data).status };
  };
};
