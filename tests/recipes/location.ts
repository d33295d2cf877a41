/**
 * Finds the job that an execution created, from the response to `POST {baseUrl}/processes/{id}/execution`.
 *
 * The Location header comes first, because a server may keep its jobs below another path (`/processes/{id}/jobs`). If
 * its origin is not that of `baseUrl`, only its id is used: a server behind a proxy often names an internal host, and a
 * token must not be sent elsewhere. Without a usable Location, the id is read from the body.
 */
export async function createdJob(response: Response, baseUrl: string | URL): Promise<{ baseUrl: URL; jobId: string }> {
  if (!response.ok) throw new Error(`The process was not started: HTTP ${response.status}`);
  const base = new URL(baseUrl);
  const location = response.headers.get("location");
  if (location !== null) {
    const url = new URL(location, response.url || base);
    const [, path, id] = /^(.*)\/jobs\/([^/]+)\/?$/.exec(url.pathname) ?? [];
    if (path !== undefined && id !== undefined) {
      await response.body?.cancel();
      if (url.origin === base.origin) base.pathname = path;
      return { baseUrl: base, jobId: decodeURIComponent(id) };
    }
  }
  const document: unknown = await response.json().catch(() => undefined);
  const { jobID, id } = Object(document) as { jobID?: unknown; id?: unknown };
  const jobId = jobID ?? id; // `jobID` in 1.0, `id` in the 2.0 draft
  if (typeof jobId !== "string") throw new Error("The response names no job: did the process run synchronously?");
  return { baseUrl: base, jobId };
}
