/**
 * The contract, implemented a second time. It shares no code with the library, and ignores speed and size.
 */
type Json = Record<string, unknown>;

const WORDS: Record<string, readonly string[]> = {
  created: ["created"],
  accepted: ["accepted", "queued", "pending"],
  running: ["running", "started", "paused"],
  successful: ["successful", "succeeded", "finished"],
  failed: ["failed", "error", "rejected", "lost"],
  dismissed: ["dismissed", "canceled", "cancelled", "deleted"],
};

const own = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, name) ? (value as Json)[name] : undefined;
const text = (value: unknown): string | undefined =>
  typeof value === "string" && value.length > 0 ? value : undefined;
const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Removes the members that have no value. */
const compact = (members: Json): Json =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
const texts = (value: unknown, ...names: string[]): Json =>
  Object.fromEntries(names.map((name) => [name, text(own(value, name))]));

function progress(value: unknown): number | undefined {
  const number =
    typeof value === "number"
      ? value
      : typeof value === "string" && /^[0-9]+([.][0-9]+)?$/.test(value)
        ? parseFloat(value)
        : NaN;
  return number >= 0 && number <= 100 ? number : undefined;
}

/** The first of the members that has a text. */
const first = (value: unknown, ...names: string[]): string | undefined =>
  names.map((name) => text(own(value, name))).find((found) => found !== undefined);

function error(value: unknown): Json | undefined {
  if (!isObject(value)) return undefined;
  const status = own(value, "status");
  const read = compact({
    type: first(value, "type", "code"),
    title: first(value, "title"),
    detail: first(value, "detail", "description", "message", "msg", "error"),
    instance: first(value, "instance"),
    status: Number.isInteger(status) ? status : undefined,
  });
  return "type" in read || "title" in read || "detail" in read ? read : undefined;
}

function exception(value: unknown): Json | undefined {
  const nested = [own(value, "detail"), own(value, "error")].flat();
  return isObject(value) ? [value, ...nested].map(error).find((read) => read !== undefined) : undefined;
}

function links(value: unknown, base: string): Json[] {
  const entries: unknown[] = isObject(value) ? [value] : Array.isArray(value) ? value : [];
  const fits = entries.length * base.length <= 1_048_576;
  return entries
    .filter((link) => isObject(link) && text(own(link, "href")))
    .map((link) => {
      let href = own(link, "href") as string;
      if (!/^[A-Za-z][A-Za-z0-9+\-.]*:/.test(href) && fits && URL.canParse(href, base)) href = new URL(href, base).href;
      return compact({ href, ...texts(link, "rel", "type", "hreflang", "title") });
    });
}

function problem(body: string, document: unknown, headers: Json): string {
  if (body === "") return "Response body is empty";
  if (document !== undefined) return "Response body is not a job status: it has no status or no job id";
  return `Response body is not JSON (Content-Type: ${String(headers["content-type"] ?? "none")})`;
}

/** The result that getStatus() must return for a complete response. */
export function expected(status: number, body: string, asked: string, url: string, headers: Json): Json {
  let document: unknown;
  try {
    document = JSON.parse(body);
  } catch {
    document = undefined;
  }
  const http = { status, url, headers };
  const success = status >= 200 && status <= 299;
  if (success && isObject(document)) {
    const ids = ["jobID", "id", "jobId", "job_id"]
      .map((name) => own(document, name))
      .filter((id) => typeof id === "string");
    const word = text(own(document, "status"));
    if (word !== undefined && ids.length > 0) {
      return compact({
        kind: "StatusInfo",
        jobID: ids.find((id) => id !== "") ?? asked,
        status: Object.keys(WORDS).find((code) => WORDS[code]!.includes(word.toLowerCase())) ?? "unknown",
        ...texts(document, "type", "message", "created", "started", "finished", "updated"),
        processID: first(document, "processID", "processId", "process_id"),
        progress: progress(own(document, "progress")),
        exception: exception(own(document, "exception")),
        links: links(own(document, "links"), url),
        document,
        http,
      });
    }
  }
  const described = exception(document);
  const message = described?.["detail"] ?? described?.["title"] ?? `HTTP ${status}`;
  const rest = { message, body, exception: described, http };
  if (success)
    return compact({ kind: "ServerError", reason: "malformed", ...rest, message: problem(body, document, headers) });
  const type = String(described?.["type"]).toLowerCase();
  const named = ["no-such-job", "nosuchjob", "jobnotfound"].some((word) => type.endsWith(word));
  if (status === 410) return compact({ kind: "NotFound", reason: "gone", ...rest });
  if (status === 404 || (status === 400 && named))
    return compact({ kind: "NotFound", reason: named ? "no-such-job" : "unspecified", ...rest });
  return compact({ kind: "ServerError", reason: "http", ...rest });
}
