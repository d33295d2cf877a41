import { getStatus } from "../../../src/get-status.ts";

export const create =
  ({ fetch, baseUrl }) =>
  async (jobId) => {
    const result = await getStatus(baseUrl, jobId, { fetch });
    return result.kind === "StatusInfo" ? result : result.kind;
  };
