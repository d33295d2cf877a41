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

export function byStatusFirst(result: Result): string {
  if (result.status === "running") {
    holds<Equals<typeof result, StatusInfo>>();
    return result.jobID;
  }
  return "";
}

export function byReasonFirst(result: Result): string {
  if (result.reason === "gone") {
    holds<Equals<typeof result, NotFound>>();
    return result.body;
  }
  return "";
}

export function fromAnyResult(result: Result): (string | number)[] {
  return [result.status, result.reason, result.message, result.http?.url, result.exception?.detail];
}

export async function destructured(): Promise<string> {
  const { status, reason, message } = await getStatus("https://h", "j");
  return status === "successful" ? status : `${reason}: ${message}`;
}

export const platform: Fetch = fetch;

export async function calls(): Promise<void> {
  await getStatus("https://h", "j", { fetch, headers: new Headers(), signal: null });
  await getStatus("https://h", "j", { fetch: async () => new Response("{}"), headers: { a: "b" } });
  await getStatus("https://h", "j", { fetch: (url, init) => fetch(url, { ...init, redirect: "manual" }) });
}
