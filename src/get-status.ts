// ogcapi-job-status 0.3.0 | MIT-0

/**
 * Gets the status of a job from an OGC API - Processes server.
 *
 * A process is a computation that such a server runs; each run is a job.
 * {@linkcode getStatus} requests `GET {baseUrl}/jobs/{jobId}` and returns a
 * {@linkcode StatusInfo}, a {@linkcode NotFound} or a {@linkcode ServerError}.
 * It copes with the many servers that don't quite follow the standard.
 *
 * The comments name three versions of the standard: "1.0" (OGC 18-062r2), the
 * "2.0 draft" (OGC 18-062r3), and the draft of "Part 4" (OGC 24-051).
 *
 * @module
 */

/**
 * Requests the status of a job once.
 *
 * Server and network failures are returned, not thrown; so is an expired time
 * limit. Retries and polling are up to the caller, redirects and caching up to
 * the platform.
 *
 * @param baseUrl The root of the API, an absolute http: or https: URL. Its path
 * and query are kept: for `https://h/ogc/?key=1`, the request is sent to
 * `https://h/ogc/jobs/{jobId}?key=1`.
 * @param jobId The id as the server returned it, not percent-encoded.
 * @param opts Headers, an abort signal, a size limit, and the `fetch` to use.
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
 *     console.log(`${result.status}, ${result.progress ?? "?"}% done`);
 *     break;
 *   case "NotFound": // "no-such-job", "gone" or "unspecified"
 *     console.log(`Not found (${result.reason}): ${result.message}`);
 *     break;
 *   case "ServerError": // "http", "malformed", "network" or "timeout"
 *     console.log(`No status (${result.reason}): ${result.message}`);
 *     console.log(result.http?.url, result.cause);
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

  const init: Writable<Init> = { method: "GET", headers };
  if (signal) init.signal = signal;
  const outcome = await sendRequest(fetch, url, init, maxBytes);
  return toResult(outcome, jobId, throwIfCancelled(signal));
}

// The result

/** The result of {@linkcode getStatus}: a union, discriminated by `kind`. */
export type Result = StatusInfo | NotFound | ServerError;

/** The status of the job: a 2xx response with a status document. */
export interface StatusInfo {
  /** `"StatusInfo"`: the server returned the status of the job. */
  readonly kind: "StatusInfo";
  /**
   * The id of the job: `jobID` (1.0), `id` (2.0 draft), `jobId` or `job_id`, or
   * the requested id if the server sends an empty one.
   */
  readonly jobID: string;
  /** The state; `"unknown"` if the server's word for it is not recognised. */
  readonly status: StatusCode | "unknown";
  /** `"process"` in 1.0, other words in Weaver. Many servers omit it. */
  readonly type?: string;
  /** The id of the process (1.0) or its URI (2.0 draft). */
  readonly processID?: string;
  /** A description of the state. Untrusted text: escape it in HTML. */
  readonly message?: string;
  /** When the job was accepted, as sent. Some servers omit the time zone. */
  readonly created?: string;
  /** When the job started to run, as sent. */
  readonly started?: string;
  /** When the job ended, as sent. georust sets it while the job is running. */
  readonly finished?: string;
  /** When the status last changed, as sent. It may be later than `finished`. */
  readonly updated?: string;
  /** In percent, 0 to 100, maybe fractional. It need not end at 100. */
  readonly progress?: number;
  /** Why the job failed (2.0 draft). With 1.0, request the results instead. */
  readonly exception?: Exception;
  /** Related resources, such as the results. Empty if the server sends none. */
  readonly links: readonly Link[];
  /**
   * The parsed document, unchanged. A server can nest it too deeply for
   * `JSON.stringify`, which then throws a `RangeError`.
   */
  readonly document: {
    /** The server's own word for the status. */
    readonly status: string;
    /** Any other property, unchecked. */
    readonly [name: string]: unknown;
  };
  /** The HTTP response. */
  readonly http: Http;
  /** Always absent. It can be read before narrowing. */
  readonly reason?: never;
  /** Always absent. It can be read before narrowing. */
  readonly cause?: never;
}

/** A 404, a 410, or a 400 whose body says that there is no such job. */
export interface NotFound extends ErrorResponse {
  /** `"NotFound"`: the server found no such job. */
  readonly kind: "NotFound";
  /**
   * - `"no-such-job"`: the server says that there is no such job.
   * - `"gone"`: the job existed and was removed (410).
   * - `"unspecified"`: any other 404. The base URL may be wrong.
   */
  readonly reason: "no-such-job" | "gone" | "unspecified";
}

/** Any other outcome. */
export type ServerError = ResponseError | NetworkError | Timeout;

/** An error status, or a 2xx response without a status document. */
export interface ResponseError extends ErrorResponse {
  /** `"ServerError"`: the status of the job is not available. */
  readonly kind: "ServerError";
  /**
   * - `"http"`: any other status than 2xx, such as 401, 429 or 503.
   * - `"malformed"`: a 2xx with HTML, other JSON, an empty body, or more than
   *   `maxBytes`.
   */
  readonly reason: "http" | "malformed";
}

/** `fetch` failed, or the body of a 2xx response was cut off. */
export interface NetworkError extends IncompleteResponse {
  /** `"network"`: see `message` and `cause`. */
  readonly reason: "network";
}

/** The time limit of `opts.signal` expired before the response was complete. */
export interface Timeout extends IncompleteResponse {
  /** `"timeout"`: `cause` is the reason of the signal. */
  readonly reason: "timeout";
}

/** What {@linkcode NotFound} and {@linkcode ResponseError} have in common. */
export interface ErrorResponse {
  /** What went wrong. Never empty. It may hold untrusted text of the server. */
  readonly message: string;
  /** The body as text, up to `maxBytes` or where it was cut off, or `""`. */
  readonly body: string;
  /** The error that the body describes, if any. */
  readonly exception?: Exception;
  /** The HTTP response, maybe with the header `retry-after`. */
  readonly http: Http;
  /** Always absent. It can be read before narrowing. */
  readonly status?: never;
  /** Always absent. It can be read before narrowing. */
  readonly cause?: never;
}

/** What {@linkcode NetworkError} and {@linkcode Timeout} have in common. */
export interface IncompleteResponse {
  /** `"ServerError"`: the status of the job is not available. */
  readonly kind: "ServerError";
  /** What failed. Safe to log: it holds neither the URL nor any of `cause`. */
  readonly message: string;
  /** What was thrown. It may contain the URL, so take care when logging it. */
  readonly cause?: unknown;
  /** The HTTP response, if its headers were received. */
  readonly http?: Http;
  /** Always absent. It can be read before narrowing. */
  readonly body?: never;
  /** Always absent. It can be read before narrowing. */
  readonly exception?: never;
  /** Always absent. It can be read before narrowing. */
  readonly status?: never;
}

/** The states of a job in 1.0, and `"created"` of Part 4. */
export type StatusCode =
  | "created" // not started
  | "accepted"
  | "running"
  | "successful" // this and the following are final
  | "failed"
  | "dismissed";

/** An error as described by the server, with the names of RFC 9457 and 1.0. */
export interface Exception {
  /** A URI or a code, such as `"NoSuchJob"`; also read from `code`. */
  readonly type?: string;
  /** A summary of the type of error. */
  readonly title?: string;
  /** What happened; also read from `description`, `message` and others. */
  readonly detail?: string;
  /** A URI that identifies this occurrence. */
  readonly instance?: string;
  /** The HTTP status according to the body, an integer. */
  readonly status?: number;
}

/** A link of a status document (link.yaml of 1.0). */
export interface Link {
  /**
   * The target, resolved against `http.url`. Check its scheme, which can be
   * `javascript:`, before you follow or display it. It stays as sent if it has
   * more than 1,024 characters or cannot be resolved, or if the number of links
   * times the length of `http.url` exceeds 1,048,576.
   */
  readonly href: string;
  /** `"self"`, `"http://www.opengis.net/def/rel/ogc/1.0/results"`, … */
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
  /** The URL after redirects, or the requested one if it is not known. */
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
   * application/json` is added unless you set `Accept`.
   */
  readonly headers?:
    | { readonly [name: string]: string }
    | Iterable<readonly [name: string, value: string]>
    | HeadersLike
    | undefined;
  /**
   * Cancels the request: the promise rejects with the signal's reason. A time
   * limit, `AbortSignal.timeout(10_000)`, gives a {@linkcode Timeout} instead.
   * If a custom `fetch` ignores the signal, both wait for it.
   */
  readonly signal?: AbortSignal | undefined;
  /**
   * The most bytes of decoded body to read, 0 or more. A longer 2xx body is
   * `"malformed"`. Values above 500,000,000, such as `Infinity`, act as that.
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
  readonly status: number;
  /** The URL after redirects, or `""`. */
  readonly url: string;
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
 * All declared properties are checked (of `document`, only `status`), so that
 * the guard can be used for a result that was stored as JSON or received from a
 * worker. Other properties are allowed.
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
 * Returns whether a value is a {@linkcode NotFound}. All declared properties
 * are checked, as in {@linkcode isStatusInfo}.
 *
 * @param value The value to check.
 * @returns Whether the value is a `NotFound`.
 */
export function isNotFound(value: unknown): value is NotFound {
  return isFailure(value, "NotFound", ["no-such-job", "gone", "unspecified"]);
}

/**
 * Returns whether a value is a {@linkcode ServerError}. All declared properties
 * are checked, as in {@linkcode isStatusInfo}, except for `cause`.
 *
 * @param value The value to check.
 * @returns Whether the value is a `ServerError`.
 */
export function isServerError(value: unknown): value is ServerError {
  const reasons = ["http", "malformed", "network", "timeout"];
  return isFailure(value, "ServerError", reasons);
}

function isFailure(
  value: unknown,
  kind: Result["kind"],
  reasons: readonly unknown[],
): boolean {
  const result = toProperties(value);
  const { reason, body, exception, http } = result;
  return (
    result.kind === kind &&
    reasons.includes(reason) &&
    isNonEmptyString(result.message) &&
    (reason === "network" || reason === "timeout"
      ? body === undefined &&
        exception === undefined &&
        isOptional(http, isHttp)
      : isString(body) && isOptional(exception, isException) && isHttp(http)) &&
    result.status === undefined
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
  names: readonly Name[],
): boolean {
  return names.every((name) => isOptional(properties[name], isNonEmptyString));
}

function isOptional(
  value: unknown,
  test: (value: unknown) => boolean,
): boolean {
  return value === undefined || test(value);
}

/** Works across realms: under Jest and in edge VMs, `instanceof` fails. */
function isPlainObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return !prototype || !Object.getPrototypeOf(prototype);
}

// Helpers: the arguments

/** No message repeats the base URL or a header: either may hold a secret. */
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
  let path = url.pathname;
  // A loop, because /\/+$/ takes quadratic time.
  while (path.endsWith("/")) path = path.slice(0, -1);
  return `${url.origin}${path}/jobs/${segment}${url.search}`;
}

function toRequestHeaders(headers: GetStatusOptions["headers"]): StringRecord {
  if (headers === undefined) return { accept: "application/json" };
  const record = attempt(() => {
    const pairs = toPairs(headers);
    // `Headers` rejects what the platform cannot send, but converts any value
    // to a string: `undefined` would be sent as the word "undefined".
    const areStrings = pairs.every((pair) => [...pair].every(isString));
    return areStrings && Object.fromEntries(toPairs(new Headers(pairs)));
  });
  // Functions are refused here; null and primitives have thrown above.
  check(
    typeof headers === "object" && record,
    "headers must have valid names and string values",
  );
  return { accept: "application/json", ...record };
}

type Pair = [name: string, value: string];
type StringRecord = { [name: string]: string };

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
  readonly failure: string; // what failed, if something did
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
  const texts: string[] = [];
  // What has failed if the next step throws.
  let failure = "Request failed: see cause";
  try {
    init.signal?.throwIfAborted();
    // Not called as `opts.fetch`: Workers reject that as an illegal invocation.
    const response = await fetch(url, init);
    failure = "fetch did not return a Response with a readable body";
    // Read before `getReader`, after which `bodyUsed` is true in Bun.
    const { body, bodyUsed } = response;
    // Opened first, so that it can be cancelled if the response is invalid.
    if (body !== null) reader = body.getReader();
    // A used body would be read as an empty one.
    const isReadable = reader ? !bodyUsed : body === null;
    http = isReadable ? readHead(response, url) : undefined;
    if (http) {
      failure = "Response body could not be read to the end: see cause";
      end = reader ? await readBody(reader, maxBytes, texts) : "complete";
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
    body: texts.join("").replace(/^\uFEFF/, ""),
  };
}

/** Returns `undefined` if a custom `fetch` returned values of a wrong type. */
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

/** Appends the text to `texts`, which keeps what arrived if reading throws. */
async function readBody(
  reader: Reader,
  maxBytes: number,
  texts: string[],
): Promise<"complete" | "too large"> {
  const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });
  // Some engines cannot hold a longer string (V8: 536,870,888 characters).
  let room = Math.min(maxBytes, 500_000_000);
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      texts.push(decoder.decode());
      return "complete";
    }
    if (!ArrayBuffer.isView(value) || value.BYTES_PER_ELEMENT !== 1) {
      throw new TypeError("Chunk is not a byte array");
    }
    const bytes = value.subarray(0, room);
    // `stream` keeps an incomplete character for the next chunk. After an ASCII
    // character there is none, and Node 20 and 22 decode faster without it.
    const last = bytes[bytes.length - 1] ?? -1;
    const isAscii = last >= 0 && last < 128;
    texts.push(decoder.decode(bytes, { stream: !isAscii }));
    room -= value.length;
    if (room < 0) return "too large";
  }
}

// Helpers: the result

/** Throws the reason of an aborted signal, but returns that of a time limit. */
function throwIfCancelled(signal: AbortSignal | undefined): unknown {
  try {
    signal?.throwIfAborted();
  } catch (reason) {
    // The reason can be any value, even one whose `name` cannot be read.
    if (attempt(() => (reason as Error).name) === "TimeoutError") return reason;
    throw reason;
  }
  return undefined;
}

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
  const info = ok ? readStatusInfo(toProperties(json), http, jobId) : undefined;
  if (info) return info;

  const exception = readException(json);
  const message = ok
    ? describeMalformed(outcome, json)
    : (exception?.detail ?? exception?.title ?? `HTTP ${http.status}`);
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
  const noSuchJob = /(no-such-job|nosuchjob|jobnotfound)$/i;
  const isNoSuchJob = type !== undefined && noSuchJob.test(type);
  // Weaver sends 400 for an id that is not a UUID.
  if (isNoSuchJob && (status === 404 || status === 400)) return "no-such-job";
  return status === 404 ? "unspecified" : undefined;
}

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

function readProgress(value: unknown): number | undefined {
  // EOEPCA's ADES and the Kubernetes manager of pygeoapi send strings.
  const isDecimal = isString(value) && /^\d+(\.\d+)?$/.test(value);
  const progress = isDecimal ? Number(value) : value;
  return isPercentage(progress) ? progress : undefined;
}

function readLinks(value: unknown, responseUrl: string): Link[] {
  const entries = toList(value); // DataKaveri sends a single link object
  // A redirect lets the server choose a long URL, which each short link would
  // repeat.
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

/** FastAPI nests the error in `detail`, and gateways in `error`. */
function readException(body: unknown): Exception | undefined {
  if (!body) return undefined;
  const { detail, error } = toProperties(body);
  return toException(body) ?? findException(detail) ?? findException(error);
}

/** Reads an object, or the first in a list that describes an error. */
function findException(value: unknown): Exception | undefined {
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
type Name =
  | keyof StatusInfo
  | keyof ErrorResponse
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

type Properties = { readonly [name in Name]?: unknown };

const STATUS_STRINGS = [
  "type",
  "processID",
  "message",
  "created",
  "started",
  "finished",
  "updated",
] as const;

const LINK_STRINGS = ["rel", "type", "hreflang", "title"] as const;

/** Lets any value be read as a record; null and primitives have no property. */
function toProperties(value: unknown): Properties {
  return Object(value) as Properties;
}

function toList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}

type Writable<T> = { -readonly [name in keyof T]: T[name] };

/** Copies the named properties that are non-empty strings. */
function copyStrings<N extends Name>(
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

/** Returns `undefined` if `run` throws. The error may contain a secret. */
function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}
