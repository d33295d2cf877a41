// What must not compile. Each line says why; where one compiles after all, its `@ts-expect-error` is an error.
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
  // @ts-expect-error reason is not in a StatusInfo
  result.reason;
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

// @ts-expect-error a missing case: "network"
export function byReason(error: ServerError): number {
  switch (error.reason) {
    case "http":
    case "malformed":
      return 1;
  }
}

export function branches(result: Result): void {
  if (isStatusInfo(result)) {
    // @ts-expect-error no reason here
    result.reason;
  } else {
    // @ts-expect-error no jobID here
    result.jobID;
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
  // @ts-expect-error a fetch gives a response
  getStatus("https://h", "j", { fetch: async () => ({ ok: true, json: async () => ({}) }) });
  // @ts-expect-error a fetch takes a URL as a string
  getStatus("https://h", "j", { fetch: async (url: number) => new Response(String(url)) });
}

export const wrong: unknown[] = [
  // @ts-expect-error nothing but GET is sent
  (fetch: Fetch) => fetch("x", { method: "POST", headers: {} }),
  // @ts-expect-error a network failure has no body
  { kind: "ServerError", reason: "network", message: "m", body: "" } satisfies NetworkError,
];
