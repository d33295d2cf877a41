// What must not compile. Each line says why. If one compiles after all, its `@ts-expect-error` is an error.
import {
  getStatus,
  isStatusInfo,
  type Fetch,
  type NetworkError,
  type Result,
  type ServerError,
  type StatusInfo,
} from "ogcapi-job-status";

export async function members(result: Result, info: StatusInfo, error: ServerError): Promise<void> {
  // @ts-expect-error jobID is only in a StatusInfo
  result.jobID;
  // @ts-expect-error body is not in a StatusInfo
  result.body;
  // @ts-expect-error http may be absent
  result.http.status;
  // @ts-expect-error http may be absent, after a network failure
  error.http.status;
  // @ts-expect-error a result is read-only
  info.status = "failed";
  // @ts-expect-error links are read-only
  info.links.push({ href: "x" });
  // @ts-expect-error the document is read-only
  info.document["x"] = 1;
  // @ts-expect-error headers are read-only
  info.http.headers["x"] = "1";
  // @ts-expect-error progress may be absent
  info.progress.toFixed();
  // @ts-expect-error a vendor's member is unknown
  info.document["percentCompleted"].toFixed();
  // @ts-expect-error a header may be absent
  info.http.headers["retry-after"].length;
  // @ts-expect-error no such status: OGC spells it successful
  info.status === "succeeded";
  // @ts-expect-error the same, before narrowing
  result.status === "succeeded";
  // @ts-expect-error no such reason
  result.reason === "not-found";
  // @ts-expect-error a status may be absent
  result.status.length;
  // @ts-expect-error a reason may be absent
  result.reason.length;
  // @ts-expect-error no such kind
  result.kind === "Error";
  // @ts-expect-error the cause is unknown
  if (error.reason === "network") error.cause.message;
}

// @ts-expect-error a missing case: "dismissed"
export function byStatus({ status }: StatusInfo): number {
  switch (status) {
    case "created":
    case "accepted":
    case "running":
    case "successful":
    case "failed":
    case "unknown":
      return 1;
  }
}

// @ts-expect-error a missing case: "ServerError"
export function byKind(result: Result): number {
  switch (result.kind) {
    case "StatusInfo":
    case "NotFound":
      return 1;
  }
}

// @ts-expect-error a missing case: "timeout"
export function byReason(error: ServerError): number {
  switch (error.reason) {
    case "http":
    case "malformed":
    case "network":
      return 1;
  }
}

export function branches(result: Result): void {
  if (isStatusInfo(result)) {
    // @ts-expect-error no reason here
    result.reason.length;
  } else {
    // @ts-expect-error no jobID here
    result.jobID;
    // @ts-expect-error no status here
    result.status.length;
  }
  // @ts-expect-error only a StatusInfo is running
  if (result.status === "running") result.body;
  // @ts-expect-error only a NotFound is gone
  if (result.reason === "gone") result.jobID;
}

// @ts-expect-error a missing case: no status
export function byStatusFirst(result: Result): number {
  switch (result.status) {
    case "created":
    case "accepted":
    case "running":
    case "successful":
    case "failed":
    case "dismissed":
    case "unknown":
      return 1;
  }
}

export function calls(): void {
  // @ts-expect-error jobId is missing
  getStatus("https://h");
  // @ts-expect-error jobId is a string
  getStatus("https://h", 5);
  // @ts-expect-error baseUrl is a string or a URL
  getStatus(5, "j");
  // @ts-expect-error no such option
  getStatus("https://h", "j", { timeout: 5 });
  // @ts-expect-error a header's value is a string
  getStatus("https://h", "j", { headers: { a: undefined } });
  // @ts-expect-error a header's value is a string
  getStatus("https://h", "j", { headers: { a: 5 } });
  // @ts-expect-error a pair has two parts
  getStatus("https://h", "j", { headers: [["a"]] });
  // @ts-expect-error a number of bytes
  getStatus("https://h", "j", { maxBytes: "5" });
  // @ts-expect-error the signal, not its controller
  getStatus("https://h", "j", { signal: new AbortController() });
  // @ts-expect-error no options are undefined, not null
  getStatus("https://h", "j", null);
}

/** A `fetch` that cannot work. */
export function fetches(): void {
  const { headers } = new Response("{}");
  // @ts-expect-error a mock with ok and json only
  getStatus("https://h", "j", { fetch: async () => ({ ok: true, json: async () => ({}) }) });
  // @ts-expect-error a mock without url, headers and body
  getStatus("https://h", "j", { fetch: async () => ({ ok: true, status: 200, json: async () => ({}) }) });
  // @ts-expect-error a mock without body
  getStatus("https://h", "j", { fetch: async () => ({ status: 200, url: "", headers, text: async () => "{}" }) });
  // @ts-expect-error the body is a stream, not a string
  getStatus("https://h", "j", { fetch: async () => ({ status: 200, url: "", headers, body: "{}" }) });
  // @ts-expect-error the body is a stream, not bytes
  getStatus("https://h", "j", { fetch: async () => ({ status: 200, url: "", headers, body: new Uint8Array() }) });
  // @ts-expect-error the body is a stream, not a promise of one
  getStatus("https://h", "j", { fetch: async () => ({ status: 200, url: "", headers, body: Promise.resolve(null) }) });
  // @ts-expect-error the headers have forEach
  getStatus("https://h", "j", { fetch: async () => ({ status: 200, url: "", headers: {}, body: null }) });
  // @ts-expect-error the status is a number
  getStatus("https://h", "j", { fetch: async () => ({ status: "200", url: "", headers, body: null }) });
  // @ts-expect-error a promise of a Response, not a Response
  getStatus("https://h", "j", { fetch: () => new Response("{}") });
  // @ts-expect-error parsed data, as from $fetch of ofetch
  getStatus("https://h", "j", { fetch: async () => ({ jobID: "j", status: "running" }) });
  // @ts-expect-error an AxiosResponse
  getStatus("https://h", "j", { fetch: async () => ({ data: {}, status: 200, statusText: "", headers: {} }) });
  // @ts-expect-error a text
  getStatus("https://h", "j", { fetch: async () => "{}" });
  // @ts-expect-error a status only
  getStatus("https://h", "j", { fetch: async () => 200 });
  // @ts-expect-error nothing
  getStatus("https://h", "j", { fetch: async () => {} });
  // @ts-expect-error the URL is a string
  getStatus("https://h", "j", { fetch: async (url: number) => new Response(String(url)) });
  // @ts-expect-error a base URL of its own
  getStatus("https://h", "j", { fetch: "https://h" });
}

export const wrong: unknown[] = [
  // @ts-expect-error nothing but GET is sent
  (fetch: Fetch) => fetch("x", { method: "POST", headers: {} }),
  // @ts-expect-error a network failure has no body
  { kind: "ServerError", reason: "network", message: "m", body: "" } satisfies NetworkError,
];

const noStream = { url: "", headers: new Headers(), body: null };
// @ts-expect-error a response has a status
export const withoutStatus: Fetch = async () => noStream;

// @ts-expect-error a response has a URL, which may be ""
export const withoutUrl: Fetch = async () => ({ status: 200, headers: new Headers(), body: null });
