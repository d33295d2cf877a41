// What must not compile. Each line says why. If one compiles after all, its `@ts-expect-error` is an error.
import {
  getStatus,
  type Fetch,
  type NetworkError,
  type Result,
  type ServerError,
  type StatusInfo,
} from "ogcapi-job-status";

export function properties(result: Result, info: StatusInfo, error: ServerError): void {
  // @ts-expect-error jobID is only in a StatusInfo
  result.jobID;
  // @ts-expect-error http may be absent, after a network failure
  error.http.status;
  // @ts-expect-error progress may be absent
  info.progress.toFixed();
  // @ts-expect-error a result is read-only
  info.status = "failed";
  // @ts-expect-error no such status: OGC spells it successful
  result.status === "succeeded";
}

// @ts-expect-error a missing case: "ServerError"
export function byKind(result: Result): number {
  switch (result.kind) {
    case "StatusInfo":
    case "NotFound":
      return 1;
  }
}

export function calls(): void {
  // @ts-expect-error jobId is missing
  getStatus("https://h");
  // @ts-expect-error no such option
  getStatus("https://h", "j", { timeout: 5 });
  // @ts-expect-error a header's value is a string
  getStatus("https://h", "j", { headers: { a: undefined } });
  // @ts-expect-error a pair has two parts
  getStatus("https://h", "j", { headers: [["a"]] });
  // @ts-expect-error a number of bytes
  getStatus("https://h", "j", { maxBytes: "5" });
  // @ts-expect-error the signal, not its controller
  getStatus("https://h", "j", { signal: new AbortController() });
}

const headers = new Headers();

/** A `fetch` that cannot work. */
export const fetches: readonly Fetch[] = [
  // @ts-expect-error a mock with ok and json only
  async () => ({ ok: true, json: async () => ({}) }),
  // @ts-expect-error the body is a stream, not a string
  async () => ({ status: 200, url: "", headers, body: "{}" }),
  // @ts-expect-error the headers have forEach
  async () => ({ status: 200, url: "", headers: {}, body: null }),
  // @ts-expect-error a promise of a Response, not a Response
  () => new Response("{}"),
  // @ts-expect-error the URL is a string
  async (url: number) => new Response(String(url)),
];

export const wrong: unknown[] = [
  // @ts-expect-error nothing but GET is sent
  (fetch: Fetch) => fetch("x", { method: "POST", headers: {} }),
  // @ts-expect-error an absent property is not undefined
  { kind: "ServerError", reason: "network", message: "m", http: undefined } satisfies NetworkError,
  // @ts-expect-error an absent property is not undefined
  (info: StatusInfo) => ({ ...info, progress: undefined }) satisfies StatusInfo,
  // @ts-expect-error a network failure has no body
  { kind: "ServerError", reason: "network", message: "m", body: "" } satisfies NetworkError,
];
