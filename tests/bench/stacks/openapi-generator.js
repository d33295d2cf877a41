import { DefaultApi } from "generated/openapi-generator/apis/DefaultApi.ts";
import { Configuration } from "generated/openapi-generator/runtime.ts";

// It throws for an HTTP status outside 200 to 299, and has no option against that.
export const create = ({ fetch, parse, baseUrl }) => {
  const headers = { accept: "application/json" };
  const api = new DefaultApi(new Configuration({ basePath: baseUrl, fetchApi: fetch, headers }));
  return async (jobId) => parse(await api.getStatus({ jobId }));
};
