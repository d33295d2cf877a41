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
  type Timeout,
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
    case "timeout":
      holds<Equals<typeof error, Timeout>>();
      return String(error.cause);
  }
}

export function byAbsence({ reason }: NotFound): number {
  switch (reason) {
    case "gone":
      return 410;
    case "no-such-job":
    case "unspecified":
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

/** Both branches of a test of `reason` narrow. */
export function byResponse(error: ServerError): unknown {
  return error.reason === "network" || error.reason === "timeout" ? error.cause : error.http.status;
}

/** For callers who want an exception. */
export async function orThrow(): Promise<StatusInfo> {
  const result = await getStatus("https://h", "j");
  if (result.kind !== "StatusInfo") throw new Error(result.message, { cause: result.cause });
  return result;
}

/** `status` and `reason` can be read and compared before `kind` is. */
export function byOneWord(result: Result): string {
  if (result.status === "running") {
    holds<Equals<typeof result, StatusInfo>>();
    return result.jobID;
  }
  holds<Equals<typeof result, Result>>();
  if (result.reason === "gone") {
    holds<Equals<typeof result, NotFound>>();
    return result.body;
  }
  holds<Equals<typeof result, Result>>();
  return result.kind;
}

export function byStatusFirst(result: Result): string {
  switch (result.status) {
    case "running":
    case "created":
    case "accepted":
    case "successful":
    case "failed":
    case "dismissed":
    case "unknown":
      holds<Equals<typeof result, StatusInfo>>();
      return result.status;
    default:
      holds<Equals<typeof result, NotFound | ServerError>>();
      return result.reason;
  }
}

export function byReasonFirst(result: Result): string {
  switch (result.reason) {
    case "gone":
    case "no-such-job":
    case "unspecified":
      holds<Equals<typeof result, NotFound>>();
      return result.body;
    case "http":
    case "malformed":
      holds<Equals<typeof result, ResponseError>>();
      return result.body;
    case "network":
      holds<Equals<typeof result, NetworkError>>();
      return result.message;
    case "timeout":
      holds<Equals<typeof result, Timeout>>();
      return result.message;
    default:
      holds<Equals<typeof result, StatusInfo>>();
      return result.jobID;
  }
}

export function byTruth(result: Result): string {
  if (result.status) {
    holds<Equals<typeof result, StatusInfo>>();
    return result.jobID;
  }
  holds<Equals<typeof result, NotFound | ServerError>>();
  return result.message;
}

export async function destructured(): Promise<string> {
  const { status, reason, message } = await getStatus("https://h", "j");
  holds<Equals<typeof status, StatusCode | "unknown" | undefined>>();
  holds<Equals<typeof reason, NotFound["reason"] | ServerError["reason"] | undefined>>();
  holds<Equals<typeof message, string | undefined>>();
  if (status !== undefined) return status;
  holds<Equals<typeof reason, NotFound["reason"] | ServerError["reason"]>>();
  return `${reason}: ${message}`;
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
  await getStatus("https://h", "j", {
    headers: { forEach: (callback: (value: string, name: string) => void) => callback("b", "a") },
  });
  await getStatus("https://h", "j", { headers: undefined, signal: undefined, maxBytes: undefined, fetch: undefined });
}

// Nothing is `any`, which would make all of the above hold.
fails<IsAny<Result>>();
fails<IsAny<StatusInfo["document"]>>();
fails<IsAny<StatusInfo["document"]["x"]>>();
fails<IsAny<StatusInfo["links"][number]>>();
fails<IsAny<NetworkError["cause"]>>();
fails<IsAny<Timeout["cause"]>>();
fails<IsAny<Result["cause"]>>();
fails<IsAny<ServerError["body"]>>();
fails<IsAny<Http["headers"][string]>>();
fails<IsAny<Result["status"]>>();
fails<IsAny<Result["reason"]>>();
fails<IsAny<Parameters<typeof getStatus>[2]>>();
fails<IsAny<Awaited<ReturnType<typeof getStatus>>>>();

// Every member is read-only.
holds<Equals<StatusInfo, Readonly<StatusInfo>>>();
holds<Equals<StatusInfo["document"], Readonly<StatusInfo["document"]>>>();
holds<Equals<NotFound, Readonly<NotFound>>>();
holds<Equals<ResponseError, Readonly<ResponseError>>>();
holds<Equals<NetworkError, Readonly<NetworkError>>>();
holds<Equals<Timeout, Readonly<Timeout>>>();
holds<Equals<Exception, Readonly<Exception>>>();
holds<Equals<Link, Readonly<Link>>>();
holds<Equals<Http, Readonly<Http>>>();

holds<Equals<StatusInfo["status"], StatusCode | "unknown">>();
holds<Equals<StatusInfo["links"], readonly Link[]>>();
holds<Equals<StatusInfo["document"]["status"], string>>();
holds<Equals<StatusInfo["document"]["x"], unknown>>();
holds<Equals<Http["headers"][string], string | undefined>>();
holds<Equals<ResponseError["exception"], Exception | undefined>>();
holds<Equals<ServerError["body"], string | undefined>>();
holds<Equals<ServerError["cause"], unknown>>();
holds<Equals<ResponseError["cause"], undefined>>();
holds<Equals<StatusInfo["reason"], undefined>>();
holds<Equals<StatusInfo["cause"], undefined>>();
holds<Equals<NotFound["cause"], undefined>>();
holds<Equals<NotFound["status"], undefined>>();
holds<Equals<ServerError["status"], undefined>>();
holds<Equals<Result["status"], StatusCode | "unknown" | undefined>>();
holds<Equals<Result["reason"], NotFound["reason"] | ServerError["reason"] | undefined>>();
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
    | "reason"
    | "cause"
  >
>();
