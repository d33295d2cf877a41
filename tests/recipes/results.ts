import type { StatusInfo } from "ogcapi-job-status";

// The relation, in the four forms that servers send.
const RESULTS = /^(https?:\/\/www\.opengis\.net\/def\/rel\/ogc\/1\.0\/results|\[ogc-rel:results\]|results)$/;

/** The URL of a job's results: that of a link, preferably to JSON, or else at the path in the standard. */
export function resultsUrl(baseUrl: string | URL, { jobID, links }: StatusInfo): URL {
  const results = links.filter(
    ({ rel = "", href }) => RESULTS.test(rel) && /^https?:/i.test(href) && URL.canParse(href),
  );
  const link = results.find(({ type }) => type === "application/json") ?? results[0];
  if (link) return new URL(link.href);
  const url = new URL(baseUrl);
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/jobs/${encodeURIComponent(jobID)}/results`;
  return url;
}

/**
 * Requests the results of a job that has ended; those of a failed one may be an error that says why. The headers, such as
 * a token, are sent to the base URL's origin only, even if the server redirects elsewhere. Browsers hide the target of a
 * redirect, so there the request must not be redirected.
 */
export async function fetchResults(
  baseUrl: string | URL,
  info: StatusInfo,
  headers: Record<string, string> = {},
): Promise<Response> {
  let url = resultsUrl(baseUrl, info);
  for (let redirects = 0; ; redirects++) {
    const sameOrigin = url.origin === new URL(baseUrl).origin;
    const response = await fetch(url, {
      headers: { accept: "application/json", ...(sameOrigin ? headers : {}) },
      redirect: "manual",
    });
    const location = response.headers.get("location");
    if (location === null || ![301, 302, 303, 307, 308].includes(response.status)) return response;
    await response.body?.cancel();
    if (redirects === 5) throw new Error("The results cannot be read: too many redirects");
    url = new URL(location, url);
  }
}
