// ogcapi-job-status 0.3.0 | MIT-0

/**
 * Gets the status of a job from an OGC API - Processes server.
 *
 * A process is a computation that such a server runs; each run is a job.
 * {@linkcode getStatus} requests `GET {baseUrl}/jobs/{jobId}` and returns a
 * {@linkcode StatusInfo}, a {@linkcode NotFound} or a {@linkcode ServerError}.
 * It copes with the many servers that don't quite follow the standard.
 *
 * In the comments, "1.0" is Part 1: Core (OGC 18-062r2), "2.0 draft" its next
 * version (18-062r3), and "Part 4" the draft of Job Management (24-051).
 *
 * @module
 */

/**
 * Requests the status of a job once.
 *
 * Server and network failures are returned, not thrown; so is an expired time
 * limit. Nothing is retried or polled. Redirects and caching are up to the
 * platform.
 *
 * @param baseUrl The root of the API (its landing page), an absolute http: or
 * https: URL, without `/jobs` and without credentials. Its path and query are
 * kept: for `https://h/ogc/?key=1`, the request is sent to
 * `https://h/ogc/jobs/{jobId}?key=1`.
 * @param jobId The `jobID` in the response that created the job, or the last
 * segment of its `Location`, decoded. It is encoded for you.
 * @param opts The headers, a signal, the `fetch` to use, and a size limit.
 * @returns A `StatusInfo`, `NotFound` or `ServerError`; see its `kind`.
 * @throws {TypeError} If an argument is invalid. No request is sent.
 * @throws The reason of `opts.signal` if it is aborted, except by a time limit.
 *
 * @example Handle every result
 * ```ts
 * import { getStatus } from "ogcapi-job-status";
 *
 * const result = await getStatus("https://ogc.example.com/ogcapi", "job-1", {
 *   headers: { authorization: "Bearer token" },
 *   signal: AbortSignal.timeout(10_000),
 * });
 * switch (result.kind) {
 *   case "StatusInfo":
 *     console.log(result.status, result.progress);
 *     break;
 *   case "NotFound": // "no-such-job", "gone" or "unspecified"
 *     console.log(`Not found (${result.reason}): ${result.message}`);
 *     break;
 *   case "ServerError": // "http", "malformed", "network" or "timeout"
 *     console.log(`No status (${result.reason}): ${result.message}`);
 * }
 * ```
 */
export async function getStatus(
  baseUrl: string | URL,
  jobId: string,
  opts: GetStatusOptions = {},
): Promise<Result> {
  check(opts && typeof opts === "object", "opts must be an object");
  const url = toJobUrl(baseUrl, jobId);
  const headers = toRequestHeaders(opts.headers);
  // Workers reject a call of `opts.fetch(…)` as an illegal invocation.
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

  const init: Init = { method: "GET", headers, ...(signal && { signal }) };
  const outcome = await sendRequest(fetch, url, init, maxBytes);
  const timeout = timeoutOrThrow(signal);
  return toResult(outcome, jobId, timeout);
}

// The result

/** The result of {@linkcode getStatus}: a union, discriminated by `kind`. */
export type Result = StatusInfo | NotFound | ServerError;

/** The status of the job, from a 2xx response with a status and a job id. */
export interface StatusInfo {
  /** `"StatusInfo"`: the server returned the status of the job. */
  readonly kind: "StatusInfo";
  /**
   * The id of the job: `jobID` (1.0), `id` (2.0 draft), `jobId` or `job_id`, or
   * the requested id if the server sends an empty one.
   */
  readonly jobID: string;
  /**
   * The state. `"unknown"`, which may be final, if the server's own name for it
   * (see `document.status`) is not recognised.
   */
  readonly status: StatusCode | "unknown";
  /** The kind of job, `"process"` in 1.0. Many servers omit it. */
  readonly type?: string;
  /** The id of the process (1.0) or its URI (2.0 draft). */
  readonly processID?: string;
  /** A description of the state. Untrusted text: escape it in HTML. */
  readonly message?: string;
  /** When the job was accepted: RFC 3339, but some servers omit the zone. */
  readonly created?: string;
  /** When the job started to run, in the same form. */
  readonly started?: string;
  /** When the job ended. Some servers set it while the job is running. */
  readonly finished?: string;
  /** When the status last changed. It may be later than `finished`. */
  readonly updated?: string;
  /** In percent, 0 to 100, possibly fractional. It may end below 100. */
  readonly progress?: number;
  /** Why the job failed (2.0 draft). With 1.0: see `message` or the results. */
  readonly exception?: Exception;
  /** Related resources, such as the results. Empty if the server sends none. */
  readonly links: readonly Link[];
  /**
   * The parsed document, unchanged. A server can nest it too deeply for
   * `JSON.stringify`, which then throws a `RangeError`.
   */
  readonly document: {
    /** The server's own name for the state. */
    readonly status: string;
    /** Any other property, unchecked. */
    readonly [name: string]: unknown;
  };
  /** The HTTP response. */
  readonly http: Http;
  /** Never set; declared so that it can be read from any `Result`. */
  readonly reason?: never;
  /** Never set; declared so that it can be read from any `Result`. */
  readonly cause?: never;
}

/** A 404, a 410, or a 400 whose body says that there is no such job. */
export interface NotFound extends FailureWithBody {
  /** `"NotFound"`: the server did not find the job. */
  readonly kind: "NotFound";
  /**
   * - `"no-such-job"`: the server says that there is no such job.
   * - `"gone"`: the job existed and was removed (410).
   * - `"unspecified"`: any other 404. The base URL may be wrong.
   */
  readonly reason: "no-such-job" | "gone" | "unspecified";
}

/** An error status, unusable content, a network failure, or a timeout. */
export type ServerError = ResponseError | NetworkError | Timeout;

/** An error status, or a 2xx response without the status of a job. */
export interface ResponseError extends FailureWithBody {
  /** `"ServerError"`: the status of the job is not available. */
  readonly kind: "ServerError";
  /**
   * - `"http"`: any status but 2xx, such as 401, 429 or 503.
   * - `"malformed"`: a 2xx with HTML, other JSON, an empty body, or more than
   *   `maxBytes`.
   */
  readonly reason: "http" | "malformed";
}

/** `fetch` failed or returned no `Response`, or a 2xx body was cut off. */
export interface NetworkError extends FailureWithoutBody {
  /** `"network"`: `message` says what failed, and `cause` why. */
  readonly reason: "network";
}

/** The time limit of `opts.signal` expired before the response was complete. */
export interface Timeout extends FailureWithoutBody {
  /** `"timeout"`: `cause` is the reason of the signal. */
  readonly reason: "timeout";
}

/** What {@linkcode NotFound} and {@linkcode ResponseError} have in common. */
export interface FailureWithBody {
  /** What went wrong. Never empty. It may hold untrusted text of the server. */
  readonly message: string;
  /** The body as text, up to `maxBytes` or where it was cut off. Untrusted. */
  readonly body: string;
  /** The error that the body describes, if any. */
  readonly exception?: Exception;
  /** The HTTP response. `headers["retry-after"]` is in seconds, or a date. */
  readonly http: Http;
  /** Never set; declared so that it can be read from any `Result`. */
  readonly status?: never;
  /** Never set; declared so that it can be read from any `Result`. */
  readonly cause?: never;
}

/** What {@linkcode NetworkError} and {@linkcode Timeout} have in common. */
export interface FailureWithoutBody {
  /** `"ServerError"`: the status of the job is not available. */
  readonly kind: "ServerError";
  /** What failed. Safe to log: it holds neither the URL nor any of `cause`. */
  readonly message: string;
  /** What was thrown, or the signal's reason. It may contain the URL. */
  readonly cause?: unknown;
  /** The HTTP response, if its headers were received. */
  readonly http?: Http;
  /** Never set; declared so that it can be read from any `ServerError`. */
  readonly body?: never;
  /** Never set; declared so that it can be read from any `Result`. */
  readonly exception?: never;
  /** Never set; declared so that it can be read from any `Result`. */
  readonly status?: never;
}

/**
 * The states of a job: `"created"` of Part 4, and those of 1.0, of which the
 * last three are final.
 */
export type StatusCode =
  | "created" // not started
  | "accepted"
  | "running"
  | "successful"
  | "failed"
  | "dismissed";

/** An error as the server describes it, in the terms of RFC 9457 and 1.0. */
export interface Exception {
  /** A URI or a code, such as `"NoSuchJob"`; also read from `code`. */
  readonly type?: string;
  /** A summary of the type of error. Untrusted text. */
  readonly title?: string;
  /** What happened; also from `description`, `message`, … Untrusted text. */
  readonly detail?: string;
  /** A URI that identifies this occurrence. */
  readonly instance?: string;
  /** The HTTP status according to the body, which may differ. An integer. */
  readonly status?: number;
}

/** A link of a status document (link.yaml of 1.0). */
export interface Link {
  /**
   * The target, resolved against `http.url` where possible. Before you follow
   * it, check its scheme, which can be `javascript:`, and its origin: do not
   * send your credentials to another one. It stays as sent if it is longer than
   * 1,024 characters, or if the number of links times the length of `http.url`
   * exceeds 1,048,576.
   */
  readonly href: string;
  /** The relation: `"self"`, or `"results"` or a URI that ends in it, … */
  readonly rel?: string;
  /** The media type of the target. */
  readonly type?: string;
  /** The language of the target, such as `"en"`. */
  readonly hreflang?: string;
  /** A human-readable label. Untrusted text. */
  readonly title?: string;
}

/** The status, URL and headers of an HTTP response. */
export interface Http {
  /** The HTTP status; 0 for an opaque redirect in a browser. */
  readonly status: number;
  /** The final URL, or the requested one. It may hold a key from `baseUrl`. */
  readonly url: string;
  /**
   * Names in lower case, without `set-cookie`. Across origins, browsers expose
   * few headers other than those in `Access-Control-Expose-Headers`.
   */
  readonly headers: { readonly [name: string]: string | undefined };
}

// The options

/** Options for {@linkcode getStatus}. */
export interface GetStatusOptions {
  /**
   * Sends the request. If you poll in a browser or in Next.js, which may cache
   * the response, pass
   * `(url, init) => fetch(url, { ...init, cache: "no-store" })`.
   *
   * @default {globalThis.fetch}
   */
  readonly fetch?: Fetch | undefined;
  /**
   * Request headers: a record, name-value pairs, or a `Headers`. `Accept:
   * application/json` is added unless you set `Accept`. On a redirect to another
   * origin, most platforms remove `Authorization`, but not `X-API-Key`.
   */
  readonly headers?:
    | { readonly [name: string]: string }
    | Iterable<readonly [name: string, value: string]>
    | HeadersLike
    | undefined;
  /**
   * Cancels the request and the reading of the body: the promise rejects with
   * the signal's reason. A time limit, such as `AbortSignal.timeout(10_000)`
   * (in milliseconds), gives a {@linkcode Timeout} instead. There is none by
   * default. A custom `fetch` that ignores the signal delays both.
   */
  readonly signal?: AbortSignal | undefined;
  /**
   * The most bytes of the body to read, after decompression; 0 or more, capped
   * at 500,000,000. A longer 2xx body is `"malformed"`.
   *
   * @default {1048576}
   */
  readonly maxBytes?: number | undefined;
}

/** The part of `fetch` that is used. Any platform's `fetch` can be passed. */
export type Fetch = (
  url: string,
  init: {
    readonly method: "GET";
    /** All request headers, names in lower case. */
    readonly headers: { [name: string]: string };
    /** Present if the caller passed one. */
    readonly signal?: AbortSignal;
  },
) => Promise<{
  /** The HTTP status. */
  readonly status: number;
  /** The final URL, or `""`. */
  readonly url: string;
  /** The response headers. */
  readonly headers: HeadersLike;
  /** A stream that has not been read, or `null`. */
  readonly body: {
    getReader(): {
      read(): Promise<{
        readonly done: boolean;
        readonly value?: Uint8Array | undefined;
      }>;
      cancel(): Promise<unknown>;
    };
  } | null;
  /** Whether the body has been read. */
  readonly bodyUsed?: boolean;
}>;

/** The part of `Headers` that is used. */
export interface HeadersLike {
  /** Calls `callback` once for each header. */
  forEach(callback: (value: string, name: string) => void): void;
}

// The guards

/**
 * Returns whether a value is a {@linkcode StatusInfo}.
 *
 * Every property but `cause` is checked (of `document`, only `status`), so that
 * the guard can be used for a result that was stored as JSON or received from a
 * worker. Other properties are allowed.
 *
 * @param value Any value, whatever its origin.
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
  const info = toProperties(value);
  return (
    info.kind === "StatusInfo" &&
    isNonEmptyString(info.jobID) &&
    isNonEmptyString(info.status) &&
    // Each status code, and "unknown", is converted to itself.
    toStatusCode(info.status) === info.status &&
    hasOptionalStrings(info, STATUS_STRINGS) &&
    isOptional(info.progress, isPercentage) &&
    isOptional(info.exception, isException) &&
    Array.isArray(info.links) &&
    // `every` skips the holes of a sparse array; `includes` does not.
    !info.links.includes(undefined) &&
    info.links.every(isLink) &&
    isNonEmptyString(toProperties(info.document).status) &&
    isHttp(info.http) &&
    info.reason === undefined
  );
}

/**
 * Returns whether a value is a {@linkcode NotFound}, by the same checks as in
 * {@linkcode isStatusInfo}.
 *
 * @param value Any value, whatever its origin.
 * @returns Whether the value is a `NotFound`.
 */
export function isNotFound(value: unknown): value is NotFound {
  return isFailure(value, "NotFound", ["no-such-job", "gone", "unspecified"]);
}

/**
 * Returns whether a value is a {@linkcode ServerError}, by the same checks as
 * in {@linkcode isStatusInfo}.
 *
 * @param value Any value, whatever its origin.
 * @returns Whether the value is a `ServerError`.
 */
export function isServerError(value: unknown): value is ServerError {
  const reasons = ["http", "malformed", "network", "timeout"];
  return isFailure(value, "ServerError", reasons);
}

function isFailure(
  value: unknown,
  kind: "NotFound" | "ServerError",
  reasons: readonly unknown[],
): boolean {
  const result = toProperties(value);
  const { reason, body, exception, http } = result;
  const isIncomplete = reason === "network" || reason === "timeout";
  return (
    result.kind === kind &&
    reasons.includes(reason) &&
    isNonEmptyString(result.message) &&
    result.status === undefined &&
    (isIncomplete
      ? body === undefined &&
        exception === undefined &&
        isOptional(http, isHttp)
      : isString(body) && isOptional(exception, isException) && isHttp(http))
  );
}

function isException(value: unknown): boolean {
  const exception = toProperties(value);
  return (
    (exception.type ?? exception.title ?? exception.detail) !== undefined &&
    hasOptionalStrings(exception, ["type", "title", "detail", "instance"]) &&
    isOptional(exception.status, isInteger)
  );
}

function isLink(value: unknown): boolean {
  const link = toProperties(value);
  return isNonEmptyString(link.href) && hasOptionalStrings(link, LINK_STRINGS);
}

function isHttp(value: unknown): boolean {
  const { status, url, headers } = toProperties(value);
  return (
    isInteger(status) &&
    isNonEmptyString(url) &&
    isPlainObject(headers) &&
    Object.values(headers).every(isString)
  );
}

function hasOptionalStrings(
  properties: Properties,
  names: readonly PropertyName[],
): boolean {
  return names.every((name) => isOptional(properties[name], isNonEmptyString));
}

/** Returns whether a value is absent or passes the test. */
function isOptional(
  value: unknown,
  test: (value: unknown) => boolean,
): boolean {
  return value === undefined || test(value);
}

/** Accepts those of other realms, for which `instanceof` fails, as in Jest. */
function isPlainObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return !prototype || !Object.getPrototypeOf(prototype);
}

// Helpers: the arguments

/** Throws a `TypeError`. No message repeats an argument, which may be secret. */
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
  // `encodeURIComponent` throws for ill-formed UTF-16.
  const segment = isString(jobId) && attempt(() => encodeURIComponent(jobId));
  // URL parsing resolves dot segments, even encoded ones: "." would request the
  // job list and ".." the landing page.
  check(
    segment && segment !== "." && segment !== "..",
    'jobId must be a well-formed string other than "", "." and ".."',
  );
  let path = url.pathname;
  // A loop, because /\/+$/ takes quadratic time on slashes before the end.
  while (path.endsWith("/")) path = path.slice(0, -1);
  return `${url.origin}${path}/jobs/${segment}${url.search}`;
}

type Pair = [name: string, value: string];

function toRequestHeaders(
  headers: GetStatusOptions["headers"],
): Init["headers"] {
  if (headers === undefined) return { accept: "application/json" };
  const record = attempt(() => {
    const pairs = toPairs(headers); // throws for null and primitives
    // `Headers` rejects what the platform cannot send, but converts any value
    // to a string: `undefined` would be sent as "undefined".
    if (!pairs.every((pair) => [...pair].every(isString))) return undefined;
    return Object.fromEntries(toPairs(new Headers(pairs)));
  });
  check(
    typeof headers === "object" && record,
    "headers must have valid names and string values",
  );
  return { accept: "application/json", ...record };
}

function toPairs(headers: NonNullable<GetStatusOptions["headers"]>): Pair[] {
  if (Symbol.iterator in headers) return Array.from(headers as Iterable<Pair>);
  if (typeof headers.forEach !== "function") return Object.entries(headers);
  const pairs: Pair[] = [];
  (headers as HeadersLike).forEach((value, name) => {
    pairs.push([name, value]);
  });
  return pairs;
}

// Helpers: the request

type Init = Parameters<Fetch>[1];
type ResponseLike = Awaited<ReturnType<Fetch>>;
type Reader = ReturnType<NonNullable<ResponseLike["body"]>["getReader"]>;

/** How a request ended. */
interface Outcome {
  readonly end: "complete" | "too large" | "failed";
  readonly failure: string; // the message if `end` is "failed"
  readonly cause: unknown; // what was thrown, if something was
  readonly http: Http | undefined; // absent without a valid Response
  readonly body: string; // the text, as far as it was read
}

/** Sends the request and reads the response. Never throws. */
async function sendRequest(
  fetch: Fetch,
  url: string,
  init: Init,
  maxBytes: number,
): Promise<Outcome> {
  let end: Outcome["end"] = "failed";
  let cause: unknown;
  let http: Http | undefined;
  let reader: Reader | undefined;
  const parts: string[] = [];
  // The message if the following step fails.
  let failure = "Request failed: see cause";
  try {
    init.signal?.throwIfAborted();
    const response = await fetch(url, init);
    failure = "fetch did not return a Response with a readable body";
    // Read before `getReader`, after which `bodyUsed` is true in Bun.
    const { body, bodyUsed } = response;
    // Opened first, so that it can be cancelled if the response is invalid.
    if (body !== null) reader = body.getReader();
    // A used body would be read as an empty one.
    if (body === null || (reader && !bodyUsed)) http = readHead(response, url);
    if (http) {
      failure = "Response body could not be read to the end: see cause";
      end = reader ? await readBody(reader, maxBytes, parts) : "complete";
    }
  } catch (error) {
    cause = error;
  }
  // Not awaited: a custom `cancel` may never settle.
  if (end !== "complete") void attempt(() => reader?.cancel().catch(() => {}));
  return {
    end,
    failure,
    cause,
    http,
    body: parts.join("").replace(/^\uFEFF/, ""),
  };
}

/** Returns `undefined` or throws if the value is not a valid `Response`. */
function readHead(
  response: ResponseLike,
  requestUrl: string,
): Http | undefined {
  const { status, url } = response;
  const headers: Pair[] = [];
  let valid = isInteger(status) && isString(url);
  response.headers.forEach((value, name) => {
    valid &&= isString(value) && isString(name);
    if (!valid) return;
    const lowerCase = name.toLowerCase();
    // Left out as in browsers, which do not expose it.
    if (lowerCase !== "set-cookie") headers.push([lowerCase, value]);
  });
  return valid
    ? { status, url: url || requestUrl, headers: Object.fromEntries(headers) }
    : undefined;
}

/** Reads to the end or to the limit. `parts` keeps the text if this throws. */
async function readBody(
  reader: Reader,
  maxBytes: number,
  parts: string[],
): Promise<"complete" | "too large"> {
  // The types of Workers require both options. A byte order mark is removed by
  // the caller: this decoder would also remove U+FEFF within the text.
  const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });
  // Some engines cannot hold a longer string (V8: 536,870,888 characters).
  let remaining = Math.min(maxBytes, 500_000_000);
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      parts.push(decoder.decode());
      return "complete";
    }
    if (!ArrayBuffer.isView(value) || value.BYTES_PER_ELEMENT !== 1) {
      throw new TypeError("Chunk is not a byte array");
    }
    const bytes = value.subarray(0, remaining);
    // `stream` keeps an incomplete character for the next chunk. After an ASCII
    // character there is none, and Node 20 and 22 are far faster without it.
    const last = bytes[bytes.length - 1] ?? -1; // may be negative: Int8Array
    const isAscii = last >= 0 && last < 128;
    parts.push(decoder.decode(bytes, { stream: !isAscii }));
    remaining -= value.length;
    if (remaining < 0) return "too large";
  }
}

/** Returns the reason of an expired time limit, and throws any other reason. */
function timeoutOrThrow(signal: AbortSignal | undefined): unknown {
  try {
    signal?.throwIfAborted();
  } catch (reason) {
    // The reason can be any value, even one whose `name` cannot be read.
    if (attempt(() => (reason as Error).name) === "TimeoutError") return reason;
    throw reason;
  }
  return undefined;
}

// Helpers: the result

function toResult(outcome: Outcome, jobId: string, timeout: unknown): Result {
  const { end, http, body } = outcome;
  const ok = http !== undefined && http.status >= 200 && http.status < 300;
  // A status other than 2xx decides the result, even if the body was cut off.
  if (!http || (ok && end === "failed")) {
    const cause = timeout ?? outcome.cause;
    return {
      kind: "ServerError",
      reason: timeout ? "timeout" : "network",
      message: timeout ? "Request timed out" : outcome.failure,
      ...(http && { http }),
      ...(cause !== undefined && { cause }),
    };
  }

  let json: unknown;
  if (end !== "too large") json = attempt<unknown>(() => JSON.parse(body));
  const info = ok && readStatusInfo(toProperties(json), http, jobId);
  if (info) return info;

  const exception = readException(json);
  const message = ok
    ? describeMalformed(outcome, json)
    : exception?.detail || exception?.title || `HTTP ${http.status}`;
  const shared = { message, body, ...(exception && { exception }), http };
  const reason = toNotFoundReason(http.status, exception?.type);
  if (reason) return { kind: "NotFound", reason, ...shared };
  return { kind: "ServerError", reason: ok ? "malformed" : "http", ...shared };
}

function describeMalformed(outcome: Outcome, json: unknown): string {
  if (outcome.end === "too large") {
    return "Response body is too large (see maxBytes)";
  }
  if (outcome.body === "") return "Response body is empty";
  if (json === undefined) {
    const contentType = outcome.http?.headers["content-type"] || "none";
    return `Response body is not JSON (Content-Type: ${contentType})`;
  }
  return "Response body is not a job status: it has no status or no job id";
}

function toNotFoundReason(
  status: number,
  type: string | undefined,
): NotFound["reason"] | undefined {
  if (status === 410) return "gone";
  // 1.0 defines a URI that ends in no-such-job. Servers send variants of it, or
  // a plain code.
  const isNoSuchJob = /(no-such-job|nosuchjob|jobnotfound)$/i.test(type ?? "");
  // Weaver sends 400 for an id that is not a UUID.
  if (isNoSuchJob && (status === 404 || status === 400)) return "no-such-job";
  return status === 404 ? "unspecified" : undefined;
}

const STATUS_STRINGS = [
  "type",
  "processID",
  "message",
  "created",
  "started",
  "finished",
  "updated",
] as const;

/** Only a status and an id are required: servers omit any other property. */
function readStatusInfo(
  document: Properties,
  http: Http,
  jobId: string,
): StatusInfo | undefined {
  const { status } = document;
  const ids = [document.jobID, document.id, document.jobId, document.job_id];
  if (!isNonEmptyString(status) || !ids.some(isString)) return undefined;
  const info: Writable<StatusInfo> = {
    kind: "StatusInfo",
    // The Kubernetes manager of pygeoapi may send an empty id.
    jobID: ids.find(isNonEmptyString) ?? jobId,
    status: toStatusCode(status),
    links: readLinks(document.links, http.url),
    document: document as StatusInfo["document"],
    http,
  };
  copyStrings(document, STATUS_STRINGS, info);
  const processID = [
    document.processID,
    document.processId, // Spatial Vault
    document.process_id, // DataKaveri
  ].find(isNonEmptyString);
  if (processID) info.processID = processID;
  const progress = readProgress(document.progress);
  if (progress !== undefined) info.progress = progress;
  const exception = readException(document.exception);
  if (exception) info.exception = exception;
  return info;
}

/** The names that servers use for each status code, the code itself first. */
const STATUS_NAMES: readonly (readonly [StatusCode, ...string[]])[] = [
  ["created"],
  ["accepted", "queued", "pending"], // queued: openEO; pending: QJazz
  ["running", "started", "paused"], // started: WPS; paused: ZOO-Project
  ["successful", "succeeded", "finished"], // succeeded: WPS; finished: openEO
  // error: openEO; rejected: ECMWF; lost: sepex, after a crash
  ["failed", "error", "rejected", "lost"],
  // canceled: openEO; deleted: ECMWF
  ["dismissed", "canceled", "cancelled", "deleted"],
];

function toStatusCode(name: string): StatusInfo["status"] {
  const lowerCase = name.toLowerCase();
  const match = STATUS_NAMES.find((names) => names.includes(lowerCase));
  return match?.[0] ?? "unknown";
}

function readProgress(value: unknown): number | undefined {
  // EOEPCA's ADES and the Kubernetes manager of pygeoapi send strings.
  const isDecimal = isString(value) && /^\d+(\.\d+)?$/.test(value);
  const progress = isDecimal ? Number(value) : value;
  return isPercentage(progress) ? progress : undefined;
}

const LINK_STRINGS = ["rel", "type", "hreflang", "title"] as const;

function readLinks(value: unknown, responseUrl: string): Link[] {
  const entries = toList(value); // DataKaveri sends a single link object
  // The limit bounds memory: a redirect lets the server choose a long URL,
  // which each short link would repeat.
  const resolvable = entries.length * responseUrl.length <= 1_048_576;
  const links: Link[] = [];
  for (const entry of entries) {
    const properties = toProperties(entry);
    const { href } = properties;
    if (!isNonEmptyString(href)) continue;
    const link: Writable<Link> = {
      href: resolvable ? resolve(href, responseUrl) : href,
    };
    copyStrings(properties, LINK_STRINGS, link);
    links.push(link);
  }
  return links;
}

/** Returns an absolute URL, or else `href` unchanged. */
function resolve(href: string, responseUrl: string): string {
  // The limit bounds time: `new URL` takes seconds to encode a very long host.
  if (href.length > 1_024 || /^[a-z][a-z\d+.-]*:/i.test(href)) return href;
  return attempt(() => new URL(href, responseUrl).href) ?? href;
}

/** Reads a value, else its `detail` (FastAPI), else its `error` (gateways). */
function readException(value: unknown): Exception | undefined {
  if (!value) return undefined;
  const { detail, error } = toProperties(value);
  return (
    toException(value) ?? toFirstException(detail) ?? toFirstException(error)
  );
}

/** Reads an object, or the first in a list that describes an error. */
function toFirstException(value: unknown): Exception | undefined {
  for (const entry of toList(value)) {
    const exception = toException(entry);
    if (exception) return exception;
  }
  return undefined;
}

/** Properties of a wrong type are ignored (RFC 9457, section 3.1). */
function toException(value: unknown): Exception | undefined {
  const error = toProperties(value);
  const exception: Writable<Exception> = {};
  const type = [error.type, error.code].find(isNonEmptyString);
  if (type) exception.type = type;
  copyStrings(error, ["title", "instance"], exception);
  const detail = [
    error.detail,
    error.description, // pygeoapi and Weaver
    error.message, // gateways
    error.msg, // FastAPI
    error.error, // Keycloak
  ].find(isNonEmptyString);
  if (detail) exception.detail = detail;
  if (isInteger(error.status)) exception.status = error.status;
  return type || exception.title || detail ? exception : undefined;
}

// Helpers: unchecked values

/** The properties that are read from documents and results. */
type PropertyName =
  | keyof StatusInfo
  | keyof FailureWithBody
  | keyof Exception
  | keyof Link
  | keyof Http
  | "id"
  | "jobId"
  | "job_id"
  | "processId"
  | "process_id"
  | "code"
  | "description"
  | "msg"
  | "error";

type Properties = { readonly [name in PropertyName]?: unknown };

/** Lets any value be read as a record. Primitives have none of these names. */
function toProperties(value: unknown): Properties {
  return Object(value) as Properties;
}

/** Wraps a value that is not a list. */
function toList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}

type Writable<T> = { -readonly [name in keyof T]: T[name] };

/** Copies the named properties that are non-empty strings. */
function copyStrings<N extends PropertyName>(
  source: Properties,
  names: readonly N[],
  target: { [name in N]?: string },
): void {
  for (const name of names) {
    const value: unknown = source[name];
    if (isNonEmptyString(value)) target[name] = value;
  }
}

function isPercentage(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= 100;
}

function isInteger(value: unknown): value is number {
  return Number.isInteger(value);
}

function isNonEmptyString(value: unknown): value is string {
  return isString(value) && value !== "";
}

function isString(value: unknown): value is string {
  return typeof value === "string";
}

/** Returns `undefined` if `run` throws: the error may contain a secret. */
function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}
