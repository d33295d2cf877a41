// ogcapi-job-status 0.2.0 | MIT-0 | npm: ogcapi-job-status

/**
 * Gets the status of a job from an OGC API - Processes server.
 *
 * A process is a computation that such a server runs; each run is a job, and
 * `GET {baseUrl}/jobs/{jobId}` returns its status. {@linkcode getStatus} sends
 * that request with the platform's `fetch` and returns a
 * {@linkcode StatusInfo}, a {@linkcode NotFound} or a {@linkcode ServerError}.
 * It also accepts the non-conforming documents that many servers send.
 *
 * ```ts
 * import { getStatus } from "ogcapi-job-status";
 *
 * const result = await getStatus("https://ogc.example.com/ogcapi", "job-1");
 * if (result.kind === "StatusInfo") console.log(result.status, result.progress);
 * else console.log(result.kind, result.reason, result.message);
 * ```
 *
 * The comments below refer to three versions of the standard: "1.0" is OGC
 * API - Processes - Part 1: Core 1.0 (OGC 18-062r2), "2.0 draft" is the draft
 * of Part 1 2.0 (OGC 18-062r3), and "Part 4" is the draft of Part 4: Job
 * Management (OGC 24-051).
 *
 * @module
 */

// The result

/** The result of {@linkcode getStatus}: a union, discriminated by `kind`. */
export type Result = StatusInfo | NotFound | ServerError;

/** The status of the job: a 2xx response with a status document. */
export interface StatusInfo {
  /** `"StatusInfo"`: the server returned the status of the job. */
  readonly kind: "StatusInfo";
  /**
   * The id of the job: the first non-empty string of `jobID` (1.0), `id` (2.0
   * draft), `jobId` and `job_id` (non-standard), or the requested id if the
   * server sends an empty one.
   */
  readonly jobID: string;
  /**
   * The state of the job, or `"unknown"` if the server's word is not
   * recognised. The word itself is in `document.status`.
   */
  readonly status: StatusCode | "unknown";
  /**
   * The kind of computation: `"process"` in 1.0, also `"provider"`,
   * `"service"`, `"openeo"` or `"wps"` in Weaver. Many servers leave it out.
   */
  readonly type?: string;
  /** The id of the process (1.0), or its URI (2.0 draft). */
  readonly processID?: string;
  /**
   * Human-readable description of the state; pygeoapi HTML-escapes `<` and `>`
   * in it. Untrusted text: escape it before inserting it into HTML.
   */
  readonly message?: string;
  /**
   * The time at which the job was accepted, as sent: RFC 3339, or without a
   * time zone (pygeoapi with PostgreSQL, ECMWF, fastprocesses).
   */
  readonly created?: string;
  /**
   * The time at which the job started to run, as sent; EOEPCA's ADES may send
   * `"none"`.
   */
  readonly started?: string;
  /**
   * The time at which the job ended, as sent; georust sets it while the job is
   * still running.
   */
  readonly finished?: string;
  /**
   * The time of the last change of the status, as sent; it may be later than
   * `finished`.
   */
  readonly updated?: string;
  /**
   * Progress in percent, 0 to 100, possibly fractional. Absent if missing or
   * out of range. It need not be 100 when the job has ended.
   */
  readonly progress?: number;
  /**
   * Why the job failed (2.0 draft; in 1.0, request the job's results instead).
   */
  readonly exception?: Exception;
  /**
   * Related resources, such as the results and the logs; empty if the server
   * sends none.
   */
  readonly links: readonly Link[];
  /**
   * The parsed document, unchanged, including members that this type does not
   * declare. A server can nest it too deeply for `JSON.stringify`, which then
   * throws a `RangeError`.
   */
  readonly document: {
    /** The server's own word for the status. */
    readonly status: string;
    /** Any other member, unchecked. */
    readonly [name: string]: unknown;
  };
  /** The HTTP response. */
  readonly http: Http;
  /**
   * Absent from {@linkcode StatusInfo}; declared so that `result.reason` can be
   * read before narrowing.
   */
  readonly reason?: never;
}

/**
 * The server responded with 404, 410, or a 400 whose body names no-such-job
 * (Weaver). A plain 404 can also mean that the base URL is wrong; see `reason`.
 */
export interface NotFound {
  /** `"NotFound"`: the server found no such job. */
  readonly kind: "NotFound";
  /**
   * - `"gone"`: the job existed and was removed (410).
   * - `"no-such-job"`: the server reports that the job does not exist.
   * - `"not-found"`: any other 404; the base URL may be wrong.
   */
  readonly reason: "gone" | "no-such-job" | "not-found";
  /**
   * The server's description of the error, or else `HTTP` and the status, such
   * as `"HTTP 404"`. Never empty.
   */
  readonly message: string;
  /**
   * The response body decoded as UTF-8, truncated at `maxBytes` or where the
   * transfer broke off; `""` if there is none.
   */
  readonly body: string;
  /**
   * The body as an exception; absent if it has no `type`, `title` or `detail`.
   */
  readonly exception?: Exception;
  /** The HTTP response. */
  readonly http: Http;
  /**
   * Absent from {@linkcode NotFound}; declared so that `result.status` can be
   * read before narrowing.
   */
  readonly status?: never;
}

/**
 * Any other outcome: an error status, a 2xx without a status document, or no
 * complete response.
 */
export type ServerError = ResponseError | NetworkError;

/** A {@linkcode ServerError} with an HTTP response. */
export interface ResponseError {
  /** `"ServerError"`: the status is not available; see `reason`. */
  readonly kind: "ServerError";
  /**
   * - `"http"`: a status that is neither 2xx nor a {@linkcode NotFound}, such
   *   as 401, 429 or 503.
   * - `"malformed"`: a 2xx whose body is not a status document: HTML, empty,
   *   other JSON, or over `maxBytes`.
   */
  readonly reason: "http" | "malformed";
  /**
   * For `"http"`, the server's description of the error, or else `HTTP` and the
   * status, such as `"HTTP 503"`. For `"malformed"`, what is wrong with the
   * body. Never empty.
   */
  readonly message: string;
  /**
   * The response body decoded as UTF-8, truncated at `maxBytes` or where the
   * transfer broke off; `""` if there is none.
   */
  readonly body: string;
  /**
   * The body as an exception; absent if it has no `type`, `title` or `detail`.
   */
  readonly exception?: Exception;
  /**
   * The HTTP response. `http.headers["retry-after"]` is present if the server
   * sends it and, across origins, CORS exposes it.
   */
  readonly http: Http;
  /**
   * Absent from {@linkcode ResponseError}; declared so that `error.cause` can
   * be read before narrowing.
   */
  readonly cause?: never;
  /**
   * Absent from {@linkcode ResponseError}; declared so that `result.status` can
   * be read before narrowing.
   */
  readonly status?: never;
}

/** A {@linkcode ServerError} without a usable HTTP response. */
export interface NetworkError {
  /** `"ServerError"`: the status is not available; see `reason`. */
  readonly kind: "ServerError";
  /**
   * `"network"`: `fetch` failed or did not return a Response, or the body of a
   * 2xx did not arrive completely.
   */
  readonly reason: "network";
  /** What failed. Never empty, and contains nothing from `cause` or the URL. */
  readonly message: string;
  /**
   * The thrown value, unchanged. Absent if nothing was thrown. It differs
   * between platforms and may contain the URL, so take care when logging it.
   */
  readonly cause?: unknown;
  /** The HTTP response, if its headers were received. */
  readonly http?: Http;
  /**
   * Absent from {@linkcode NetworkError}; declared so that `error.body` can be
   * read before narrowing.
   */
  readonly body?: never;
  /**
   * Absent from {@linkcode NetworkError}; declared so that `error.exception`
   * can be read before narrowing.
   */
  readonly exception?: never;
  /**
   * Absent from {@linkcode NetworkError}; declared so that `result.status` can
   * be read before narrowing.
   */
  readonly status?: never;
}

/**
 * The states of a job: those of 1.0, and `"created"` of Part 4 (not yet
 * started). `"successful"`, `"failed"` and `"dismissed"` are final.
 */
export type StatusCode =
  "created" | "accepted" | "running" | "successful" | "failed" | "dismissed";

/**
 * An error as described by the server (RFC 9457, and exception.yaml of 1.0). At
 * least one of `type`, `title` and `detail` is present.
 */
export interface Exception {
  /**
   * The type of the error: a URI reference, or a plain code such as
   * `"NoSuchJob"`.
   */
  readonly type?: string;
  /** A short summary of the type of error. */
  readonly title?: string;
  /** An explanation of this occurrence of the error. */
  readonly detail?: string;
  /** A URI reference that identifies this occurrence of the error. */
  readonly instance?: string;
  /** The HTTP status that the body states, an integer. */
  readonly status?: number;
}

/** A link of a status document (link.yaml of 1.0). */
export interface Link {
  /**
   * The target, resolved against `http.url`. It is left as sent if it has a
   * scheme, is longer than 1,024 characters or cannot be resolved, or if there
   * are too many links for a long `http.url`. Any scheme can occur, including
   * `javascript:`: check it before you follow or display the link.
   */
  readonly href: string;
  /**
   * The relation to the job: `"self"`, `"monitor"`,
   * `"http://www.opengis.net/def/rel/ogc/1.0/results"`, …
   */
  readonly rel?: string;
  /** The media type of the target. */
  readonly type?: string;
  /** The language of the target, an RFC 5646 tag. */
  readonly hreflang?: string;
  /** A human-readable label. */
  readonly title?: string;
}

/** The status, URL and headers of an HTTP response. */
export interface Http {
  /**
   * The HTTP status; 0 for an opaque redirect (`redirect: "manual"` in a
   * browser).
   */
  readonly status: number;
  /**
   * The final URL after redirects, or the requested URL if the platform does
   * not report one.
   */
  readonly url: string;
  /**
   * The response headers, names in lower case, without `set-cookie`. Across
   * origins, browsers expose only CORS-safelisted headers and those in
   * `Access-Control-Expose-Headers`.
   */
  readonly headers: { readonly [name: string]: string | undefined };
}

// The options

/** Options for {@linkcode getStatus}. */
export interface GetStatusOptions {
  /**
   * The function that sends the request. Pass one to use a proxy, a service
   * binding, a test stub, or options of `fetch` such as `redirect`. Wrap a
   * service binding: `(url, init) => env.API.fetch(url, init)`.
   *
   * @default {globalThis.fetch}
   */
  readonly fetch?: Fetch | undefined;
  /**
   * Request headers. `Accept: application/json` is added unless `accept` is
   * given, in any letter case. `Set-Cookie` is not sent.
   */
  readonly headers?: RequestHeaders | undefined;
  /**
   * Aborts the request: the promise rejects with `signal.reason`. An injected
   * `fetch` that ignores the signal delays this.
   */
  readonly signal?: AbortSignal | undefined;
  /**
   * Maximum number of body bytes to read after content decoding, 0 or more. A
   * longer 2xx body is a `"malformed"` result; any other body is truncated.
   * Values above 500,000,000, including `Infinity`, are treated as 500,000,000.
   *
   * @default {1048576}
   */
  readonly maxBytes?: number | undefined;
}

/**
 * Request headers: a record, name-value pairs (an array, a `Headers`, a `Map`),
 * or any object with the `forEach` of `Headers`.
 */
export type RequestHeaders =
  | { readonly [name: string]: string }
  | Iterable<readonly [name: string, value: string]>
  | HeadersLike;

/**
 * The subset of `fetch` that is used. The `fetch` of every platform and of
 * undici can be passed.
 */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchResponse>;

/** The second argument of a {@linkcode Fetch}. */
export interface FetchInit {
  /** Always `"GET"`. */
  readonly method: "GET";
  /**
   * All request headers, names in lower case: a plain object that can be
   * spread.
   */
  readonly headers: { [name: string]: string };
  /** The signal of the caller, if there is one. */
  readonly signal?: AbortSignal;
}

/** The subset of `Response` that is used. */
export interface FetchResponse {
  /** The HTTP status, an integer. */
  readonly status: number;
  /** The final URL after redirects, or `""`. */
  readonly url: string;
  /** The response headers. */
  readonly headers: HeadersLike;
  /**
   * The body as a stream that has not been read or locked, or `null` if there
   * is none.
   */
  readonly body: { getReader(): BodyReader } | null;
  /** Whether the body has already been read. */
  readonly bodyUsed?: boolean;
}

/** The subset of `Headers` that is used. */
export interface HeadersLike {
  /** Calls `callback` once for each header. */
  forEach(callback: (value: string, name: string) => void): void;
}

/** The subset of `ReadableStreamDefaultReader` that is used. */
export interface BodyReader {
  /**
   * Returns the next bytes in `value`, or `done: true` at the end. The bytes
   * must not change after the next call: they are decoded only then.
   */
  read(): Promise<{
    readonly done: boolean;
    readonly value?: Uint8Array | undefined;
  }>;
  /** Cancels the stream. */
  cancel(): Promise<unknown>;
}

// The function

/**
 * Sends one `GET {baseUrl}/jobs/{jobId}` and returns the job's status, or why
 * there is none.
 *
 * Server and network failures are returned, not thrown. There are no retries
 * and no polling, and nothing is cached. Redirects are left to the platform.
 *
 * @param baseUrl The root of the API, an absolute http: or https: URL. Its path
 * and query are kept: for `https://h/ogc/?key=1`, the request is sent to
 * `https://h/ogc/jobs/{jobId}?key=1`.
 * @param jobId The id as the server returned it, not percent-encoded.
 * @param opts Headers, an abort signal, a size limit, and the `fetch` to use.
 * @returns A `StatusInfo`, `NotFound` or `ServerError`; distinguish them by
 * `kind`.
 * @throws {TypeError} If an argument is invalid; no request is sent.
 * @throws `opts.signal.reason`, if the signal is aborted.
 *
 * @example Handle every result
 * ```ts
 * import { getStatus } from "ogcapi-job-status";
 *
 * const result = await getStatus("https://ogc.example.com/ogcapi", "job-1", {
 *   headers: { authorization: "Bearer token" },
 *   signal: AbortSignal.timeout(10_000), // rejects with a TimeoutError
 * });
 * switch (result.kind) {
 *   case "StatusInfo":
 *     console.log(`${result.status}, ${result.progress ?? "?"}% done`);
 *     break;
 *   case "NotFound":
 *     console.log(`Not found (${result.reason}): ${result.message}`);
 *     break;
 *   case "ServerError":
 *     console.log(result.reason, result.message, result.http?.url, result.cause);
 * }
 * ```
 */
export async function getStatus(
  baseUrl: string | URL,
  jobId: string,
  opts: GetStatusOptions = {},
): Promise<Result> {
  check(typeof opts === "object" && opts !== null, "opts must be an object");
  const url = toJobUrl(baseUrl, jobId);
  const headers = toRequestHeaders(opts.headers);
  const { fetch = globalThis.fetch, signal, maxBytes = 1_048_576 } = opts;
  check(
    typeof fetch === "function",
    "fetch must be a function (pass one if the platform has none)",
  );
  check(
    signal == null || typeof signal.throwIfAborted === "function",
    "signal must be an AbortSignal",
  );
  check(
    typeof maxBytes === "number" && maxBytes >= 0,
    "maxBytes must be a non-negative number",
  );
  signal?.throwIfAborted();

  const init: FetchInit = { method: "GET", headers, ...(signal && { signal }) };
  const outcome = await sendRequest(fetch, url, init, maxBytes);
  // Not the thrown value: Workers throw a copy of the reason.
  signal?.throwIfAborted();
  return toResult(outcome, jobId);
}

// The guards

/**
 * Returns whether a value is a {@linkcode StatusInfo}.
 *
 * All declared members are checked (of `document`, only `status`), so the guard
 * can be used for values from elsewhere, such as a result that was stored as
 * JSON or received from a worker. Members that the type does not declare are
 * allowed.
 *
 * @param value The value to check.
 * @returns Whether the value is a `StatusInfo`.
 *
 * @example Check a stored result
 * ```ts
 * import { getStatus, isStatusInfo } from "ogcapi-job-status";
 *
 * const result = await getStatus("https://ogc.example.com/ogcapi", "job-1");
 * const stored = JSON.stringify(result);
 * const value: unknown = JSON.parse(stored);
 * if (isStatusInfo(value)) console.log(value.status); //=> running
 * ```
 */
export function isStatusInfo(value: unknown): value is StatusInfo {
  const info = toMembers(value);
  return (
    info.kind === "StatusInfo" &&
    isText(info.jobID) &&
    isText(info.status) &&
    // Each status code, and "unknown", is converted to itself.
    toStatusCode(info.status) === info.status &&
    hasOptionalTexts(info, STATUS_TEXTS) &&
    isOptional(info.progress, isPercentage) &&
    isOptional(info.exception, isException) &&
    Array.isArray(info.links) &&
    // `every` skips the holes of a sparse array; `includes` does not.
    !info.links.includes(undefined) &&
    info.links.every(isLink) &&
    isText(toMembers(info.document).status) &&
    isHttp(info.http) &&
    info.reason === undefined
  );
}

/**
 * Returns whether a value is a {@linkcode NotFound}.
 *
 * All declared members are checked, as in {@linkcode isStatusInfo}.
 *
 * @param value The value to check.
 * @returns Whether the value is a `NotFound`.
 *
 * @example Recognise a missing job
 * ```ts
 * import { getStatus, isNotFound } from "ogcapi-job-status";
 *
 * const result = await getStatus("https://ogc.example.com/ogcapi", "job-9");
 * if (isNotFound(result)) console.log(result.reason); //=> no-such-job
 * ```
 */
export function isNotFound(value: unknown): value is NotFound {
  return isFailure(value, "NotFound", NOT_FOUND_REASONS);
}

/**
 * Returns whether a value is a {@linkcode ServerError}.
 *
 * All declared members are checked, as in {@linkcode isStatusInfo}, except for
 * `cause`, which JSON does not preserve.
 *
 * @param value The value to check.
 * @returns Whether the value is a `ServerError`.
 *
 * @example Read Retry-After
 * ```ts
 * import { getStatus, isServerError } from "ogcapi-job-status";
 *
 * const result = await getStatus("https://ogc.example.com/ogcapi", "job-1");
 * if (isServerError(result)) console.log(result.http?.headers["retry-after"]);
 * ```
 */
export function isServerError(value: unknown): value is ServerError {
  return isFailure(value, "ServerError", SERVER_ERROR_REASONS);
}

function isFailure(
  value: unknown,
  kind: Result["kind"],
  reasons: readonly unknown[],
): boolean {
  const failure = toMembers(value);
  const { reason, message, body, exception, http } = failure;
  return (
    failure.kind === kind &&
    reasons.includes(reason) &&
    isText(message) &&
    failure.status === undefined &&
    (reason === "network"
      ? body === undefined &&
        exception === undefined &&
        isOptional(http, isHttp)
      : isString(body) && isOptional(exception, isException) && isHttp(http))
  );
}

function isException(value: unknown): boolean {
  const exception = toMembers(value);
  return (
    readException(value) !== undefined &&
    hasOptionalTexts(exception, EXCEPTION_TEXTS) &&
    isOptional(exception.status, isInteger)
  );
}

function isLink(value: unknown): boolean {
  const link = toMembers(value);
  return isText(link.href) && hasOptionalTexts(link, LINK_TEXTS);
}

function isHttp(value: unknown): boolean {
  const { status, url, headers } = toMembers(value);
  return (
    isInteger(status) &&
    isText(url) &&
    isPlainObject(headers) &&
    Object.values(headers).every(isString)
  );
}

// Helpers: reading unchecked values

const STATUS_TEXTS = [
  "type",
  "processID",
  "message",
  "created",
  "started",
  "finished",
  "updated",
] as const satisfies readonly (keyof StatusInfo)[];

const EXCEPTION_TEXTS = [
  "type",
  "title",
  "detail",
  "instance",
] as const satisfies readonly (keyof Exception)[];

const LINK_TEXTS = [
  "rel",
  "type",
  "hreflang",
  "title",
] as const satisfies readonly (keyof Link)[];

const NOT_FOUND_REASONS: readonly unknown[] = [
  "gone",
  "no-such-job",
  "not-found",
] satisfies NotFound["reason"][];

const SERVER_ERROR_REASONS: readonly unknown[] = [
  "http",
  "malformed",
  "network",
] satisfies ServerError["reason"][];

/** The members that are read from documents and results, all unchecked. */
type Members = {
  readonly [
    name in
      | keyof StatusInfo
      | keyof NotFound
      | keyof ServerError
      | keyof Exception
      | keyof Link
      | keyof Http
      | "id"
      | "jobId"
      | "job_id"
      | "code"
      | "description"
  ]?: unknown;
};

/** Allows members of any value to be read; null and primitives have none. */
function toMembers(value: unknown): Members {
  return Object(value) as Members;
}

/** The words that servers use for each status code, the code itself first. */
const STATUS_WORDS: readonly (readonly [StatusCode, ...string[]])[] = [
  ["created"],
  ["accepted", "queued", "pending"], // queued: openEO
  ["running", "started", "paused"], // started: WPS; paused: ZOO-Project
  ["successful", "succeeded", "finished"], // succeeded: WPS; finished: openEO
  // error: openEO; rejected: ECMWF; lost: sepex, after a crash
  ["failed", "error", "rejected", "lost"],
  // canceled: openEO; deleted: ECMWF
  ["dismissed", "canceled", "cancelled", "deleted"],
];

function toStatusCode(word: string): StatusInfo["status"] {
  const lowerCase = word.toLowerCase();
  const match = STATUS_WORDS.find((words) => words.includes(lowerCase));
  return match?.[0] ?? "unknown";
}

/**
 * Returns `undefined` if there is no `type`, `title` or `detail`. Members of a
 * wrong type are ignored (RFC 9457, section 3.1).
 */
function readException(value: unknown): Exception | undefined {
  const members = toMembers(value);
  const exception: Exception = {
    ...pickTexts(members, EXCEPTION_TEXTS),
    ...(isInteger(members.status) && { status: members.status }),
  };
  return exception.type || exception.title || exception.detail
    ? exception
    : undefined;
}

/** Returns the named members that are non-empty strings. */
function pickTexts<Name extends keyof Members>(
  members: Members,
  names: readonly Name[],
): { [name in Name]?: string } {
  const texts: { [name in Name]?: string } = {};
  for (const name of names) {
    const text: unknown = members[name];
    if (isText(text)) texts[name] = text;
  }
  return texts;
}

/** Returns whether every named member that is present is a non-empty string. */
function hasOptionalTexts(
  members: Members,
  names: readonly (keyof Members)[],
): boolean {
  return names.every((name) => isOptional(members[name], isText));
}

function isOptional(
  value: unknown,
  test: (value: unknown) => boolean,
): boolean {
  return value === undefined || test(value);
}

/** Works across realms: under Jest and in edge VMs, `instanceof` fails. */
function isPlainObject(value: unknown): value is object {
  if (!value || typeof value !== "object") return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return !prototype || !Object.getPrototypeOf(prototype);
}

function isPercentage(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= 100;
}

function isInteger(value: unknown): value is number {
  return Number.isInteger(value);
}

function isText(value: unknown): value is string {
  return isString(value) && value !== "";
}

function isString(value: unknown): value is string {
  return typeof value === "string";
}

/**
 * Returns the result of `run`, or `undefined` if it throws. The error is
 * dropped, because it may contain a secret.
 */
function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}

// Helpers: the arguments

/**
 * Throws if an argument is invalid. No message contains the base URL or a
 * header, because either may hold a secret.
 */
function check(condition: unknown, message: string): asserts condition {
  if (!condition) throw new TypeError(`getStatus: ${message}`);
}

function toJobUrl(baseUrl: string | URL, jobId: string): string {
  const url = attempt(() => new URL(baseUrl));
  check(
    url && (url.protocol === "http:" || url.protocol === "https:"),
    "baseUrl must be an absolute http: or https: URL",
  );
  check(
    !url.username && !url.password,
    "baseUrl must not contain credentials: send an Authorization header instead",
  );
  // `encodeURIComponent` throws for ill-formed UTF-16. URL parsing resolves dot
  // segments, even encoded ones: "." would request the job list and ".." the
  // landing page.
  const segment = attempt(() => encodeURIComponent(jobId));
  check(
    isString(jobId) && segment && segment !== "." && segment !== "..",
    'jobId must be a well-formed string other than "", "." and ".."',
  );
  const path = url.pathname;
  let end = path.length;
  // A loop, because /\/+$/ takes quadratic time.
  while (path.endsWith("/", end)) end--;
  return `${url.origin}${path.slice(0, end)}/jobs/${segment}${url.search}`;
}

function toRequestHeaders(headers: RequestHeaders | undefined): {
  [name: string]: string;
} {
  if (headers === undefined) return { accept: "application/json" };
  const record = attempt(() => {
    const pairs = toPairs(headers);
    // `Headers` rejects what the platform cannot send, but converts any value
    // to a string: `undefined` would be sent as the text "undefined".
    return toRecord(pairs) && toRecord(readPairs(new Headers(pairs)));
  });
  // Functions are refused here; null and primitives have thrown above.
  check(
    typeof headers === "object" && record,
    "headers must have valid names and string values",
  );
  return { accept: "application/json", ...record };
}

type Pair = [name: string, value: string];

function toPairs(headers: RequestHeaders): Pair[] {
  if (Symbol.iterator in headers) return Array.from(headers as Iterable<Pair>);
  if (typeof headers.forEach === "function") {
    return readPairs(headers as HeadersLike);
  }
  return Object.entries(headers);
}

function readPairs(headers: HeadersLike): Pair[] {
  const pairs: Pair[] = [];
  headers.forEach((value, name) => {
    pairs.push([name, value]);
  });
  return pairs;
}

/**
 * Returns `undefined` if a name or value is not a string. `set-cookie` is left
 * out: browsers neither send nor expose it.
 */
function toRecord(
  pairs: readonly Pair[],
): { [name: string]: string } | undefined {
  const entries: Pair[] = [];
  for (const [name, value] of pairs) {
    if (!isString(name) || !isString(value)) return undefined;
    const lowerCase = name.toLowerCase();
    if (lowerCase !== "set-cookie") entries.push([lowerCase, value]);
  }
  // Assigning to `record["__proto__"]` would be ignored.
  return Object.fromEntries(entries);
}

// Helpers: the request

/** The outcome of a request. */
interface Outcome {
  /**
   * `"failed"` if `fetch` failed or did not return a Response, or if the body
   * broke off.
   */
  readonly end: "complete" | "too large" | "failed";
  /** What failed, if `end` is `"failed"`. */
  readonly message: string;
  /** What was thrown, if something was. */
  readonly cause: unknown;
  /** Absent if `fetch` failed or did not return a Response. */
  readonly http: Http | undefined;
  /** The text of the response body, as far as it was read. */
  readonly body: string;
}

/** Sends the request and reads the response. Never throws. */
async function sendRequest(
  fetch: Fetch,
  url: string,
  init: FetchInit,
  maxBytes: number,
): Promise<Outcome> {
  let end: Outcome["end"] = "failed";
  let message = "Request failed: see cause";
  let cause: unknown;
  let http: Http | undefined;
  let reader: BodyReader | undefined;
  const texts: string[] = [];
  try {
    // Not called as `opts.fetch`: Workers reject that as an illegal invocation.
    const response = await fetch(url, init);
    message = "fetch did not return a Response with a readable body";
    // Read before `getReader`, after which `bodyUsed` is true in Bun.
    const { body, bodyUsed } = response;
    // Opened first, so that it can be cancelled if the response is invalid.
    if (body !== null) reader = body.getReader();
    // A used body would be read as an empty one.
    if (reader ? bodyUsed !== true : body === null) {
      http = readHead(response, url);
    }
    if (http) {
      message = "Response body could not be read to the end: see cause";
      end = reader ? await readBody(reader, maxBytes, texts) : "complete";
    }
  } catch (error) {
    cause = error;
  }
  if (end !== "complete") void cancel(reader);
  return { end, message, cause, http, body: texts.join("") };
}

/**
 * Returns `undefined` if an injected `fetch` returned members of a wrong type.
 */
function readHead(
  { status, url, headers }: FetchResponse,
  requestedUrl: string,
): Http | undefined {
  const record = toRecord(readPairs(headers));
  return isInteger(status) && isString(url) && record
    ? { status, url: url || requestedUrl, headers: record }
    : undefined;
}

/** Appends the text to `texts`, which keeps what arrived if reading throws. */
async function readBody(
  reader: BodyReader,
  maxBytes: number,
  texts: string[],
): Promise<Outcome["end"]> {
  const decoder = new TextDecoder();
  // Some engines cannot hold a longer string (V8: 536,870,888 characters).
  let room = Math.min(maxBytes, 500_000_000);
  let end: Outcome["end"] | undefined;
  // Each chunk is decoded after the next read: most bodies are one chunk, which
  // Node decodes much faster without `stream`.
  let last: Uint8Array | undefined;
  try {
    while (!end) {
      const { done, value } = await reader.read();
      if (done) {
        end = "complete";
      } else if (ArrayBuffer.isView(value) && value.BYTES_PER_ELEMENT === 1) {
        if (last) texts.push(decoder.decode(last, { stream: true }));
        last = value.subarray(0, room);
        room -= value.length;
        if (room < 0) end = "too large";
      } else {
        end = "failed"; // not bytes
      }
    }
  } finally {
    // With `stream`, an incomplete character at the end is omitted.
    texts.push(decoder.decode(last, { stream: end !== "complete" }));
  }
  return end;
}

/**
 * Cancels a stream. The caller does not wait: an injected `cancel` may never
 * settle.
 */
async function cancel(reader: BodyReader | undefined): Promise<void> {
  try {
    await reader?.cancel();
  } catch {
    // Best effort: the result does not depend on it.
  }
}

// Helpers: the result

function toResult(outcome: Outcome, jobId: string): Result {
  const { end, message, cause, http, body } = outcome;
  const success = http && http.status >= 200 && http.status < 300;
  // A status other than 2xx decides the result, even if the body broke off.
  if (!http || (success && end === "failed")) {
    return {
      kind: "ServerError",
      reason: "network",
      message,
      ...(http && { http }),
      ...(cause !== undefined && { cause }),
    };
  }

  const json =
    end === "too large"
      ? undefined
      : attempt(() => JSON.parse(body) as unknown);
  const document = toMembers(json);
  const info = success ? readStatusInfo(document, http, jobId) : undefined;
  if (info) return info;

  const exception = readException(document);
  const common = {
    message: success
      ? describeMalformed(outcome, json)
      : describeError(document, http.status),
    body,
    ...(exception && { exception }),
    http,
  };
  const notFound = toNotFoundReason(http.status, document);
  if (notFound) return { kind: "NotFound", reason: notFound, ...common };
  const reason = success ? "malformed" : "http";
  return { kind: "ServerError", reason, ...common };
}

function describeMalformed(
  { http, body, end }: Outcome,
  json: unknown,
): string {
  if (end === "too large") return "Response body is too large (see maxBytes)";
  if (body === "") return "Response body is empty";
  if (json === undefined) {
    const contentType = http?.headers["content-type"] || "none";
    return `Response body is not JSON (Content-Type: ${contentType})`;
  }
  return "Response body is not a job status: it has no status or no job id";
}

/** Returns the server's description of the error, or `HTTP` and the status. */
function describeError(document: Members, status: number): string {
  // RFC 9457 defines `detail` and `title`. pygeoapi, javaPS and Weaver send
  // `description`, and gateways send `message`.
  const texts = [
    document.detail,
    document.description,
    document.message,
    document.title,
  ];
  return texts.find(isText) ?? `HTTP ${status}`;
}

function toNotFoundReason(
  status: number,
  { type, code }: Members,
): NotFound["reason"] | undefined {
  // 1.0 defines a URI that ends in no-such-job. Servers send variants of it or
  // a plain code, sometimes in `code`.
  const isNoSuchJob = [type, code].some(
    (name) =>
      isString(name) && /(no-such-job|nosuchjob|jobnotfound)$/i.test(name),
  );
  switch (status) {
    case 410:
      return "gone";
    case 404:
      return isNoSuchJob ? "no-such-job" : "not-found";
    case 400: // Weaver, for an id that is not a UUID
      return isNoSuchJob ? "no-such-job" : undefined;
  }
  return undefined;
}

/**
 * Returns `undefined` if the document has no status or no id. Real servers omit
 * any other member, or send null or another type.
 */
function readStatusInfo(
  document: Members,
  http: Http,
  jobId: string,
): StatusInfo | undefined {
  const { status } = document;
  const ids = [document.jobID, document.id, document.jobId, document.job_id];
  if (!isText(status) || !ids.some(isString)) return undefined;
  const progress = readProgress(document.progress);
  const exception = readException(document.exception);
  return {
    kind: "StatusInfo",
    // The Kubernetes manager of pygeoapi may send an empty id.
    jobID: ids.find(isText) ?? jobId,
    status: toStatusCode(status),
    ...pickTexts(document, STATUS_TEXTS),
    ...(progress !== undefined && { progress }),
    ...(exception && { exception }),
    links: readLinks(document.links, http.url),
    document: document as StatusInfo["document"],
    http,
  };
}

function readProgress(value: unknown): number | undefined {
  // EOEPCA's ADES and the Kubernetes manager of pygeoapi send strings.
  const isDecimal = isString(value) && /^\d+(\.\d+)?$/.test(value);
  const progress = isDecimal ? Number(value) : value;
  return isPercentage(progress) ? progress : undefined;
}

function readLinks(value: unknown, baseUrl: string): Link[] {
  if (!Array.isArray(value)) return [];
  // A redirect lets the server choose a long base URL, which each short link
  // would repeat.
  const resolvable = value.length * baseUrl.length <= 1_048_576;
  const links: Link[] = [];
  for (const entry of value as unknown[]) {
    const link = toMembers(entry);
    const { href } = link;
    if (isText(href)) {
      links.push({
        href: resolvable ? resolve(href, baseUrl) : href,
        ...pickTexts(link, LINK_TEXTS),
      });
    }
  }
  return links;
}

/** Returns an absolute URL, or else `href` unchanged. */
function resolve(href: string, baseUrl: string): string {
  // The limit bounds time: `new URL` takes seconds to encode a very long host.
  if (href.length > 1_024 || /^[a-z][a-z\d+.-]*:/i.test(href)) return href;
  return attempt(() => new URL(href, baseUrl).href) ?? href;
}
