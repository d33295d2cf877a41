// What a caller may do with a result. None of it needs a cast, and every switch is exhaustive without a default:
// with a declared return type, a missing case is an error.
import {
  getStatus,
  isNotFound,
  isServerError,
  isStatusInfo,
  type Exception,
  type Fetch,
  type GetStatusOptions,
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
const holds = <_T extends true>(): void => {};

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

export function byGuard(result: Result): string {
  if (isStatusInfo(result)) {
    holds<Equals<typeof result, StatusInfo>>();
    return result.status;
  }
  holds<Equals<typeof result, NotFound | ServerError>>();
  if (!isServerError(result)) {
    holds<Equals<typeof result, NotFound>>();
    return result.reason;
  }
  holds<Equals<typeof result, ServerError>>();
  if (!isNotFound(result)) return result.reason;
  holds<Equals<typeof result, never>>();
  return result;
}

export function byGuardOfUnknown(value: unknown): string {
  if (isStatusInfo(value)) return value.document.status;
  holds<Equals<typeof value, unknown>>();
  return isNotFound(value) || isServerError(value) ? value.message : "";
}

/** Both branches of a test of `reason` narrow. */
export function byResponse(error: ServerError): unknown {
  return error.reason === "network" || error.reason === "timeout" ? error.cause : error.http.status;
}

/** For callers who want an exception: `cause` can be read before narrowing. */
export async function orThrow(): Promise<StatusInfo> {
  const result = await getStatus("https://h", "j");
  if (result.kind !== "StatusInfo") throw new Error(result.message, { cause: result.cause });
  return result;
}

/** `status` and `reason` can be compared before `kind` is. */
export function byValue(result: Result): string {
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
  if (result.status) return result.jobID;
  holds<Equals<typeof result, NotFound | ServerError>>();
  return result.message;
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
    case "timeout":
      holds<Equals<typeof result, NetworkError | Timeout>>();
      return result.message;
    default:
      holds<Equals<typeof result, StatusInfo>>();
      return result.jobID;
  }
}

export async function destructured(): Promise<string> {
  const { status, reason, message, cause } = await getStatus("https://h", "j");
  holds<Equals<typeof status, StatusCode | "unknown" | undefined>>();
  holds<Equals<typeof reason, NotFound["reason"] | ServerError["reason"] | undefined>>();
  holds<Equals<typeof message, string | undefined>>();
  holds<Equals<typeof cause, unknown>>();
  if (status !== undefined) return status;
  holds<Equals<typeof reason, NotFound["reason"] | ServerError["reason"]>>();
  return `${reason}: ${message}`;
}

/** Whatever one of the types has can be read from any of them. */
export function unnarrowed(result: Result, error: ServerError): (string | number | undefined)[] {
  return [result.http?.status, result.exception?.type, error.body, error.http?.headers["retry-after"]];
}

export async function calls(): Promise<void> {
  const promise = getStatus("https://h", "j");
  holds<Equals<typeof promise, Promise<Result>>>();
  await getStatus(new URL("https://h"), "j", {});
  await getStatus("https://h", "j", { signal: AbortSignal.timeout(1), maxBytes: Infinity });
  await getStatus("https://h", "j", { headers: { a: "b" } });
  await getStatus("https://h", "j", { headers: [["a", "b"]] });
  await getStatus("https://h", "j", { headers: [["a", "b"]] as const });
  await getStatus("https://h", "j", {
    headers: { forEach: (add: (value: string, name: string) => void) => add("b", "a") },
  });
  await getStatus("https://h", "j", { headers: undefined, signal: undefined, maxBytes: undefined, fetch: undefined });
}

// Every property is read-only.
type IsReadonly<T> = T extends unknown ? Equals<T, Readonly<T>> : never;
holds<IsReadonly<Result | StatusInfo["document"] | StatusInfo["links"] | Exception | Link | Http | Http["headers"]>>();
holds<IsReadonly<GetStatusOptions | Parameters<Fetch>[1] | Awaited<ReturnType<Fetch>>>>();

// Nothing is `any`, which would make all of the above hold.
type IsAny<T> = 0 extends 1 & T ? true : false;
type HasAny<T> = true extends IsAny<T> ? true : T extends object ? { [K in keyof T]-?: HasAny<T[K]> }[keyof T] : false;
type HasAnyOption<T> = { [K in keyof T]-?: IsAny<T[K]> }[keyof T];
holds<Equals<IsAny<any>, true>>();
holds<Equals<HasAny<{ a: { b?: any } }>, true>>();
holds<Equals<HasAny<Exclude<Result, StatusInfo> | Omit<StatusInfo, "links"> | Link>, false>>();
holds<Equals<HasAnyOption<GetStatusOptions>, false>>();
holds<Equals<HasAnyOption<Parameters<Fetch>[1] & Awaited<ReturnType<Fetch>>>, false>>();
holds<Equals<IsAny<Parameters<typeof getStatus>[number]>, false>>();

holds<Equals<StatusInfo["status"], StatusCode | "unknown">>();
holds<Equals<StatusInfo["links"], readonly Link[]>>();
holds<Equals<StatusInfo["document"]["status"], string>>();
holds<Equals<StatusInfo["document"]["x"], unknown>>();
holds<Equals<Http["headers"][string], string | undefined>>();
holds<Equals<ServerError["body"], string | undefined>>();
holds<Equals<Result["status"], StatusCode | "unknown" | undefined>>();
holds<Equals<Result["reason"], NotFound["reason"] | ServerError["reason"] | undefined>>();
holds<Equals<[StatusInfo["reason"], StatusInfo["cause"], NotFound["cause"]], [undefined, undefined, undefined]>>();
holds<Equals<[NotFound["status"], ServerError["status"], ResponseError["cause"]], [undefined, undefined, undefined]>>();

// Nothing too many.
type Words<S> = S extends `${infer First} ${infer Rest}` ? First | Words<Rest> : S;
type Times = "created started finished updated";
type StatusInfoName = `kind jobID status type processID message ${Times} progress exception links document http`;
holds<Equals<keyof StatusInfo, Words<`${StatusInfoName} reason cause`>>>();
holds<Equals<StatusCode, Words<"created accepted running successful failed dismissed">>>();
holds<Equals<NotFound["reason"], Words<"no-such-job gone unspecified">>>();
holds<Equals<ServerError["reason"], Words<"http malformed network timeout">>>();
