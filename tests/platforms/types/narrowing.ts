// What a caller may do with a result without a cast, also with `strict: false`, as Next.js writes for a JavaScript app.
import { getStatus, isNotFound, isServerError, isStatusInfo } from "ogcapi-job-status";
import type * as Api from "ogcapi-job-status";

/** With a declared return type, a missing case would be an error: it needs no default. */
export function byKind(result: Api.Result): string {
  switch (result.kind) {
    case "StatusInfo":
      return (result satisfies Api.StatusInfo).jobID;
    case "NotFound":
      return (result satisfies Api.NotFound).reason;
    case "ServerError":
      return byReason(result);
  }
}

export function byReason(error: Api.ServerError): string {
  switch (error.reason) {
    case "http":
    case "malformed":
      return (error satisfies Api.ResponseError).body + error.http.status;
    case "network":
      return String((error satisfies Api.NetworkError).cause);
    case "timeout":
      return String((error satisfies Api.Timeout).cause);
  }
}

/** By the one test that tells which of them have a response. */
export const causeOrStatus = (error: Api.ServerError): unknown =>
  error.reason === "network" || error.reason === "timeout" ? error.cause : error.http.status;

export function byGuard(result: Api.Result): string {
  if (isStatusInfo(result)) return result.jobID;
  if (isNotFound(result)) return result.body;
  return isServerError(result) ? byReason(result) : (result satisfies never);
}

/** For callers who want an exception: `cause` can be read before narrowing. */
export async function orThrow(): Promise<Api.StatusInfo> {
  const result = await getStatus("https://h", "j");
  if (result.kind !== "StatusInfo") throw new Error(result.message, { cause: result.cause });
  return result;
}

/** `status` and `reason` can be compared before `kind`. With `strict: false`, the other branch is not narrowed. */
export const byStatus = (result: Api.Result): string => (result.status === "running" ? result.jobID : "");
export const isGone = (result: Api.Result): string => (result.reason === "gone" ? result.body : "");

/** Whatever one of the types has can be read from any of them. */
export function unnarrowed({ http, exception, message }: Api.Result, error: Api.ServerError): unknown[] {
  return [http?.status, exception?.type, message, error.body, error.http?.headers["retry-after"]];
}
