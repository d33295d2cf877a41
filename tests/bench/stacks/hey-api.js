import { client } from "generated/hey-api/client.gen.ts";
import { getStatus } from "generated/hey-api/sdk.gen.ts";

export const create = ({ fetch, parse, baseUrl }) => {
  // The generated client, since Deno rejects an option named `client`.
  client.setConfig({ baseUrl, fetch, headers: { accept: "application/json" } });
  return async (jobId, signal) => {
    const { data, response } = await getStatus({ path: { jobId }, signal });
    if (response.status === 404) return { kind: "NotFound" };
    if (!response.ok) return { kind: "ServerError" };
    return { kind: "StatusInfo", status: parse(data).status };
  };
};
