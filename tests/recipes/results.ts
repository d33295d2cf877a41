import type { StatusInfo } from "ogcapi-job-status";

// The relation, in the four forms that servers send.
const RESULTS = /^(https?:\/\/www\.opengis\.net\/def\/rel\/ogc\/1\.0\/results|\[ogc-rel:results\]|results)$/;

/** The URL of a job's results: that of a link, preferably to JSON, or else at the path in the standard. */
export function resultsUrl({ links, http }: StatusInfo): URL {
  const results = links.filter(
    ({ rel = "", href }) => RESULTS.test(rel) && /^https?:/i.test(href) && URL.canParse(href),
  );
  const link = results.find(({ type }) => type === "application/json") ?? results[0];
  if (link) return new URL(link.href);
  const url = new URL(http.url); // {baseUrl}/jobs/{jobId}
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/results`;
  return url;
}

export interface ResultsOptions {
  /** A token, for example. Sent to the origin of the base URL only, even if the server redirects elsewhere. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/**
 * Requests the results of a job that has ended; those of a failed one may be an error that says why.
 *
 * The API chooses the URL: if this runs on a server, allow only hosts that you trust. In a browser, a redirect is
 * returned as a response with the status 0.
 */
export async function fetchResults(
  baseUrl: string | URL,
  info: StatusInfo,
  { headers = {}, signal }: ResultsOptions = {},
): Promise<Response> {
  let url = resultsUrl(info);
  for (let redirects = 0; ; redirects++) {
    const sameOrigin = url.origin === new URL(baseUrl).origin;
    const response = await fetch(url, {
      headers: { accept: "application/json", ...(sameOrigin ? headers : {}) },
      redirect: "manual",
      signal: signal ?? null,
    });
    const location = response.headers.get("location");
    if (location === null || ![301, 302, 303, 307, 308].includes(response.status)) return response;
    await response.body?.cancel();
    if (redirects === 5) throw new Error("The results cannot be read: too many redirects");
    url = new URL(location, url);
  }
}
