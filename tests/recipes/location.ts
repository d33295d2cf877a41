/**
 * Where the job is that an execution has created, from the answer to `POST {baseUrl}/processes/{id}/execution`.
 *
 * A server may keep its jobs below another path (`/processes/{id}/jobs`), so the Location header comes first. It
 * never leads to another origin, since a token would follow it there: a server behind a proxy often names an
 * internal host, and its job is found below `baseUrl` all the same. Without a usable Location, the id is in the body.
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
  if (typeof jobId !== "string") throw new Error("The answer names no job: did the process run synchronously?");
  return { baseUrl: base, jobId };
}
