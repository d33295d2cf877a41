/**
 * A React hook for the status of a job, with TanStack Query, which cancels a request that is no longer needed.
 *
 * `data` is a result, so show its failures, too: `error` is set only if an argument is invalid. It has no time limit, and
 * goes on after temporary failures. Do not dehydrate `data` on a server: a `cause` is not serialisable.
 */
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { getStatus, type Result } from "ogcapi-job-status";
import { isFinal, retryAfter } from "./watch.ts";

export function useJob(baseUrl: string, jobId: string): UseQueryResult<Result> {
  return useQuery({
    queryKey: ["job", baseUrl, jobId],
    queryFn: ({ signal }) =>
      getStatus(baseUrl, jobId, { signal: AbortSignal.any([signal, AbortSignal.timeout(60_000)]) }),
    refetchInterval: ({ state: { data } }) => data !== undefined && !isFinal(data) && Math.max(5_000, retryAfter(data)),
    retry: false,
  });
}
