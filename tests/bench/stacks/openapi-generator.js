import { DefaultApi } from "generated/openapi-generator/apis/DefaultApi.ts";
import { Configuration, ResponseError } from "generated/openapi-generator/runtime.ts";

export const create = ({ fetch, parse, baseUrl }) => {
  const api = new DefaultApi(
    new Configuration({ basePath: baseUrl, fetchApi: fetch, headers: { accept: "application/json" } }),
  );
  return async (jobId, signal) => {
    try {
      return { kind: "StatusInfo", status: parse(await api.getStatus({ jobId }, { signal })).status };
    } catch (error) {
      if (!(error instanceof ResponseError)) throw error;
      // It has no option against throwing for an HTTP status.
      return { kind: error.response.status === 404 ? "NotFound" : "ServerError", threw: true };
    }
  };
};
