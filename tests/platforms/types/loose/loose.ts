// What is at risk with `strict: false`, which Next.js writes for a JavaScript project. `kind` narrows there as it does
// under `strict`. `status` and `reason` can be read from any result, and comparing one with a value narrows to the type
// that has the value; the other branch is not narrowed correctly, since `undefined` is not a separate type there.
import {
  getStatus,
  isNotFound,
  isServerError,
  isStatusInfo,
  type NetworkError,
  type NotFound,
  type ResponseError,
  type Result,
  type ServerError,
  type StatusInfo,
  type Timeout,
} from "ogcapi-job-status";

export function byKind(result: Result): string {
  switch (result.kind) {
    case "StatusInfo":
      return (result satisfies StatusInfo).jobID;
    case "NotFound":
      return (result satisfies NotFound).body;
    case "ServerError":
      return byReason(result);
  }
}

export function byReason(error: ServerError): string {
  if (error.reason !== "network" && error.reason !== "timeout") return (error satisfies ResponseError).body;
  return String((error satisfies NetworkError | Timeout).cause);
}

export function byGuard(result: Result): string {
  if (isStatusInfo(result)) return result.jobID;
  if (isNotFound(result)) return result.body;
  return isServerError(result) ? byReason(result) : (result satisfies never);
}

export const byStatus = (result: Result): string => (result.status === "running" ? result.jobID : "");
export const byReasonFirst = (result: Result): string => (result.reason === "gone" ? result.body : "");

export async function calls(): Promise<(string | number)[]> {
  const result = await getStatus("https://h", "j", { fetch, headers: new Headers(), signal: null });
  if (result.kind !== "StatusInfo") throw new Error(result.message, { cause: result.cause });
  const { status, reason, message, http, exception } = result as Result;
  return [status, reason, message, http?.url, exception?.detail];
}
