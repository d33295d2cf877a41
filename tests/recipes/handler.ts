/**
 * Answers a browser with the status of a job, from a server that holds the key to the API.
 *
 * It follows no redirect, so that the key stays with the host of the API. It does not check who asks: whoever can call
 * it can read the status of each job whose id they know.
 */
import { getStatus, type GetStatusOptions } from "ogcapi-job-status"; // of a copy: "./get-status.ts"

export interface HandlerOptions extends GetStatusOptions {
  /** The website that may read the status from another origin, such as "https://app.example.com". By default, none. */
  readonly origin?: string;
}

/** Sends the browser only the status, the progress and the message. */
export async function respond(
  request: Request,
  jobId: unknown,
  baseUrl: string,
  { origin, ...opts }: HandlerOptions = {},
): Promise<Response> {
  const reply = (status: number, body: object): Response => {
    const headers = new Headers({ "cache-control": "no-store" });
    if (status === 405) headers.set("allow", "GET");
    if (origin !== undefined) headers.set("access-control-allow-origin", origin);
    return Response.json(body, { status, headers });
  };
  if (request.method !== "GET") return reply(405, { error: "only GET is allowed" });
  if (!isJobId(jobId)) return reply(400, { error: "this is not the id of a job" });
  const limit = AbortSignal.timeout(10_000);
  limit.addEventListener("abort", () => {}); // else Node 20 removes it, since AbortSignal.any() does not hold it
  const result = await getStatus(baseUrl, jobId, {
    ...opts,
    fetch: opts.fetch ?? ((url, init) => fetch(url, { ...init, redirect: "manual" })),
    signal: opts.signal ? AbortSignal.any([opts.signal, limit]) : limit,
  });
  switch (result.kind) {
    case "StatusInfo":
      return reply(200, { status: result.status, progress: result.progress, message: result.message });
    case "NotFound":
      return reply(404, { error: "no such job" });
    case "ServerError":
      // Without a response, the message is safe to log. With one, it may be the server's text.
      console.error(result.reason, result.http?.status ?? result.message);
      return result.reason === "timeout"
        ? reply(504, { error: "no status from the server in time" })
        : reply(502, { error: "no status from the server" });
  }
}

/** Whether getStatus() accepts it as an id. */
export function isJobId(id: unknown): id is string {
  return typeof id === "string" && !["", ".", ".."].includes(id) && !/\p{Surrogate}/u.test(id);
}
