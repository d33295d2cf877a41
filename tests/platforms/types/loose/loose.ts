// Programs that compile with `strict: false`, which Next.js writes for a JavaScript project. `kind` narrows there as it
// does under `strict`. `status` and `reason` can be read from any result, and comparing one with a value narrows to
// the type that has the value; the other branch is not narrowed correctly, since `undefined` is not a separate type there.
import {
  getStatus,
  isNotFound,
  isServerError,
  isStatusInfo,
  type Fetch,
  type NetworkError,
  type NotFound,
  type ResponseError,
  type Result,
  type ServerError,
  type StatusInfo,
  type Timeout,
} from "ogcapi-job-status";

type Equals<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <_T extends true>(): void => {};

export function byKind(result: Result): string {
  switch (result.kind) {
    case "StatusInfo":
      holds<Equals<typeof result, StatusInfo>>();
      return result.jobID;
    case "NotFound":
      holds<Equals<typeof result, NotFound>>();
      return result.body;
    case "ServerError":
      holds<Equals<typeof result, ServerError>>();
      return result.message;
  }
}

export function byReason(error: ServerError): string {
  if (error.reason === "network" || error.reason === "timeout") {
    holds<Equals<typeof error, NetworkError | Timeout>>();
    return String(error.cause);
  }
  holds<Equals<typeof error, ResponseError>>();
  return error.body;
}

export function byGuard(result: Result): string {
  if (isStatusInfo(result)) return result.jobID;
  if (isNotFound(result)) return result.body;
  if (isServerError(result)) return result.message;
  holds<Equals<typeof result, never>>();
  return result;
}

export function byStatus(result: Result): string {
  return result.status === "running" ? result.jobID : "";
}

export function byAbsence(result: Result): string {
  return result.reason === "gone" ? result.body : "";
}

export async function calls(): Promise<(string | number)[]> {
  const result = await getStatus("https://h", "j", { fetch, headers: new Headers(), signal: null });
  await getStatus("https://h", "j", { fetch: async () => new Response("{}"), headers: { a: "b" } });
  if (result.kind !== "StatusInfo") throw new Error(result.message, { cause: result.cause });
  const { status, reason, message, http, exception } = result as Result;
  return [status, reason, message, http?.url, exception?.detail];
}

export const wrapped: Fetch = (url, init) => fetch(url, { ...init, redirect: "manual" });
