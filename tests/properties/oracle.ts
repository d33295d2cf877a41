/** A second implementation of getStatus(), which shares no code with the library, and ignores speed and size. */
import { NAMES } from "../support/status-names.ts";

/** A call, and what happens in it. */
export interface Call {
  readonly baseUrl: string;
  readonly jobId: string;
  readonly maxBytes: number | undefined;
  /** Aborts the call before it starts if `early`, else while it waits. */
  readonly abort: { readonly early: boolean; readonly reason: unknown } | undefined;
  readonly end: "complete" | "cut off" | "no head";
  readonly status: number;
  readonly type: string;
  readonly parts: readonly Uint8Array[];
}

/** What `fetch` or the body throws. */
export const FAILURE = new TypeError("failed");

type Json = Record<string, unknown>;

const own = (value: unknown, name: string): unknown => Object.getOwnPropertyDescriptor(Object(value), name)?.value;
/** The first of the properties that is a non-empty string. */
const first = (value: unknown, ...names: string[]): string | undefined =>
  names.map((name) => own(value, name)).find((found): found is string => typeof found === "string" && found !== "");
const strings = (value: unknown, ...names: string[]): Json =>
  Object.fromEntries(names.map((name) => [name, first(value, name)]));

function progressOf(value: unknown): number | undefined {
  const number = typeof value === "string" && /^[0-9]+([.][0-9]+)?$/.test(value) ? parseFloat(value) : value;
  return typeof number === "number" && number >= 0 && number <= 100 ? number : undefined;
}

function describedBy(value: unknown): Json | undefined {
  const long = ["description", "error_description", "error_message", "message", "Message"];
  const type = first(value, "type", "code");
  const detail = first(value, "detail", ...long, "msg", "error");
  const status = Number.isInteger(own(value, "status")) ? own(value, "status") : undefined;
  const exception = { ...strings(value, "title", "instance"), type, detail, status };
  return first(exception, "type", "title", "detail") === undefined ? undefined : exception;
}

const exceptionOf = (value: unknown): Json | undefined =>
  [value, own(value, "detail"), own(value, "error"), own(value, "errors")].flat().map(describedBy).find(Boolean);

/** Whether it is printable ASCII in which `new URL` finds neither a scheme nor a host. */
function isPath(href: string): boolean {
  const isPrintable = [...href].every((one) => one >= " " && one <= "~" && one !== "\\");
  return isPrintable && !/^(\/\/|[A-Za-z][A-Za-z0-9+\-.]*:)/.test(href.trimStart());
}

function linksOf(value: unknown, base: string): Json[] {
  return [value].flat().flatMap((link) => {
    const sent = first(link, "href");
    if (sent === undefined) return [];
    const href = isPath(sent) && URL.canParse(sent, base) ? new URL(sent, base).href : sent;
    return { href, ...strings(link, "rel", "type", "hreflang", "title") };
  });
}

const IDS = ["jobID", "id", "jobId", "job_id"];

function statusInfoOf(document: unknown, jobId: string, url: string): Json | undefined {
  const name = first(document, "status")?.toLowerCase();
  const hasId = [...IDS, "processID"].some((id) => typeof own(document, id) === "string");
  if (name === undefined || !hasId) return undefined;
  return {
    kind: "StatusInfo",
    jobID: first(document, ...IDS) ?? jobId,
    status: Object.keys(NAMES).find((code) => NAMES[code]!.includes(name)) ?? "unknown",
    ...strings(document, "type", "message", "created", "started", "finished", "updated"),
    processID: first(document, "processID", "processId", "process_id"),
    progress: progressOf(own(document, "progress")),
    exception: exceptionOf(own(document, "exception")),
    links: linksOf(own(document, "links"), url),
    document,
  };
}

function notFoundFor(status: number, type = ""): string | undefined {
  if (status === 410) return "gone";
  const isNoSuchJob = ["no-such-job", "nosuchjob", "jobnotfound"].some((end) => type.toLowerCase().endsWith(end));
  if (isNoSuchJob && [400, 404].includes(status)) return "no-such-job";
  return status === 404 ? "unspecified" : undefined;
}

/** What getStatus() must return or, as `rejected`, reject with; without the limits on links. */
export function expected({ baseUrl, jobId, maxBytes = 2 ** 21, abort, end, status, type, parts }: Call): Json {
  if (abort && own(abort.reason, "name") !== "TimeoutError") return { rejected: abort.reason };
  const failure = (message: string, http?: Json): Json => {
    const network = { reason: "network", message: `${message}: see cause`, cause: FAILURE };
    const timeout = { reason: "timeout", message: "Request timed out", cause: abort?.reason };
    return { kind: "ServerError", ...(abort ? timeout : network), ...(http && { http }) };
  };
  if (abort?.early || end === "no head") return failure("Request failed");

  const { origin, pathname, search } = new URL(baseUrl);
  const url = `${origin}${pathname.replace(/\/+$/, "")}/jobs/${encodeURIComponent(jobId)}${search}`;
  const http = { status, url, headers: { "content-type": type } };
  const isOk = status >= 200 && status <= 299;
  const bytes = Buffer.concat(parts);
  const isLarge = bytes.length > maxBytes;
  if (isOk && end === "cut off" && !isLarge) return failure("Response body could not be read to the end", http);

  const isWhole = end === "complete" && !isLarge;
  const body = new TextDecoder().decode(bytes.subarray(0, maxBytes), { stream: !isWhole });
  const document = isLarge ? undefined : parse(body);
  const info = isOk && statusInfoOf(document, jobId, url);
  const exception = exceptionOf(document);
  const quoted = isWhole && /^text\/plain *(;|$)/i.test(type) && document === undefined ? body : document;
  const described = first(exception, "detail", "title") ?? (lineOf(quoted) || `HTTP ${status}`);
  const problems = [
    isLarge && "too large (see maxBytes)",
    body === "" && "empty",
    document === undefined && `not JSON (Content-Type: ${type || "none"})`,
    "not a job status: it has no status or no job id",
  ];
  const message = isOk ? `Response body is ${String(problems.find(Boolean))}` : described;
  const notFound = notFoundFor(status, first(exception, "type"));
  const kind = notFound ? "NotFound" : "ServerError";
  const error = { kind, reason: notFound ?? (isOk ? "malformed" : "http"), message, body, exception };
  // Properties that are undefined are omitted.
  return JSON.parse(JSON.stringify({ ...(info || error), http }));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The text if it is one short line, or "". */
function lineOf(text: unknown): string {
  const line = typeof text === "string" ? text.trim() : "";
  return line.length <= 200 && line.split(/[\r\n\u2028\u2029]/).length === 1 && !line.includes("<") ? line : "";
}
