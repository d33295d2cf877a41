// What a caller may do with a result. None of it needs a cast, and every switch is exhaustive without a default:
// with a declared return type, a missing case is an error.
import {
  getStatus,
  isNotFound,
  isServerError,
  isStatusInfo,
  type Exception,
  type Http,
  type Link,
  type NetworkError,
  type NotFound,
  type ResponseError,
  type Result,
  type ServerError,
  type StatusCode,
  type StatusInfo,
} from "ogcapi-job-status";

type Equals<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type IsAny<T> = 0 extends 1 & T ? true : false;
const holds = <_T extends true>(): void => {};
const fails = <_T extends false>(): void => {};

export function byKind(result: Result): string {
  switch (result.kind) {
    case "StatusInfo":
      holds<Equals<typeof result, StatusInfo>>();
      return result.jobID;
    case "NotFound":
      holds<Equals<typeof result, NotFound>>();
      return result.reason;
    case "ServerError":
      holds<Equals<typeof result, ServerError>>();
      return result.message;
  }
}

export function byReason(error: ServerError): string {
  switch (error.reason) {
    case "http":
    case "malformed":
      holds<Equals<typeof error, ResponseError>>();
      return error.body + error.http.status;
    case "network":
      holds<Equals<typeof error, NetworkError>>();
      return String(error.cause);
  }
}

export function byAbsence({ reason }: NotFound): number {
  switch (reason) {
    case "gone":
      return 410;
    case "no-such-job":
    case "not-found":
      return 404;
  }
}

export function byStatus({ status }: StatusInfo): boolean {
  switch (status) {
    case "created":
    case "accepted":
    case "running":
    case "unknown":
      return false;
    case "successful":
    case "failed":
    case "dismissed":
      return true;
  }
}

export function byGuard(result: Result): string {
  if (isStatusInfo(result)) {
    holds<Equals<typeof result, StatusInfo>>();
    return result.status;
  }
  holds<Equals<typeof result, NotFound | ServerError>>();
  if (isNotFound(result)) {
    holds<Equals<typeof result, NotFound>>();
    return result.reason;
  }
  holds<Equals<typeof result, ServerError>>();
  if (isServerError(result)) return result.reason;
  holds<Equals<typeof result, never>>();
  return result;
}

export function byGuardOfUnknown(value: unknown): string {
  if (isStatusInfo(value)) {
    holds<Equals<typeof value, StatusInfo>>();
    return value.document.status;
  }
  holds<Equals<typeof value, unknown>>();
  return isNotFound(value) || isServerError(value) ? value.message : "";
}

/** The other side of each guard, taken first. */
export function byElse(result: Result): void {
  if (!isServerError(result)) holds<Equals<typeof result, StatusInfo | NotFound>>();
  else holds<Equals<typeof result, ServerError>>();
  if (!isNotFound(result)) holds<Equals<typeof result, StatusInfo | ServerError>>();
  else holds<Equals<typeof result, NotFound>>();
}

/** What any ServerError has, may be read from any. */
export function fromAnyServerError(error: ServerError): (string | number | undefined)[] {
  return [error.http?.status, error.body, error.message, error.exception?.detail, error.http?.headers["retry-after"]];
}

export function fromAnyResult(result: Result): (string | number | undefined)[] {
  return [result.http?.status, result.http?.url, result.message, result.exception?.type];
}

export async function calls(): Promise<void> {
  const promise = getStatus("https://h", "j");
  holds<Equals<typeof promise, Promise<Result>>>();
  await getStatus(new URL("https://h"), "j", {});
  await getStatus("https://h", "j", {
    headers: { a: "b" },
    signal: AbortSignal.timeout(1),
    maxBytes: Infinity,
    fetch: async () => new Response("{}"),
  });
  await getStatus("https://h", "j", { headers: [["a", "b"]] });
  await getStatus("https://h", "j", { headers: [["a", "b"]] as const });
  await getStatus("https://h", "j", { headers: new Headers() });
  await getStatus("https://h", "j", { headers: undefined, signal: undefined, maxBytes: undefined, fetch: undefined });
}

// Nothing is `any`, which would make all of the above hold.
fails<IsAny<Result>>();
fails<IsAny<StatusInfo["document"]>>();
fails<IsAny<StatusInfo["document"]["x"]>>();
fails<IsAny<StatusInfo["links"][number]>>();
fails<IsAny<NetworkError["cause"]>>();
fails<IsAny<ServerError["body"]>>();
fails<IsAny<Http["headers"][string]>>();
fails<IsAny<Parameters<typeof getStatus>[2]>>();
fails<IsAny<Awaited<ReturnType<typeof getStatus>>>>();

holds<Equals<StatusInfo["status"], StatusCode | "unknown">>();
holds<Equals<StatusInfo["links"], readonly Link[]>>();
holds<Equals<StatusInfo["document"]["status"], string>>();
holds<Equals<StatusInfo["document"]["x"], unknown>>();
holds<Equals<Http["headers"][string], string | undefined>>();
holds<Equals<ResponseError["exception"], Exception | undefined>>();
holds<Equals<ServerError["body"], string | undefined>>();
holds<
  Equals<
    keyof StatusInfo,
    | "kind"
    | "jobID"
    | "status"
    | "type"
    | "processID"
    | "message"
    | "created"
    | "started"
    | "finished"
    | "updated"
    | "progress"
    | "exception"
    | "links"
    | "document"
    | "http"
  >
>();
