// ogcapi-job-status 0.1.0 | MIT | npm: ogcapi-job-status

/**
 * Ask an OGC API - Processes server how a job is doing.
 *
 * Such a server runs long computations ("processes"). Starting one gives a job,
 * and `GET {baseUrl}/jobs/{jobId}` tells its status. {@linkcode getStatus} makes
 * that one request with the platform's `fetch` and returns one of three plain
 * objects, told apart by `kind`. It is written for what servers really send,
 * which is often not what the standard asks for.
 *
 * ```ts
 * import { getStatus } from "ogcapi-job-status";
 *
 * const result = await getStatus("https://ogc.example.com/ogcapi", "job-1");
 * if (result.kind === "StatusInfo") console.log(result.status, result.progress);
 * else console.log(result.kind, result.reason, result.message);
 * ```
 *
 * "1.0" in the comments below is OGC API - Processes - Part 1: Core 1.0 (OGC
 * 18-062r2), "2.0 draft" its successor (18-062r3), "Part 4" the Job Management
 * draft (24-051).
 *
 * @module
 */

// The result

/** What {@linkcode getStatus} returns; `kind` tells which of the three it is. */
export type Result = StatusInfo | NotFound | ServerError;

/** The server answered with the status of the job (any 2xx with a status document). */
export interface StatusInfo {
  /** Always `"StatusInfo"`. */
  readonly kind: "StatusInfo";
  /** The job's id: `jobID` (1.0), `id` (2.0 draft), `jobId` or `job_id`; the id asked for where the server sends it empty. */
  readonly jobID: string;
  /** The state of the job. `"unknown"` is a word that no standard and no known server has: `document.status` holds it. */
  readonly status: StatusCode | "unknown";
  /** What runs the job: `"process"` in 1.0; also `"provider"`, `"openeo"` or `"wps"` (Weaver). Often missing. */
  readonly type?: string;
  /** The id of the process that runs (1.0), or its URI (2.0 draft). */
  readonly processID?: string;
  /** The server's words on the state, for people; pygeoapi escapes `<` and `>` in it as HTML. */
  readonly message?: string;
  /** When the job was accepted, as sent: RFC 3339, or without a zone (pygeoapi on PostgreSQL, ECMWF). */
  readonly created?: string;
  /** When the job began to run, as sent; EOEPCA's ADES may say `"none"`. */
  readonly started?: string;
  /** When the job ended, as sent; georust sets it while the job still runs. */
  readonly finished?: string;
  /** When the status last changed, as sent; it may be later than `finished`. */
  readonly updated?: string;
  /** How much is done, in percent: 0 to 100, maybe fractional; a failed job keeps its last value or says 100. */
  readonly progress?: number;
  /** Why the job failed (2.0 draft; under 1.0 the results of a failed job tell). */
  readonly exception?: Exception;
  /** Where to go from here: the results, logs, this document. Empty where the server names none. */
  readonly links: readonly Link[];
  /** The whole document as parsed, untouched: members of other versions and of vendors are here. */
  readonly document: {
    /** The server's own word for the status. */
    readonly status: string;
    /** Any other member, unchecked. */
    readonly [name: string]: unknown;
  };
  /** The response that brought the document. */
  readonly http: Http;
}

/** The server knows no such job: 404, 410, or a 400 whose exception names no-such-job (Weaver). */
export interface NotFound {
  /** Always `"NotFound"`. */
  readonly kind: "NotFound";
  /**
   * `"gone"`: there was such a job (410). `"no-such-job"`: the server says that it has no such job.
   * `"not-found"`: a bare 404, which a wrong base URL gives as well.
   */
  readonly reason: "gone" | "no-such-job" | "not-found";
  /** What the server says, or else `"HTTP 404"`; never empty. */
  readonly message: string;
  /** The text of the answer, as far as it was read; `""` for none. */
  readonly body: string;
  /** The body read as an OGC exception, where it is one. */
  readonly exception?: Exception;
  /** The response. */
  readonly http: Http;
}

/** There is no status to be had: the answer was an error or no status document, or did not arrive. */
export type ServerError = ResponseError | NetworkError;

/** A {@linkcode ServerError} with a whole response behind it. */
export interface ResponseError {
  /** Always `"ServerError"`. */
  readonly kind: "ServerError";
  /**
   * `"http"`: a status that is neither 2xx nor a {@linkcode NotFound}, such as 401, 429 or 503.
   * `"malformed"`: 2xx, but the body is no status document: HTML, empty, another JSON, over `maxBytes`.
   */
  readonly reason: "http" | "malformed";
  /** What the server says or else `"HTTP 503"`; for `"malformed"`, what is wrong with the body. Never empty. */
  readonly message: string;
  /** The text of the answer, as far as it was read; `""` for none. */
  readonly body: string;
  /** The body read as an OGC exception, where it is one. */
  readonly exception?: Exception;
  /** The response; a `retry-after` is in its headers. */
  readonly http: Http;
  /** Only a {@linkcode NetworkError} has it. */
  readonly cause?: never;
}

/** A {@linkcode ServerError} without a whole response: refused, reset, cut off, or a `fetch` that failed. */
export interface NetworkError {
  /** Always `"ServerError"`. */
  readonly kind: "ServerError";
  /** `"network"`: no response head came, or a 2xx body did not arrive whole. */
  readonly reason: "network";
  /** What failed, in this library's words; never empty. */
  readonly message: string;
  /** What was thrown, as it is: each platform throws its own. It may name the URL. */
  readonly cause?: unknown;
  /** The response, where its head had come. */
  readonly http?: Http;
  /** Only a {@linkcode ResponseError} has it. */
  readonly body?: never;
  /** Only a {@linkcode ResponseError} has it. */
  readonly exception?: never;
}

/**
 * The states of a job: those of 1.0, and `"created"` of Part 4 (there, but not started).
 * `"successful"`, `"failed"` and `"dismissed"` are final.
 */
export type StatusCode =
  "created" | "accepted" | "running" | "successful" | "failed" | "dismissed";

/** An error as a server describes it (RFC 9457, exception.yaml of OGC); has `type`, `title` or `detail`. */
export interface Exception {
  /** What kind of error it is: a URI, or a bare code such as `"NoSuchJob"`. */
  readonly type?: string;
  /** The kind of error in a few words. */
  readonly title?: string;
  /** What went wrong this time. */
  readonly detail?: string;
  /** A URI of this occurrence of the error. */
  readonly instance?: string;
  /** The HTTP status as the server's body has it, an integer. */
  readonly status?: number;
}

/** A link of a status document (link.yaml of 1.0). */
export interface Link {
  /** Where it leads: absolute, but as sent where it cannot be resolved. Any scheme: check before following. */
  readonly href: string;
  /** What it leads to: `"self"`, `"monitor"`, `"http://www.opengis.net/def/rel/ogc/1.0/results"`, … */
  readonly rel?: string;
  /** The media type to expect there. */
  readonly type?: string;
  /** The language to expect there, an RFC 5646 tag. */
  readonly hreflang?: string;
  /** A label for people. */
  readonly title?: string;
}

/** The head of an HTTP response. */
export interface Http {
  /** The HTTP status, 200 to 599; 0 for a redirect that a browser was told not to follow. */
  readonly status: number;
  /** The URL that answered, after redirects; the one asked where the platform does not tell. */
  readonly url: string;
  /** The response headers, names in lower case, without `set-cookie`; a browser shows few across origins. */
  readonly headers: { readonly [name: string]: string | undefined };
}

// The options

/** What {@linkcode getStatus} can be told. */
export interface GetStatusOptions {
  /**
   * Sends the request: a proxy, a service binding, a test, or the platform's with options of its own.
   *
   * @default {globalThis.fetch}
   */
  readonly fetch?: Fetch | undefined;
  /** Request headers, sent as given; one that is named here replaces the library's own (`accept`). */
  readonly headers?: RequestHeaders | undefined;
  /** Ends the request; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /**
   * The most bytes of decoded body that are read: 0 or more, `Infinity` for no limit.
   *
   * @default {1048576}
   */
  readonly maxBytes?: number | undefined;
}

/** Request headers: a record, an array of pairs, or a `Headers`. */
export type RequestHeaders =
  | { readonly [name: string]: string }
  | readonly (readonly [name: string, value: string])[]
  | HeadersLike;

/** As much of `fetch` as is used, so that every platform's and every stub fits. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchResponse>;

/** What a {@linkcode Fetch} is given. */
export interface FetchInit {
  /** Always `"GET"`. */
  readonly method: "GET";
  /** All headers to send, names in lower case; a plain record that can be spread. */
  readonly headers: { [name: string]: string };
  /** The caller's signal, where one was given. */
  readonly signal?: AbortSignal;
}

/** As much of a `Response` as is used. */
export interface FetchResponse {
  /** The HTTP status. */
  readonly status: number;
  /** The final URL; may be empty. */
  readonly url: string;
  /** The response headers. */
  readonly headers: HeadersLike;
  /** The body, or `null` for none. */
  readonly body: { getReader(): BodyReader } | null;
}

/** As much of a `Headers` as is used. */
export interface HeadersLike {
  /** Calls back once for each header. */
  forEach(callback: (value: string, name: string) => void): void;
}

/** As much of a stream reader as is used. */
export interface BodyReader {
  /** Gives the next bytes, or says that there are no more. */
  read(): Promise<
    | { readonly done: false; readonly value: Uint8Array }
    | { readonly done: true }
  >;
  /** Stops the stream. */
  cancel(): Promise<unknown>;
}

// The function

/**
 * Asks `GET {baseUrl}/jobs/{jobId}` once, and tells what came of it.
 *
 * Whatever the server or the network does is a {@linkcode Result}. There is no
 * retry, no cache, no timer and no polling; redirects are the platform's.
 *
 * @param baseUrl The root of the API, an absolute http(s) URL. A path prefix and
 * a query stay: `https://h/ogc/?key=1` asks `https://h/ogc/jobs/{jobId}?key=1`.
 * @param jobId The id as the server gave it, not percent-encoded.
 * @param opts Headers, a signal, a limit, another `fetch`.
 * @returns The status of the job, or why there is none.
 * @throws {TypeError} If an argument cannot be used; nothing has been sent then.
 * @throws The reason of `opts.signal`, once that has aborted.
 *
 * @example One status, all outcomes
 * ```ts
 * import { getStatus } from "ogcapi-job-status";
 *
 * const result = await getStatus("https://ogc.example.com/ogcapi", "job-1", {
 *   headers: { authorization: "Bearer token" },
 *   signal: AbortSignal.timeout(10_000),
 * });
 * switch (result.kind) {
 *   case "StatusInfo":
 *     console.log(`${result.status}, ${result.progress ?? 0} % done`);
 *     break;
 *   case "NotFound":
 *     console.log(`no such job: ${result.message}`);
 *     break;
 *   case "ServerError":
 *     console.log(`${result.reason} ${result.http?.status ?? ""}: ${result.message}`);
 * }
 * ```
 */
export async function getStatus(
  baseUrl: string | URL,
  jobId: string,
  opts: GetStatusOptions = {},
): Promise<Result> {
  // Called bare, never as a member of `opts`: Workers refuse a `fetch` with any other `this`.
  const { fetch: send = fetch, signal, maxBytes = 1_048_576 } = opts;
  const url = jobUrl(baseUrl, jobId);
  const headers = requestHeaders(opts.headers);
  check(typeof send === "function", "fetch is no function");
  check(
    typeof maxBytes === "number" && maxBytes >= 0,
    "maxBytes is no number >= 0",
  );
  signal?.throwIfAborted();

  const decoder = new TextDecoder();
  let http: Http | undefined;
  let body = "";
  let last: Uint8Array | undefined; // decoded late, since a decoder is slow unless told that nothing follows
  let overLimit: boolean | undefined; // unknown until the body has ended
  let cause: unknown;
  try {
    const response = await send(url, {
      method: "GET",
      headers,
      ...(signal && { signal }),
    });
    http = {
      status: response.status,
      url: response.url || url,
      headers: toRecord(response.headers),
    };
    const reader = response.body?.getReader();
    let left = maxBytes;
    while (reader && left >= 0) {
      const chunk = await reader.read();
      if (chunk.done) break;
      const bytes = chunk.value.subarray(0, left);
      if (last) body += decoder.decode(last, { stream: true });
      last = bytes;
      left -= chunk.value.length;
    }
    overLimit = left < 0;
    // Not awaited: the `cancel` of an injected body may hang, as it may reject or throw.
    if (overLimit) attempt(() => reader?.cancel().catch(() => {}));
  } catch (error) {
    cause = error;
  }
  // The signal is asked, not what was thrown: Workers throw a copy of the reason.
  signal?.throwIfAborted();

  // Unless whole, the body must not end in a character that is cut in two: with `stream`, the decoder keeps that back.
  body += decoder.decode(last, { stream: overLimit !== false });
  return readResult(http, body, overLimit, cause, jobId);
}

// The guards

/**
 * Tells whether a value is a {@linkcode StatusInfo}.
 *
 * Every member is checked, so that it also holds for a value from elsewhere: a
 * result that was stored as JSON, or posted by another thread. Members that the
 * type does not name are allowed.
 *
 * @param value Anything.
 * @returns Whether it is one.
 *
 * @example A status from a message
 * ```ts
 * import { isStatusInfo } from "ogcapi-job-status";
 *
 * const stored: unknown = JSON.parse('{"kind":"NotFound"}');
 * console.log(isStatusInfo(stored)); //=> false
 * ```
 */
export function isStatusInfo(value: unknown): value is StatusInfo {
  const info = toMembers(value);
  return (
    info["kind"] === "StatusInfo" &&
    isText(info["jobID"]) &&
    isText(info["status"]) &&
    readStatus(info["status"]) === info["status"] &&
    holds(info, STATUS_TEXTS, isText) &&
    readProgress(info["progress"]).progress === info["progress"] &&
    holds(info, ["exception"], isException) &&
    Array.isArray(info["links"]) &&
    info["links"].every(isLink) &&
    isText(toMembers(info["document"])["status"]) &&
    isHttp(info["http"])
  );
}

/**
 * Tells whether a value is a {@linkcode NotFound}, checked as {@linkcode isStatusInfo} does.
 *
 * @param value Anything.
 * @returns Whether it is one.
 *
 * @example Stop asking for a job that is gone
 * ```ts
 * import { getStatus, isNotFound } from "ogcapi-job-status";
 *
 * const result = await getStatus("https://ogc.example.com/ogcapi", "no-such-job");
 * console.log(isNotFound(result)); //=> true
 * ```
 */
export function isNotFound(value: unknown): value is NotFound {
  return isFailure(value, "NotFound", ["gone", "no-such-job", "not-found"]);
}

/**
 * Tells whether a value is a {@linkcode ServerError}, checked as {@linkcode isStatusInfo} does.
 *
 * `cause` is not looked at: JSON does not carry it.
 *
 * @param value Anything.
 * @returns Whether it is one.
 *
 * @example Ask again later
 * ```ts
 * import { getStatus, isServerError } from "ogcapi-job-status";
 *
 * const result = await getStatus("https://ogc.example.com/ogcapi", "job-1");
 * if (isServerError(result)) console.log(result.http?.headers["retry-after"]);
 * ```
 */
export function isServerError(value: unknown): value is ServerError {
  return isFailure(value, "ServerError", ["http", "malformed", "network"]);
}

function isFailure(
  value: unknown,
  kind: string,
  reasons: readonly unknown[],
): boolean {
  const failure = toMembers(value);
  return (
    failure["kind"] === kind &&
    reasons.includes(failure["reason"]) &&
    isText(failure["message"]) &&
    (failure["reason"] === "network"
      ? failure["body"] === undefined &&
        failure["exception"] === undefined &&
        holds(failure, ["http"], isHttp)
      : isString(failure["body"]) &&
        holds(failure, ["exception"], isException) &&
        isHttp(failure["http"]))
  );
}

function isException(value: unknown): boolean {
  return (
    readException(value).exception !== undefined &&
    holds(value, EXCEPTION_TEXTS, isText) &&
    holds(value, ["status"], Number.isInteger)
  );
}

function isLink(value: unknown): boolean {
  return hasHref(value) && holds(value, LINK_TEXTS, isText);
}

function isHttp(value: unknown): boolean {
  const http = toMembers(value);
  const headers = toMembers(http["headers"]);
  return (
    Number.isInteger(http["status"]) &&
    isText(http["url"]) &&
    headers === http["headers"] &&
    !Array.isArray(headers) &&
    Object.values(headers).every(isString)
  );
}

/** Whether those of the named members that are there pass the test. */
function holds(
  value: unknown,
  names: readonly string[],
  test: (member: unknown) => boolean,
): boolean {
  const members = toMembers(value);
  return names.every(
    (name) => members[name] === undefined || test(members[name]),
  );
}

// The request

function jobUrl(baseUrl: string | URL, jobId: string): string {
  const segment = attempt(() => encodeURIComponent(jobId));
  // URL parsing resolves dot segments, even encoded: "." would ask the job list, ".." the landing page.
  check(
    isString(jobId) && segment && !/^\.\.?$/.test(segment),
    "jobId is no path segment",
  );
  const url = attempt(() => new URL(baseUrl));
  check(
    url && /^https?:\/\/[^/@]+\//.test(url.href),
    "baseUrl is no plain http(s) URL",
  );
  // The lookbehind keeps this linear: without it, each slash of a long row would be tried as the first.
  return (
    url.origin +
    url.pathname.replace(/(?<!\/)\/*$/, `/jobs/${segment}`) +
    url.search
  );
}

function requestHeaders(headers: RequestHeaders | undefined): {
  [name: string]: string;
} {
  // `Headers` tells whether the platform takes them; an empty one would only take time.
  const merged =
    headers === undefined
      ? {}
      : attempt(() => {
          const values = Array.isArray(headers)
            ? headers.map((pair) => pair[1])
            : Object.values(headers);
          // `Headers` takes any value: it would send `undefined` as the word.
          return (
            values.every(isString) &&
            toRecord(new Headers(headers as [string, string][]))
          );
        });
  check(merged, "headers cannot be sent");
  return { accept: "application/json", ...merged };
}

/** Throws where an argument cannot be used. No message repeats the base URL or a header: either may hold a secret. */
function check(holds: unknown, problem: string): asserts holds {
  if (!holds) throw new TypeError(`getStatus: ${problem}`);
}

// The response

function readResult(
  http: Http | undefined,
  body: string,
  overLimit: boolean | undefined,
  cause: unknown,
  jobId: string,
): Result {
  const status = http?.status;
  const success = /^2/.test(`${status}`);
  // A status that is no success says enough, even where its body broke off.
  if (!http || (overLimit === undefined && success)) {
    return {
      kind: "ServerError",
      reason: "network",
      message: "no whole response",
      ...(http && { http }),
      ...(cause !== undefined && { cause }),
    };
  }

  // A body that was cut is not parsed, even where it could be: `true` has no members.
  const document = toMembers(attempt(() => overLimit || JSON.parse(body)));
  const info = success && readStatusInfo(document, http, jobId);
  if (info) return info;

  const error = {
    message: success
      ? overLimit
        ? "body over maxBytes"
        : "body has no status and id"
      : // RFC 9457 has `detail` and `title`; pygeoapi, javaPS and Weaver send `description`, gateways `message`.
        ([
          document["detail"],
          document["description"],
          document["message"],
          document["title"],
        ].find(isText) ?? `HTTP ${status}`),
    body,
    ...readException(document),
    http,
  };
  // 1.0 fixes the URI of no-such-job, but servers send three of them, or the bare code. Weaver sends it with a 400, too.
  const reason =
    status === 410
      ? "gone"
      : (status === 404 || status === 400) &&
          /(no-such-job|NoSuchJob)$/i.test(`${error.exception?.type}`)
        ? "no-such-job"
        : status === 404 && "not-found";
  return reason
    ? { kind: "NotFound", reason, ...error }
    : { kind: "ServerError", reason: success ? "malformed" : "http", ...error };
}

// The members. All are optional, since real servers leave them out, or send null, "" or a number for them.

const STATUS_TEXTS = [
  "type",
  "processID",
  "message",
  "created",
  "started",
  "finished",
  "updated",
] as const;
const EXCEPTION_TEXTS = ["type", "title", "detail", "instance"] as const;
const LINK_TEXTS = ["rel", "type", "hreflang", "title"] as const;

/** The words that servers use for each status code; the code itself comes first. */
const STATUS_WORDS: readonly (readonly [StatusCode, ...string[]])[] = [
  ["created"],
  ["accepted", "queued", "pending"], // queued: openEO
  ["running", "started", "paused"], // started: WPS; paused: ZOO-Project
  ["successful", "succeeded", "finished"], // succeeded: WPS; finished: openEO
  ["failed", "error", "rejected"], // error: openEO; rejected: ECMWF
  ["dismissed", "canceled", "cancelled", "deleted"], // canceled: openEO; deleted: ECMWF
];

function readStatusInfo(
  document: Members,
  http: Http,
  jobId: string,
): StatusInfo | undefined {
  // 1.0, the 2.0 draft, and two spellings of servers; "" is what the Kubernetes manager of pygeoapi may send.
  const ids = [
    document["jobID"],
    document["id"],
    document["jobId"],
    document["job_id"],
  ].filter(isString);
  if (!(isText(document["status"]) && ids.length)) return undefined;
  return {
    kind: "StatusInfo",
    jobID: ids.find(isText) ?? jobId,
    status: readStatus(document["status"]),
    ...copyTexts(document, STATUS_TEXTS, {}),
    ...readProgress(document["progress"]),
    ...readException(document["exception"]),
    links: Array.isArray(document["links"])
      ? document["links"].filter(hasHref).map((link) =>
          copyTexts(link, LINK_TEXTS, {
            // ECMWF sends relative ones. Looking for a scheme costs less than a `new URL` for every link.
            href: /^[a-z][a-z\d+.-]*:/i.test(link.href)
              ? link.href
              : (attempt(() => new URL(link.href, http.url).href) ?? link.href),
          }),
        )
      : [],
    document: document as StatusInfo["document"],
    http,
  };
}

function readStatus(word: string): StatusInfo["status"] {
  return (
    STATUS_WORDS.find((words) => words.includes(word.toLowerCase()))?.[0] ??
    "unknown"
  );
}

function readProgress(value: unknown): { progress?: number } {
  // A string is what EOEPCA's ADES and the Kubernetes manager of pygeoapi send.
  const progress =
    isString(value) && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value;
  return typeof progress === "number" && progress >= 0 && progress <= 100
    ? { progress }
    : {};
}

/** A member of a wrong type is ignored, as RFC 9457 section 3.1 asks for. */
function readException(value: unknown): { exception?: Exception } {
  const members = toMembers(value);
  const status = Number.isInteger(members["status"])
    ? { status: members["status"] as number }
    : {};
  const exception: Exception = copyTexts(members, EXCEPTION_TEXTS, status);
  return exception.type || exception.title || exception.detail
    ? { exception }
    : {};
}

type Texts<Name extends string> = { [name in Name]?: string };

/** Copies those of the named members that are non-empty strings. To spread a copy of them would be slower. */
function copyTexts<Name extends string, Target extends object>(
  value: unknown,
  names: readonly Name[],
  target: Target,
): Target & Texts<Name> {
  const members = toMembers(value);
  for (const name of names) {
    const text = members[name];
    if (isText(text)) (target as Texts<Name>)[name] = text;
  }
  return target;
}

// Small things

/** The headers as a record, without `set-cookie`: browsers neither send nor show it. */
function toRecord(headers: HeadersLike): { [name: string]: string } {
  const record: { [name: string]: string } = {};
  headers.forEach((value, name) => {
    const lower = name.toLowerCase();
    if (lower !== "set-cookie") record[lower] = value;
  });
  return record;
}

type Members = { readonly [name: string]: unknown };

/** Any value as an object to read members of: null, a string or a number has none. */
function toMembers(value: unknown): Members {
  return Object(value);
}

function hasHref(value: unknown): value is { readonly href: string } {
  return isText(toMembers(value)["href"]);
}

function isText(value: unknown): value is string {
  return isString(value) && value !== "";
}

function isString(value: unknown): value is string {
  return typeof value === "string";
}

/** What `make` returns, or `undefined` where it throws; what it throws may hold a secret, and is dropped. */
function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
