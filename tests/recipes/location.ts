/**
 * Finds the job that an execution created, in the response to `POST {baseUrl}/processes/{id}/execution`.
 *
 * It does not send the execution, and does not wait for the job. Pass the response before you read its body.
 */
import { getStatus } from "ogcapi-job-status"; // of a copy: "./get-status.ts"

export interface CreatedJob {
  readonly baseUrl: URL;
  readonly jobId: string;
}

/**
 * The Location header comes first, because a server may have its jobs below another path (`/processes/{id}/jobs`), then
 * the id in the body, then a link to the status. If the origin of a URL is not that of `baseUrl`, only its id is used:
 * a server behind a proxy often names an internal host, and a token must not be sent to another host.
 */
export async function createdJob(response: Response, baseUrl: string | URL): Promise<CreatedJob> {
  // The error of URL would hold the text, and so a key.
  if (!URL.canParse(baseUrl)) throw new TypeError("createdJob: baseUrl must be an absolute URL");
  const base = new URL(baseUrl);
  const located = response.ok && jobAt(response.headers.get("location"), response, base);
  if (located) {
    void response.body?.cancel().catch(() => {}); // not read, so that its connection is released
    return located;
  }
  // getStatus() reads the body up to a limit, and finds the text of an error.
  const result = await getStatus(base, "unknown", { fetch: () => Promise.resolve(response) });
  if (!response.ok) {
    const reason = result.http ? result.message : `HTTP ${response.status}`;
    throw new Error(`The process was not started: ${reason}`, { cause: result.cause });
  }
  if (result.cause !== undefined)
    throw new Error(`The job id cannot be read: ${result.message}`, { cause: result.cause });
  const document = result.kind === "StatusInfo" ? result.document : parse(result.body);
  const { jobID, jobId, job_id, id, status, links } = Object(document) as Record<string, unknown>;
  // Without a status, `id` may be that of a result, such as a feature.
  const found = [jobID, status && id, jobId, job_id].find((one) => typeof one === "string" && one !== "");
  if (found) return { baseUrl: base, jobId: found as string };
  for (const rel of ["monitor", "status"]) {
    const link = [links].flat().find((one) => (Object(one) as { rel?: unknown }).rel === rel) as { href?: unknown };
    const linked = jobAt(link?.href, response, base);
    if (linked) return linked;
  }
  throw new Error("The response contains no job id: did the process run synchronously?");
}

/** The job at a URL, if it is that of a job. */
function jobAt(href: unknown, response: Response, base: URL): CreatedJob | undefined {
  // An empty reference would be the URL of the response, which may look like that of a job.
  if (typeof href !== "string" || href === "") return undefined;
  try {
    const url = new URL(href, response.url || base);
    const [, path, id] = /^(.*)\/jobs\/([^/]+)\/?$/.exec(url.pathname) ?? [];
    if (path === undefined || id === undefined) return undefined;
    const baseUrl = new URL(base);
    if (url.origin === base.origin) baseUrl.pathname = path;
    return { baseUrl, jobId: decodeURIComponent(id) };
  } catch {
    return undefined; // not a URL, or an id that is not encoded correctly
  }
}

function parse(text = ""): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
