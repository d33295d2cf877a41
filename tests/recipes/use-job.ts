/**
 * A React hook that watches a job, with TanStack Query, which cancels a watch that is no longer needed.
 *
 * `data` is the last result, so show its failures, too: `error` is set only if an argument is invalid or one of your
 * functions throws. Do not dehydrate `data` on a server: a `cause` is not serialisable.
 */
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import type { Result } from "ogcapi-job-status"; // of a copy: "./get-status.ts"
import { watch, type WatchOptions } from "./watch.ts";

export function useJob(baseUrl: string, jobId: string, opts: WatchOptions = {}): UseQueryResult<Result> {
  return useQuery({
    queryKey: ["job", baseUrl, jobId],
    queryFn: ({ client, queryKey, signal }) =>
      watch(baseUrl, jobId, { ...opts, signal, onResult: (result) => client.setQueryData(queryKey, result) }),
    retry: false,
  });
}
