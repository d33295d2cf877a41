// What the types are, property by property: what they lack does not compile. All is read-only, and nothing is `any`.
import { getStatus, isNotFound, isServerError, isStatusInfo } from "ogcapi-job-status";
import type {
  Exception,
  Fetch,
  GetStatusOptions,
  HeadersLike,
  Http,
  Link,
  NetworkError,
  NotFound,
  ResponseError,
  Result,
  ServerError,
  StatusCode,
  StatusInfo,
  Timeout,
} from "ogcapi-job-status";

type Equals<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Flat<T> = { [Name in keyof T]: T[Name] };
type Is<T, Shape> = Equals<Flat<T>, Flat<Readonly<Shape>>>;
type Words<S> = S extends `${infer First} ${infer Rest}` ? First | Words<Rest> : S;
type Texts<Names> = { [Name in Words<Names> & string]?: string };
const holds = <_T extends true>(): void => {};

interface WithBody {
  message: string;
  body: string;
  exception?: Exception;
  http: Http;
  status?: never;
  cause?: never;
}
interface WithoutBody {
  kind: "ServerError";
  message: string;
  cause?: unknown;
  http?: Http;
  status?: never;
  body?: never;
  exception?: never;
}
interface Status extends Texts<"type processID message created started finished updated"> {
  kind: "StatusInfo";
  jobID: string;
  status: StatusCode | "unknown";
  progress?: number;
  exception?: Exception;
  links: readonly Link[];
  document: { readonly status: string; readonly [name: string]: unknown };
  http: Http;
  reason?: never;
  cause?: never;
}
holds<Is<StatusInfo, Status>>();
// @ts-expect-error it is a number
holds<Is<StatusInfo, Omit<Status, "progress"> & { progress?: string }>>();
holds<Is<NotFound, WithBody & { kind: "NotFound"; reason: "no-such-job" | "gone" | "unspecified" }>>();
holds<Is<ResponseError, WithBody & { kind: "ServerError"; reason: "http" | "malformed" }>>();
holds<Is<NetworkError, WithoutBody & { reason: "network" }>>();
holds<Is<Timeout, WithoutBody & { reason: "timeout" }>>();
holds<Is<Exception, Texts<"type title detail instance"> & { status?: number }>>();
holds<Is<Link, Texts<"rel type hreflang title"> & { href: string }>>();
holds<Is<Http, { status: number; url: string; headers: { readonly [name: string]: string | undefined } }>>();
holds<Equals<StatusCode, Words<"created accepted running successful failed dismissed">>>();
holds<Equals<ServerError, ResponseError | NetworkError | Timeout>>();
holds<Equals<Result, StatusInfo | NotFound | ServerError>>();

interface Options {
  fetch?: Fetch | undefined;
  headers?:
    { readonly [name: string]: string } | Iterable<readonly [name: string, value: string]> | HeadersLike | undefined;
  signal?: AbortSignal | undefined;
  maxBytes?: number | undefined;
}
holds<Is<GetStatusOptions, Options>>();
holds<Equals<typeof getStatus, (baseUrl: string | URL, jobId: string, opts?: GetStatusOptions) => Promise<Result>>>();
holds<Equals<typeof isStatusInfo, (value: unknown) => value is StatusInfo>>();
holds<Equals<typeof isNotFound, (value: unknown) => value is NotFound>>();
holds<Equals<typeof isServerError, (value: unknown) => value is ServerError>>();

/** A wrapper may change the headers. */
type Init = { method: "GET"; headers: { [name: string]: string }; signal?: AbortSignal; cache?: "no-store" };
/** Narrower types of a chunk or of what `cancel` returns would refuse some platform. */
interface Stream {
  getReader(): {
    read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
    cancel(): Promise<unknown>;
  };
}
type Response = { status: number; url: string; headers: HeadersLike; body: Stream | null; bodyUsed?: boolean };
holds<Is<Parameters<Fetch>[1], Init>>();
holds<Is<Awaited<ReturnType<Fetch>>, Response>>();
holds<Equals<Fetch, (url: string, init: Parameters<Fetch>[1]) => ReturnType<Fetch>>>();
holds<Equals<HeadersLike["forEach"], (callback: (value: string, name: string) => void) => void>>();

/** With `strict`, both branches are narrowed. */
export function byReason(result: Result): string {
  if (result.reason === undefined) return result.jobID;
  return result.reason === "network" || result.reason === "timeout" ? result.message : result.body;
}
export const destructured = ({ status, message }: Result): string => status ?? message;
