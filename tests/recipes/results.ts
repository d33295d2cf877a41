import type { StatusInfo } from "ogcapi-job-status";

// Servers write the relation in four ways.
const RESULTS = /^(https?:\/\/www\.opengis\.net\/def\/rel\/ogc\/1\.0\/results|\[ogc-rel:results\]|results)$/;

/** The URL of the results of a job: that of its link, JSON preferred, or else where the standard puts them. */
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
 * Requests the results of a successful job. The headers, a token for example, are sent to the base URL's origin only,
 * also if a redirect leads elsewhere. Browsers do not show where a redirect leads: there, the results must be read
 * without one.
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
    if (response.ok) return response;
    await response.body?.cancel();
    const location = response.headers.get("location");
    const redirected = [301, 302, 303, 307, 308].includes(response.status) && location !== null;
    if (!redirected || redirects === 5) throw new Error(`The results cannot be read: HTTP ${response.status}`);
    url = new URL(location, url);
  }
}
