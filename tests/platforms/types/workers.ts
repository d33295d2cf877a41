import { getStatus, type Result } from "ogcapi-job-status";

/** A service binding goes in wrapped. */
export const call = (api: Fetcher, { headers, signal }: Request): Promise<Result> =>
  getStatus("https://h", "j", { fetch: (url, init) => api.fetch(url, init), headers, signal });
