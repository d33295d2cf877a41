import { getStatus, type GetStatusOptions } from "ogcapi-job-status";

// In Next.js, for example, `app/jobs/[jobId]/route.ts` imports answer() and has:
//   export const GET = async (request: Request, { params }: { params: Promise<{ jobId: string }> }) =>
//     answer(request, (await params).jobId, process.env.BASE_URL!);
//   export { GET as OPTIONS };

/** For pages of other origins. If only one may read the status, put its origin in place of the asterisk. */
const CORS = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "GET",
  "access-control-allow-headers": "authorization, content-type",
  "access-control-max-age": "86400",
};

/** Sends a browser three members of the status, and nothing else about the server. */
export async function answer(
  request: Request,
  jobId: string | null | undefined,
  baseUrl: string,
  opts?: GetStatusOptions,
): Promise<Response> {
  if (request.method === "OPTIONS") return new Response(null, { status: 204, headers: CORS });
  if (request.method !== "GET") return reply(405, { error: "only GET is allowed" });
  // getStatus() rejects these ids, since a URL resolves them to another resource.
  if (!jobId || jobId === "." || jobId === "..") return reply(404, { error: "no such job" });
  const result = await getStatus(baseUrl, jobId, { ...opts, signal: AbortSignal.timeout(10_000) });
  switch (result.kind) {
    case "StatusInfo":
      return reply(200, { status: result.status, progress: result.progress, message: result.message });
    case "NotFound":
      return reply(404, { error: "no such job" });
    case "ServerError":
      console.error(result.reason, JSON.stringify(result.message.slice(0, 200))); // quoted, since a server wrote it
      return result.reason === "timeout"
        ? reply(504, { error: "no status from the server in time" })
        : reply(502, { error: "no status from the server" });
  }
}

function reply(status: number, body: object): Response {
  return Response.json(body, { status, headers: { ...CORS, "cache-control": "no-store" } });
}
