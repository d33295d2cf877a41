/**
 * Finds the job that an execution created, from the response to `POST {baseUrl}/processes/{id}/execution`.
 *
 * The Location header comes first, because a server may have its jobs below another path (`/processes/{id}/jobs`). If
 * its origin is not that of `baseUrl`, only its id is used: a server behind a proxy often names an internal host, and a
 * token must not be sent to another host. Without a usable Location, the id is read from the body.
 */
export async function createdJob(response: Response, baseUrl: string | URL): Promise<{ baseUrl: URL; jobId: string }> {
  const base = new URL(baseUrl);
  const named = response.ok ? jobAt(response, base) : undefined;
  if (!response.ok || named) await response.body?.cancel(); // not read, so that its connection is released
  if (!response.ok) throw new Error(`The process was not started: HTTP ${response.status}`);
  if (named) return named;
  const { jobID, id, status } = Object(parse(await response.text())) as Record<string, unknown>;
  const jobId = jobID ?? (status && id); // `jobID` in 1.0, `id` in the 2.0 draft
  if (typeof jobId !== "string" || jobId === "")
    throw new Error("The response contains no job id: did the process run synchronously?");
  return { baseUrl: base, jobId };
}

/** The job in the Location header, if there is one that can be used. */
function jobAt(response: Response, base: URL): { baseUrl: URL; jobId: string } | undefined {
  try {
    const url = new URL(response.headers.get("location") ?? "", response.url || base);
    const [, path, id] = /^(.*)\/jobs\/([^/]+)\/?$/.exec(url.pathname) ?? [];
    if (path === undefined || id === undefined) return undefined;
    const baseUrl = new URL(base);
    if (url.origin === base.origin) baseUrl.pathname = path;
    return { baseUrl, jobId: decodeURIComponent(id) };
  } catch {
    return undefined; // not a URL, or an id that is not encoded correctly
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
