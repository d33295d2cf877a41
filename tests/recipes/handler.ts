import { getStatus, type GetStatusOptions } from "ogcapi-job-status";

export interface HandlerOptions extends GetStatusOptions {
  /** The website that may read the status from another origin, such as "https://app.example.com". By default, none. */
  readonly origin?: string;
}

/** Sends the browser only the status, the progress and the message. */
export async function respond(
  request: Request,
  jobId: string | null | undefined,
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
  // getStatus() rejects these ids.
  if (!jobId || jobId === "." || jobId === ".." || /\p{Surrogate}/u.test(jobId))
    return reply(404, { error: "no such job" });
  const limit = AbortSignal.timeout(10_000);
  const signal = opts.signal ? AbortSignal.any([opts.signal, limit]) : limit;
  const result = await getStatus(baseUrl, jobId, { ...opts, signal });
  switch (result.kind) {
    case "StatusInfo":
      return reply(200, { status: result.status, progress: result.progress, message: result.message });
    case "NotFound":
      return reply(404, { error: "no such job" });
    case "ServerError":
      // Not the message, which may be the server's text.
      console.error(result.reason, result.http?.status ?? codeOf(result.cause));
      return result.reason === "timeout"
        ? reply(504, { error: "no status from the server in time" })
        : reply(502, { error: "no status from the server" });
  }
}

type Cause = Partial<Record<"name" | "code" | "cause", unknown>>;

/** ECONNREFUSED, for example. The cause itself is not logged, since it may contain the URL, and so a key. */
function codeOf(failure: unknown): unknown {
  const { name, code, cause } = Object(failure) as Cause;
  return [(Object(cause) as Cause).code, code, name].find((one) => typeof one === "string");
}
