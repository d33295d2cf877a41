// ogcapi-job-status 0.4.0 | MIT-0

/**
 * Gets the status of a job from an OGC API - Processes server.
 *
 * A process is a computation that such a server runs; each run is a job.
 * {@linkcode getStatus} requests `GET {baseUrl}/jobs/{jobId}` and returns a
 * {@linkcode StatusInfo}, a {@linkcode NotFound} or a {@linkcode ServerError}.
 * It copes with the many servers that don't quite follow the standard. Below,
 * "1.0" is Part 1: Core (OGC 18-062r2), "2.0 draft" its next version (OGC
 * 18-062r3), and "Part 4" the draft of Job Management (OGC 24-051).
 *
 * @module
 */

/**
 * Requests the status of a job once.
 *
 * Failures of the server and the network are returned, not thrown; so is an
 * expired time limit. Nothing is retried, polled or cached. Redirects are up to
 * the platform.
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
 *   case "NotFound": // no such job, or a wrong base URL
 *   case "ServerError": // anything else, from a 401 to a broken connection
 *     console.log(result.reason, result.message);
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
  // Taken out of `opts`: in Cloudflare Workers, `opts.fetch(…)` would throw.
  const { fetch = globalThis.fetch, signal, maxBytes = 2_097_152 } = opts;
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

  // Workers before 2024-11-11 throw for `cache`, and jsdom has no `Request`.
  const knowsCache = attempt(() => "cache" in Request.prototype);
  const init: Init = {
    method: "GET",
    headers,
    ...(signal && { signal }),
    ...(knowsCache && { cache: "no-store" as const }),
  };
  const outcome = await sendRequest(fetch, url, init, maxBytes);

  try {
    signal?.throwIfAborted();
  } catch (reason) {
    // The reason can be any value, even `null`, which has no `name`.
    if (attempt(() => (reason as Error).name) !== "TimeoutError") throw reason;
    outcome.reason = "timeout";
    outcome.cause = reason;
  }
  return toResult(outcome, jobId);
}

// The result

/** The result of {@linkcode getStatus}: a union, discriminated by `kind`. */
export type Result = StatusInfo | NotFound | ServerError;

/** The status of the job, from a 2xx response with a status and an id. */
export interface StatusInfo {
  /** `"StatusInfo"`: the server returned the status of the job. */
  readonly kind: "StatusInfo";
  /** `jobID` (1.0) or `id` (2.0 draft); the requested id if none is sent. */
  readonly jobID: string;
  /** The state; `"unknown"`, maybe final, if `document.status` is not known. */
  readonly status: StatusCode | "unknown";
  /** The kind of job, `"process"` in 1.0. Many servers omit it. */
  readonly type?: string;
  /** The id of the process (1.0) or its URI (2.0 draft). */
  readonly processID?: string;
  /** With a `StatusInfo`: a description of the state. Untrusted text. */
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
  /** With a `StatusInfo`: why the job failed (2.0 draft). */
  readonly exception?: Exception;
  /** Related resources, such as the results. Empty if the server sends none. */
  readonly links: readonly Link[];
  /** The parsed document, unchanged. */
  readonly document: {
    /** The server's own name for the state. */
    readonly status: string;
    /** Any other property, unchecked. */
    readonly [name: string]: unknown;
  };
  /** The HTTP response. A `retry-after` header is in seconds, or a date. */
  readonly http: Http;
  /** Absent from a `StatusInfo`. */
  readonly reason?: never;
  /** Only with `"network"` or `"timeout"`. */
  readonly cause?: never;
}

/** A 404, a 410, or a 400 whose body reports that there is no such job. */
export interface NotFound extends Omit<ResponseError, "kind" | "reason"> {
  /** `"NotFound"`: the server did not find the job. */
  readonly kind: "NotFound";
  /**
   * - `"no-such-job"`: the server reports that there is no such job.
   * - `"gone"`: the job existed and was removed (410).
   * - `"unspecified"`: another 404. The job or the base URL may be wrong.
   */
  readonly reason: "no-such-job" | "gone" | "unspecified";
}

/** An error status, unusable content, a network failure, or a timeout. */
export type ServerError = ResponseError | NetworkError | Timeout;

/** An error status, or a 2xx response without the status of a job. */
export interface ResponseError {
  /** `"ServerError"`: an error, unusable content, no response, or a timeout. */
  readonly kind: "ServerError";
  /**
   * - `"http"`: a status other than 2xx, such as 401 or 503.
   * - `"malformed"`: a 2xx without the status of a job, or above `maxBytes`.
   */
  readonly reason: "http" | "malformed";
  /** With `body`: what went wrong, maybe quoting the server. Untrusted text. */
  readonly message: string;
  /** The body as text, up to `maxBytes` or to where it broke off. Untrusted. */
  readonly body: string;
  /** With `body`: the error that it describes, if any. */
  readonly exception?: Exception;
  /** The HTTP response. A `retry-after` header is in seconds, or a date. */
  readonly http: Http;
  /** Only on a `StatusInfo`. */
  readonly status?: never;
  /** Only with `"network"` or `"timeout"`. */
  readonly cause?: never;
}

/** `fetch` failed or returned no `Response`, or a 2xx body was cut off. */
export interface NetworkError extends Pick<ResponseError, "kind" | "status"> {
  /** - `"network"`: no response, or a 2xx that was cut off. */
  readonly reason: "network";
  /** With `"network"` or `"timeout"`: what failed. Safe to log. */
  readonly message: string;
  /** What was thrown, or the signal's reason. It may contain the URL. */
  readonly cause?: unknown;
  /** With `"network"` or `"timeout"`: absent if no headers were received. */
  readonly http?: Http;
  /** Absent with `"network"` or `"timeout"`. */
  readonly body?: never;
  /** Absent with `"network"` or `"timeout"`. */
  readonly exception?: never;
}

/** The time limit of `opts.signal` expired before the response was complete. */
export interface Timeout extends Omit<NetworkError, "reason"> {
  /** - `"timeout"`: the time limit of the signal expired. */
  readonly reason: "timeout";
}

/** The states of a job in 1.0, and `"created"`. The last three are final. */
export type StatusCode =
  | "created" // Part 4: not started
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
   * The target. Paths are resolved against `http.url`; a `//host` is not. Check
   * its scheme, which can be `javascript:`, before you follow it, and send your
   * credentials only to the origin of the API.
   */
  readonly href: string;
  /** The relation, such as `"self"`, or `"results"` or a URI ending in it. */
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
  /** Names in lower case, no `set-cookie`. In browsers, few across origins. */
  readonly headers: { readonly [name: string]: string | undefined };
}

// The options

/** Options for {@linkcode getStatus}. */
export interface GetStatusOptions {
  /**
   * Sends the request. To let a status come from a cache, pass
   * `(url, init) => fetch(url, { ...init, cache: "default" })`.
   *
   * @default {globalThis.fetch}
   */
  readonly fetch?: Fetch | undefined;
  /**
   * Request headers. `Accept: application/json` is added unless you set it. On
   * a redirect to another origin, most platforms remove `Authorization`, but
   * not `X-API-Key`.
   */
  readonly headers?:
    | { readonly [name: string]: string }
    | Iterable<readonly [name: string, value: string]>
    | HeadersLike
    | undefined;
  /**
   * Cancels the call: the promise rejects with the signal's reason. A time
   * limit such as `AbortSignal.timeout(10_000)`, in milliseconds, gives a
   * {@linkcode Timeout} instead; by default, there is none. A `fetch` that
   * ignores the signal delays both.
   */
  readonly signal?: AbortSignal | undefined;
  /**
   * The most bytes of decoded body to read. A longer 2xx body is `"malformed"`.
   *
   * @default {2097152}
   */
  readonly maxBytes?: number | undefined;
}

/**
 * The part of `fetch` that is used. Any platform's `fetch` can be passed.
 *
 * `init.headers` holds all request headers, names in lower case. `init.cache`
 * is absent where `Request` does not support it. The response needs a `url`,
 * which may be empty, and as `body` an unread stream or `null`.
 */
export type Fetch = (
  url: string,
  init: {
    readonly method: "GET";
    readonly headers: { [name: string]: string };
    readonly signal?: AbortSignal;
    readonly cache?: "no-store";
  },
) => Promise<{
  readonly status: number;
  readonly url: string;
  readonly headers: HeadersLike;
  readonly body: {
    getReader(): {
      read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
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
 * Use it for a result that was stored as JSON or sent to a worker. Each property
 * but `cause` is checked (of `document`, only `status`); others are allowed.
 *
 * @param value Any value, whatever its origin.
 * @returns Whether the value is a `StatusInfo`.
 *
 * @example Check a stored result
 * ```ts
 * import { getStatus, isStatusInfo } from "ogcapi-job-status";
 *
 * const result = await getStatus("https://ogc.example.com/ogcapi", "job-1");
 * const value: unknown = JSON.parse(JSON.stringify(result));
 * if (isStatusInfo(value)) console.log(value.status); //=> running
 * ```
 */
export function isStatusInfo(value: unknown): value is StatusInfo {
  const info = toObject<keyof StatusInfo>(value);
  return (
    info.kind === "StatusInfo" &&
    isNonEmptyString(info.jobID) &&
    (info.status === "unknown" ||
      STATUS_NAMES.some(([code]) => code === info.status)) &&
    hasOptionalStrings(info, STATUS_STRINGS) &&
    isOptional(info.progress, isPercentage) &&
    isOptional(info.exception, isException) &&
    Array.isArray(info.links) &&
    info.links.every(isLink) &&
    isNonEmptyString(toObject<"status">(info.document).status) &&
    isHttp(info.http) &&
    info.reason === undefined
  );
}

/**
 * Returns whether a value is a {@linkcode NotFound}, by the same checks.
 *
 * @param value Any value, whatever its origin.
 * @returns Whether the value is a `NotFound`.
 */
export function isNotFound(value: unknown): value is NotFound {
  return isFailure(value, "NotFound", ["no-such-job", "gone", "unspecified"]);
}

/**
 * Returns whether a value is a {@linkcode ServerError}, by the same checks.
 *
 * @param value Any value, whatever its origin.
 * @returns Whether the value is a `ServerError`.
 */
export function isServerError(value: unknown): value is ServerError {
  const reasons = ["http", "malformed", "network", "timeout"];
  return isFailure(value, "ServerError", reasons);
}

function isFailure(value: unknown, kind: string, reasons: unknown[]): boolean {
  const failure = toObject<keyof ServerError>(value);
  const { reason, body, exception, http } = failure;
  return (
    failure.kind === kind &&
    reasons.includes(reason) &&
    isNonEmptyString(failure.message) &&
    failure.status === undefined &&
    (reason === "network" || reason === "timeout"
      ? isOptional(http, isHttp) &&
        body === undefined &&
        exception === undefined
      : isHttp(http) && isString(body) && isOptional(exception, isException))
  );
}

function isException(value: unknown): boolean {
  const exception = toObject<keyof Exception>(value);
  return (
    (exception.type ?? exception.title ?? exception.detail) !== undefined &&
    hasOptionalStrings(exception, EXCEPTION_STRINGS) &&
    isOptional(exception.status, isInteger)
  );
}

function isLink(value: unknown): boolean {
  const link = toObject<keyof Link>(value);
  return isNonEmptyString(link.href) && hasOptionalStrings(link, LINK_STRINGS);
}

function isHttp(value: unknown): boolean {
  const { status, url, headers } = toObject<keyof Http>(value);
  return (
    isInteger(status) &&
    isNonEmptyString(url) &&
    isPlainObject(headers) &&
    Object.values(headers).every(isString)
  );
}

function hasOptionalStrings(value: Unchecked, rows: readonly Names[]): boolean {
  return rows.every(([name]) => isOptional(value[name], isNonEmptyString));
}

function isOptional(value: unknown, is: (value: unknown) => boolean): boolean {
  return value === undefined || is(value);
}

/** Also for objects of other realms, as in Jest, where `instanceof` fails. */
function isPlainObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return !prototype || !Object.getPrototypeOf(prototype);
}

// Helpers: the arguments

/** Throws unless `condition` holds. No argument is quoted: it may be secret. */
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

type RequestHeaders = GetStatusOptions["headers"];
type Pair = [name: string, value: string];

function toRequestHeaders(headers: RequestHeaders): Init["headers"] {
  if (headers === undefined) return { accept: "application/json" };
  const record = attempt(() => {
    if (typeof headers !== "object") return undefined;
    const pairs = toPairs(headers); // throws for null
    // `Headers` rejects what the platform cannot send, but converts any value
    // to a string: `undefined` would be sent as "undefined".
    if (!pairs.every((pair) => [...pair].every(isString))) return undefined;
    return Object.fromEntries(collectPairs(new Headers(pairs)));
  });
  check(record, "headers must have valid names and string values");
  return { accept: "application/json", ...record };
}

function toPairs(headers: NonNullable<RequestHeaders>): Pair[] {
  if (Symbol.iterator in headers) return Array.from(headers as Iterable<Pair>);
  if (typeof headers.forEach !== "function") return Object.entries(headers);
  return collectPairs(headers as HeadersLike);
}

function collectPairs(headers: HeadersLike): Pair[] {
  const pairs: Pair[] = [];
  headers.forEach((value, name) => {
    pairs.push([name, value]);
  });
  return pairs;
}

// Helpers: the request

type Init = Parameters<Fetch>[1];
type ResponseLike = Awaited<ReturnType<Fetch>>;
type Reader = ReturnType<NonNullable<ResponseLike["body"]>["getReader"]>;

/** What is known of a request, filled in as it proceeds. */
interface Outcome {
  // The step that failed, or how the response ended.
  step: "request" | "response" | "body" | "complete" | "too large";
  http?: Http; // absent without a valid `Response`
  body: string; // the text, as far as it was read
  json?: unknown; // the parsed body
  reason: "network" | "timeout"; // of a failure
  cause?: unknown; // what was thrown, or the reason of the time limit
}

/** Sends the request and reads the response. Never rejects. */
async function sendRequest(
  fetch: Fetch,
  url: string,
  init: Init,
  maxBytes: number,
): Promise<Outcome> {
  const outcome: Outcome = { step: "request", body: "", reason: "network" };
  let reader: Reader | undefined;
  try {
    init.signal?.throwIfAborted(); // if it has aborted, nothing is sent
    const response = await fetch(url, init);
    outcome.step = "response";
    // Read before `getReader`, after which `bodyUsed` is true in Bun.
    const { body, bodyUsed } = response;
    // Opened before the head is checked, so that it can be cancelled.
    if (body !== null) {
      reader = body.getReader();
      const isReader = typeof reader.read === "function";
      check(isReader && !bodyUsed, "Response.body must be an unread stream");
    }
    outcome.http = readHead(response, url);
    outcome.step = "body";
    if (reader) await readBody(reader, maxBytes, outcome);
    else outcome.step = "complete";
  } catch (error) {
    outcome.cause = error;
  }
  if (outcome.step !== "complete") void cancel(reader);
  // Not left to the decoder, which would also remove one later in the text.
  if (outcome.body.startsWith("\uFEFF")) outcome.body = outcome.body.slice(1);
  return outcome;
}

function readHead(response: ResponseLike, requestUrl: string): Http {
  const { status, url } = response;
  check(isInteger(status), "Response.status must be an integer");
  check(isString(url), "Response.url must be a string");
  const headers: { [name: string]: string } = {};
  for (const [name, value] of collectPairs(response.headers)) {
    const areStrings = isString(name) && isString(value);
    check(areStrings, "Response.headers must hold strings");
    const lowerCase = name.toLowerCase();
    // Left out as in browsers, which do not expose it.
    if (lowerCase !== "set-cookie") headers[lowerCase] = value;
  }
  return { status, url: url || requestUrl, headers };
}

/** Reads to the end or to the limit. If it throws, the text so far is kept. */
async function readBody(reader: Reader, maxBytes: number, outcome: Outcome) {
  // The types of Workers require both options.
  const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });
  let remaining = maxBytes;
  while (remaining >= 0) {
    const { done, value } = await reader.read();
    if (done) {
      outcome.body += decoder.decode();
      outcome.step = "complete";
      return;
    }
    const isBytes = ArrayBuffer.isView(value) && value.BYTES_PER_ELEMENT === 1;
    check(isBytes, "a chunk of Response.body must be a byte array");
    const bytes = value.subarray(0, remaining);
    // `stream` keeps an incomplete character for the next chunk, also across an
    // empty one (0x80). After ASCII, there is none, and without `stream`, Node 20
    // and 22 are far faster.
    const last = bytes[bytes.length - 1] ?? 0x80;
    outcome.body += decoder.decode(bytes, { stream: (last & 0x80) !== 0 });
    remaining -= value.length;
  }
  outcome.step = "too large";
}

/** Not awaited by its caller: a custom `cancel` may never settle. */
async function cancel(reader: Reader | undefined): Promise<void> {
  try {
    await reader?.cancel();
  } catch {
    // The result does not depend on it.
  }
}

// Helpers: the result

function toResult(outcome: Outcome, jobId: string): Result {
  const { step, http, body, reason, cause } = outcome;
  const ok = http !== undefined && http.status >= 200 && http.status <= 299;
  // A status other than 2xx decides the result, even if the body was cut off.
  if (!http || (ok && step === "body")) {
    return {
      kind: "ServerError",
      reason,
      message: describeFailure(outcome),
      ...(cause !== undefined && { cause }),
      ...(http && { http }),
    };
  }

  const parse = (): unknown => JSON.parse(body);
  if (step !== "too large") outcome.json = attempt(parse);
  const info = ok && readStatusInfo(outcome.json, http, jobId);
  if (info) return info;

  const exception = readException(outcome.json);
  const rest = { body, ...(exception && { exception }), http };
  if (ok) {
    const message = describeMalformed(outcome, http);
    return { kind: "ServerError", reason: "malformed", message, ...rest };
  }
  const described = exception?.detail ?? exception?.title;
  const message = described ?? describeError(outcome, http);
  const notFound = toNotFoundReason(http.status, exception?.type);
  if (notFound) return { kind: "NotFound", reason: notFound, message, ...rest };
  return { kind: "ServerError", reason: "http", message, ...rest };
}

function describeFailure({ reason, step, cause }: Outcome): string {
  if (reason === "timeout") return "Request timed out";
  if (step === "response") {
    return "fetch did not return a Response with a readable body: see cause";
  }
  const code = attempt(() => readCode(cause)) ?? "see cause";
  if (step === "request") return `Request failed: ${code}`;
  return `Response body could not be read to the end: ${code}`;
}

/** Reads a code such as `ECONNREFUSED`, which holds no secret. */
function readCode(cause: unknown): string | undefined {
  const outer = toObject<"code" | "cause">(cause); // with a code in Bun
  const inner = toObject<"code">(outer.cause); // with a code in Node
  const codes = [outer.code, inner.code].filter(isString);
  return codes.find((code) => /^\w{1,40}$/.test(code));
}

/** A name, then others that servers use for the same. */
type Names<Name extends string = string> = readonly [Name, ...string[]];

const ID_NAMES = ["jobID", "id", "jobId", "job_id"] as const;

const STATUS_STRINGS = [
  ID_NAMES,
  ["type"],
  ["processID", "processId", "process_id"], // SpatialVault, DataKaveri
  ["message"],
  ["created"],
  ["started"],
  ["finished"],
  ["updated"],
] as const;

/** Only a status and an id are required: servers omit any other property. */
function readStatusInfo(
  json: unknown,
  http: Http,
  jobId: string,
): StatusInfo | undefined {
  const document = toObject<keyof StatusInfo | (typeof ID_NAMES)[number]>(json);
  const { status } = document;
  const hasId = ID_NAMES.some((name) => isString(document[name]));
  // GeoServer before 2026 sends only the id of the process.
  const isStatus = hasId || isString(document.processID);
  if (!isNonEmptyString(status) || !isStatus) return undefined;
  const progress = readProgress(document.progress);
  const exception = readException(document.exception);
  return {
    kind: "StatusInfo",
    jobID: jobId, // unless the document has one
    status: toStatusCode(status),
    ...readStrings(document, STATUS_STRINGS),
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

/** Each status code, then other names for it, and where they come from. */
const STATUS_NAMES: readonly Names<StatusCode>[] = [
  ["created"],
  ["accepted", "queued", "pending"], // openEO, QJazz
  // WPS, ZOO-Project, and two of Harmony
  ["running", "started", "paused", "previewing", "running_with_errors"],
  ["successful", "succeeded", "finished"], // WPS, openEO
  ["failed", "error", "rejected", "lost"], // openEO, ECMWF, sepex
  ["dismissed", "canceled", "cancelled", "deleted"], // openEO, ECMWF
];

function toStatusCode(name: string): StatusInfo["status"] {
  const lowerCase = name.toLowerCase();
  const match = STATUS_NAMES.find((names) => names.includes(lowerCase));
  return match?.[0] ?? "unknown";
}

const LINK_STRINGS = [["rel"], ["type"], ["hreflang"], ["title"]] as const;

function readLinks(value: unknown, responseUrl: string): Link[] {
  // DataKaveri sends a single link object.
  const entries: unknown[] = Array.isArray(value) ? value : [value];
  // The limit bounds memory: a redirect lets the server choose a long URL,
  // which each short link would repeat.
  const resolvable = entries.length * responseUrl.length <= 1_048_576;
  const links: Link[] = [];
  for (const entry of entries) {
    const link = toObject<keyof Link>(entry);
    if (!isNonEmptyString(link.href)) continue;
    const href = resolvable ? resolve(link.href, responseUrl) : link.href;
    links.push({ href, ...readStrings(link, LINK_STRINGS) });
  }
  return links;
}

/** Returns an absolute URL, or else `href` unchanged. */
function resolve(href: string, responseUrl: string): string {
  // Nothing with a host is resolved: `new URL` takes seconds to encode long
  // international hosts. It ignores spaces at the start, and reads \ as /.
  const isRelative = /^(?! *([a-z][a-z\d+.-]*:|\/\/))[ -[\]-~]*$/i.test(href);
  if (!isRelative) return href;
  return attempt(() => new URL(href, responseUrl).href) ?? href;
}

/** Reads a value, its `detail` (FastAPI), `error` (gateways) or `errors`. */
function readException(value: unknown): Exception | undefined {
  if (!value) return undefined; // most documents have none
  const { detail, error, errors } = toObject(value);
  for (const entry of [value, detail, error, errors].flat()) {
    const exception = toException(entry);
    if (exception) return exception;
  }
  return undefined;
}

const EXCEPTION_STRINGS = [
  ["type", "code"],
  ["title"],
  [
    "detail",
    "description", // pygeoapi and Weaver
    "error_description", // OAuth
    "error_message", // CUT RE3
    "message", // gateways
    "Message", // AWS
    "msg", // FastAPI
    "error", // Keycloak
  ],
  ["instance"],
] as const;

/** Properties of a wrong type are ignored (RFC 9457, section 3.1). */
function toException(value: unknown): Exception | undefined {
  const error = toObject<keyof Exception>(value);
  const strings = readStrings(error, EXCEPTION_STRINGS);
  if (!(strings.type ?? strings.title ?? strings.detail)) return undefined;
  const { status } = error;
  return { ...strings, ...(isInteger(status) && { status }) };
}

function describeMalformed({ step, body, json }: Outcome, http: Http): string {
  if (step === "too large") return "Response body is too large (see maxBytes)";
  if (body === "") return "Response body is empty";
  const type = http.headers["content-type"] || "none";
  return json === undefined
    ? `Response body is not JSON (Content-Type: ${type})`
    : "Response body is not a job status: it has no status or no job id";
}

/** Returns a short text, as gateways send it, or else the HTTP status. */
function describeError({ step, body, json }: Outcome, http: Http): string {
  const type = http.headers["content-type"] ?? "";
  const isPlain = step === "complete" && /^text\/plain\s*(;|$)/i.test(type);
  const text = isPlain && json === undefined ? body : json;
  const line = isString(text) ? text.trim() : "";
  const isShort = /^[^<\n\r\u2028\u2029]{1,200}$/.test(line);
  return isShort ? line : `HTTP ${http.status}`;
}

function toNotFoundReason(status: number, type = "") {
  if (status === 410) return "gone";
  // 1.0 defines a URI that ends in no-such-job. Servers send variants of it, or
  // a code. Weaver sends it with a 400 if the id is not a UUID.
  const isNoSuchJob = /(no-such-job|nosuchjob|jobnotfound)$/i.test(type);
  if (isNoSuchJob && (status === 404 || status === 400)) return "no-such-job";
  return status === 404 ? "unspecified" : undefined;
}

type Unchecked<Name extends string = string> = { [name in Name]?: unknown };

/** Lets any value be read as an object. Primitives have none of these names. */
function toObject<Name extends string>(value: unknown): Unchecked<Name> {
  return Object(value) as Unchecked<Name>;
}

/** Reads the first non-empty string of each row, under the row's first name. */
function readStrings<Name extends string>(
  object: Unchecked,
  rows: readonly Names<Name>[],
): { [name in Name]?: string } {
  const strings: { [name in Name]?: string } = {};
  for (const names of rows) {
    for (const name of names) {
      const value = object[name];
      if (!isNonEmptyString(value)) continue;
      strings[names[0]] = value;
      break;
    }
  }
  return strings;
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
