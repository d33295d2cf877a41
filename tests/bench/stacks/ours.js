import { getStatus } from "../../../src/get-status.ts";

export const create =
  ({ fetch, baseUrl }) =>
  (jobId, signal) =>
    getStatus(baseUrl, jobId, { fetch, signal });
