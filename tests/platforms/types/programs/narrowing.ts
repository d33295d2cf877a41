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
      return byReason(result);
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
  if (isStatusInfo(result)) return result.jobID;
  if (isServerError(result)) return byReason(result);
  holds<Equals<typeof result, NotFound>>();
  return isNotFound(result) ? result.body : result;
}

export function byGuardOfUnknown(value: unknown): string {
  if (isStatusInfo(value)) return value.document.status;
  return isNotFound(value) || isServerError(value) ? value.message : "";
}

/** For callers who want an exception: `cause` can be read before narrowing. */
export async function orThrow(): Promise<StatusInfo> {
  const result = await getStatus("https://h", "j");
  if (result.kind !== "StatusInfo") throw new Error(result.message, { cause: result.cause });
  return result;
}

/** `status` and `reason` can be compared before `kind` is. */
export function byValue(result: Result): string {
  if (result.status === "running") return result.jobID;
  if (result.reason === "gone") return result.body;
  switch (result.reason) {
    case undefined:
      holds<Equals<typeof result, StatusInfo>>();
      return result.jobID;
    case "network":
    case "timeout":
      holds<Equals<typeof result, NetworkError | Timeout>>();
      return result.message;
    default:
      holds<Equals<typeof result, NotFound | ResponseError>>();
      return result.body;
  }
}

export async function destructured(): Promise<string> {
  const { status, reason, message } = await getStatus("https://h", "j");
  if (status) return status;
  holds<Equals<typeof reason, NotFound["reason"] | ServerError["reason"]>>();
  return message;
}

/** Whatever one of the types has can be read from any of them. */
export function unnarrowed(result: Result, error: ServerError): (string | number | undefined)[] {
  return [result.http?.status, result.exception?.type, error.body, error.http?.headers["retry-after"]];
}

export async function calls(): Promise<void> {
  const headers = { forEach: (add: (value: string, name: string) => void) => add("b", "a") };
  await getStatus("https://h", "j", { headers, maxBytes: Infinity });
  await getStatus("https://h", "j", { headers: { a: "b" } });
  await getStatus("https://h", "j", { headers: [["a", "b"]] as const });
  const pairs = {
    *[Symbol.iterator]() {
      yield ["a", "b"] as const;
    },
  };
  await getStatus("https://h", "j", { headers: pairs });
  await getStatus("https://h", "j", { headers: undefined, signal: undefined, maxBytes: undefined, fetch: undefined });
}
holds<Equals<Parameters<typeof getStatus>, [string | URL, string, (GetStatusOptions | undefined)?]>>();
holds<Equals<ReturnType<typeof getStatus>, Promise<Result>>>();

/** The least that a stream must offer, and what it may return. */
const ended = { read: async () => ({ done: true }), cancel: async () => {} };
const filled = {
  read: async () => ({ done: false, value: new Uint8Array(1) }),
  cancel: async (): Promise<unknown> => 5,
};
const empty = { read: async () => ({ done: true, value: undefined }), cancel: async () => null };
export const fetches: readonly Fetch[] = [ended, filled, empty].map((reader): Fetch => {
  return async (url, { headers }) => ({
    status: 200,
    url,
    headers: new Map(Object.entries(headers)),
    body: { getReader: () => reader },
  });
});

type ResponseLike = Awaited<ReturnType<Fetch>>;
type Reader = ReturnType<NonNullable<ResponseLike["body"]>["getReader"]>;

// Every property is read-only.
type IsReadonly<T> = T extends unknown ? Equals<T, Readonly<T>> : never;
holds<IsReadonly<Result | StatusInfo["document"] | StatusInfo["links"] | Exception | Link | Http | Http["headers"]>>();
holds<IsReadonly<GetStatusOptions | Parameters<Fetch>[1] | ResponseLike>>();

// Nothing is `any`, which would make all of the above hold.
type IsAny<T> = 0 extends 1 & T ? true : false;
type HasAny<T> = true extends IsAny<T> ? true : T extends object ? { [K in keyof T]-?: HasAny<T[K]> }[keyof T] : false;
type HasAnyOption<T> = { [K in keyof T]-?: IsAny<T[K]> }[keyof T];
holds<Equals<IsAny<any>, true>>();
holds<Equals<HasAny<{ a: { b?: any } }>, true>>();
holds<Equals<HasAny<Exclude<Result, StatusInfo> | Omit<StatusInfo, "links"> | Link>, false>>();
holds<Equals<HasAnyOption<GetStatusOptions>, false>>();
holds<Equals<HasAnyOption<Parameters<Fetch>[1] & ResponseLike>, false>>();

holds<Equals<[ResponseLike["status"], ResponseLike["url"]], [number, string]>>();
holds<Equals<Parameters<Fetch>[1]["headers"], { [name: string]: string }>>();
holds<Equals<Parameters<Fetch>[1]["cache"], "no-store" | undefined>>();
holds<Equals<Awaited<ReturnType<Reader["read"]>>, { done: boolean; value?: Uint8Array | undefined }>>();
holds<Equals<Awaited<ReturnType<Reader["cancel"]>>, unknown>>();
holds<Equals<StatusInfo["links"], readonly Link[]>>();
holds<Equals<StatusInfo["document"]["status"], string>>();
holds<Equals<StatusInfo["document"]["x"], unknown>>();
holds<Equals<Http["headers"][string], string | undefined>>();
holds<Equals<ServerError["body"], string | undefined>>();
holds<Equals<Result["status"], StatusCode | "unknown" | undefined>>();
holds<Equals<Result["reason"], NotFound["reason"] | ServerError["reason"] | undefined>>();
holds<Equals<Result["message"], string | undefined>>();
holds<Equals<Result["cause"], unknown>>();
holds<Equals<[StatusInfo["reason"], StatusInfo["cause"], NotFound["cause"]], [undefined, undefined, undefined]>>();
holds<Equals<[NotFound["status"], ServerError["status"], ResponseError["cause"]], [undefined, undefined, undefined]>>();

// Nothing too many, and nothing optional that is required.
type Words<S> = S extends `${infer First} ${infer Rest}` ? First | Words<Rest> : S;
type OptionalName<T> = { [K in keyof T]-?: {} extends Pick<T, K> ? K : never }[keyof T];
type RequiredName<T> = Exclude<keyof T, OptionalName<T>>;
type Times = "created started finished updated";
holds<Equals<RequiredName<StatusInfo>, Words<"kind jobID status links document http">>>();
holds<Equals<OptionalName<StatusInfo>, Words<`type processID message ${Times} progress exception reason cause`>>>();
holds<Equals<RequiredName<ResponseError>, Words<"kind reason message body http">>>();
holds<Equals<RequiredName<NetworkError | Timeout>, Words<"kind reason message">>>();
holds<Equals<RequiredName<ResponseLike>, Words<"status url headers body">>>();
// What is absent is not `undefined`.
type MayBeUndefined<T, K> = K extends keyof T ? ({ [_ in K]: undefined } extends Pick<T, K> ? K : never) : never;
type NameOfUndefined<T> = T extends unknown ? MayBeUndefined<T, keyof T> : never;
holds<Equals<NameOfUndefined<Result | Exception | Link | Http>, "cause">>();
holds<Equals<StatusCode, Words<"created accepted running successful failed dismissed">>>();
holds<Equals<NotFound["reason"], Words<"no-such-job gone unspecified">>>();
holds<Equals<ServerError["reason"], Words<"http malformed network timeout">>>();
