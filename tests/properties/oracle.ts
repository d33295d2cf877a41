/** A second implementation of getStatus(), which shares no code with the library, and ignores speed and size. */
import type { Http } from "../../src/get-status.ts";
import { NAMES } from "../support/status-names.ts";

type Json = Record<string, unknown>;

function own(value: unknown, name: string): unknown {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject && Object.hasOwn(value, name) ? (value as Json)[name] : undefined;
}

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
  const status = own(value, "status");
  const type = first(value, "type", "code");
  const title = first(value, "title");
  const long = ["description", "error_description", "error_message", "message", "Message"];
  const detail = first(value, "detail", ...long, "msg", "error");
  const rest = { ...strings(value, "instance"), status: Number.isInteger(status) ? status : undefined };
  return type || title || detail ? { type, title, detail, ...rest } : undefined;
}

function exceptionOf(value: unknown): Json | undefined {
  const sources = [value, own(value, "detail"), own(value, "error"), own(value, "errors")];
  return sources
    .flat()
    .map(describedBy)
    .find((read) => read !== undefined);
}

/** Whether `new URL` finds neither a scheme nor a host in it, and all of it is printable ASCII. */
function isPath(href: string): boolean {
  const isPrintable = [...href].every((one) => one >= " " && one <= "~" && one !== "\\");
  const start = href.trimStart();
  return isPrintable && !start.startsWith("//") && !/^[A-Za-z][A-Za-z0-9+\-.]*:/.test(start);
}

function linksOf(value: unknown, base: string): Json[] {
  return [value].flat().flatMap((link) => {
    const sent = first(link, "href");
    if (sent === undefined) return [];
    const href = isPath(sent) && URL.canParse(sent, base) ? new URL(sent, base).href : sent;
    return [{ href, ...strings(link, "rel", "type", "hreflang", "title") }];
  });
}

function problemOf(body: string, document: unknown, headers: Http["headers"]): string {
  if (body === "") return "Response body is empty";
  if (document !== undefined) return "Response body is not a job status: it has no status or no job id";
  return `Response body is not JSON (Content-Type: ${headers["content-type"]})`;
}

/** A JSON string, or plain text, if it is one line. */
function lineOf(body: string, document: unknown, headers: Http["headers"]): string | undefined {
  const [type = ""] = (headers["content-type"] ?? "").toLowerCase().split(";");
  const isPlainText = type.trim() === "text/plain" && document === undefined;
  const line = String(typeof document === "string" ? document : isPlainText ? body : "").trim();
  return line.length <= 200 && line.split(/[\r\n\u2028\u2029]/).length === 1 && !line.includes("<") ? line : undefined;
}

function resultOf(body: string, document: unknown, jobId: string, http: Http): Json {
  const ok = http.status >= 200 && http.status <= 299;
  const ids = ["jobID", "id", "jobId", "job_id"];
  const status = first(document, "status")?.toLowerCase();
  if (ok && status !== undefined && [...ids, "processID"].some((name) => typeof own(document, name) === "string")) {
    return {
      kind: "StatusInfo",
      jobID: first(document, ...ids) ?? jobId,
      status: Object.keys(NAMES).find((code) => NAMES[code]!.includes(status)) ?? "unknown",
      ...strings(document, "type", "message", "created", "started", "finished", "updated"),
      processID: first(document, "processID", "processId", "process_id"),
      progress: progressOf(own(document, "progress")),
      exception: exceptionOf(own(document, "exception")),
      links: linksOf(own(document, "links"), http.url),
      document,
      http,
    };
  }
  const exception = exceptionOf(document);
  const line = lineOf(body, document, http.headers);
  const described = first(exception, "detail", "title") ?? (line || `HTTP ${http.status}`);
  const message = ok ? problemOf(body, document, http.headers) : described;
  const error = (kind: string, reason: string): Json => ({ kind, reason, message, body, exception, http });
  const type = first(exception, "type")?.toLowerCase();
  const isNoSuchJob = ["no-such-job", "nosuchjob", "jobnotfound"].some((end) => type?.endsWith(end));
  if (ok) return error("ServerError", "malformed");
  if (http.status === 410) return error("NotFound", "gone");
  if (isNoSuchJob && [400, 404].includes(http.status)) return error("NotFound", "no-such-job");
  return http.status === 404 ? error("NotFound", "unspecified") : error("ServerError", "http");
}

/** The result that getStatus() must return for a complete response, without the limits on links. */
export function expected(body: string, jobId: string, http: Http): unknown {
  let document: unknown;
  try {
    document = JSON.parse(body);
  } catch {
    // Not JSON.
  }
  // Properties that are undefined are omitted.
  return JSON.parse(JSON.stringify(resultOf(body, document, jobId, http)));
}
