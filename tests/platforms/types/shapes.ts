// What the types are, property by property: what they lack does not compile. All is read-only, and nothing is `any`.
import type * as Api from "ogcapi-job-status";

type Equals<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Flat<T> = { [Name in keyof T]: T[Name] };
type Is<T, Shape> = Equals<Flat<T>, Flat<Readonly<Shape>>>;
type Words<S> = S extends `${infer First} ${infer Rest}` ? First | Words<Rest> : S;
type Texts<Names> = { [Name in Words<Names> & string]?: string };
type Absent<Names> = { [Name in Words<Names> & string]?: never };
const holds = <_T extends true>(): void => {};

interface WithBody extends Absent<"status cause"> {
  message: string;
  body: string;
  exception?: Api.Exception;
  http: Api.Http;
}
interface WithoutBody extends Absent<"status body exception"> {
  kind: "ServerError";
  message: string;
  cause?: unknown;
  http?: Api.Http;
}
interface Status extends Texts<"type processID message created started finished updated">, Absent<"reason cause"> {
  kind: "StatusInfo";
  jobID: string;
  status: Api.StatusCode | "unknown";
  progress?: number;
  exception?: Api.Exception;
  links: readonly Api.Link[];
  document: { readonly status: string; readonly [name: string]: unknown };
  http: Api.Http;
}
holds<Is<Api.StatusInfo, Status>>();
// @ts-expect-error it is a number
holds<Is<Api.StatusInfo, Omit<Status, "progress"> & { progress?: string }>>();
holds<Is<Api.NotFound, WithBody & { kind: "NotFound"; reason: "no-such-job" | "gone" | "unspecified" }>>();
holds<Is<Api.ResponseError, WithBody & { kind: "ServerError"; reason: "http" | "malformed" }>>();
holds<Is<Api.NetworkError, WithoutBody & { reason: "network" }>>();
holds<Is<Api.Timeout, WithoutBody & { reason: "timeout" }>>();
holds<Is<Api.Exception, Texts<"type title detail instance"> & { status?: number }>>();
holds<Is<Api.Link, Texts<"rel type hreflang title"> & { href: string }>>();
holds<Is<Api.Http, { status: number; url: string; headers: { readonly [name: string]: string | undefined } }>>();
holds<Equals<Api.StatusCode, Words<"created accepted running successful failed dismissed">>>();
holds<Equals<Api.ServerError, Api.ResponseError | Api.NetworkError | Api.Timeout>>();
holds<Equals<Api.Result, Api.StatusInfo | Api.NotFound | Api.ServerError>>();

type Pairs = Iterable<readonly [name: string, value: string]>;
interface Options {
  fetch?: Api.Fetch | undefined;
  headers?: { readonly [name: string]: string } | Pairs | Api.HeadersLike | undefined;
  signal?: AbortSignal | undefined;
  maxBytes?: number | undefined;
}
type GetStatus = (baseUrl: string | URL, jobId: string, opts?: Api.GetStatusOptions) => Promise<Api.Result>;
holds<Is<Api.GetStatusOptions, Options>>();
holds<Equals<typeof Api.getStatus, GetStatus>>();
holds<Equals<typeof Api.isStatusInfo, (value: unknown) => value is Api.StatusInfo>>();
holds<Equals<typeof Api.isNotFound, (value: unknown) => value is Api.NotFound>>();
holds<Equals<typeof Api.isServerError, (value: unknown) => value is Api.ServerError>>();

/** A wrapper may change the headers. */
type Init = { method: "GET"; headers: { [name: string]: string }; signal?: AbortSignal; cache?: "no-store" };
/** Narrower types of a chunk or of what `cancel` returns would refuse some platform. */
type Chunk = { done: boolean; value?: Uint8Array | undefined };
type Stream = { getReader(): { read(): Promise<Chunk>; cancel(): Promise<unknown> } };
type Response = { status: number; url: string; headers: Api.HeadersLike; body: Stream | null; bodyUsed?: boolean };
holds<Is<Parameters<Api.Fetch>[1], Init>>();
holds<Is<Awaited<ReturnType<Api.Fetch>>, Response>>();
holds<Equals<Api.Fetch, (url: string, init: Parameters<Api.Fetch>[1]) => ReturnType<Api.Fetch>>>();
holds<Equals<Api.HeadersLike["forEach"], (callback: (value: string, name: string) => void) => void>>();
