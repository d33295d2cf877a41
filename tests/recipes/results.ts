/**
 * Requests the results of a job that has ended.
 *
 * It follows up to five redirects, to http: and https: URLs only, and sends the caller's headers to the origin of the
 * base URL only, and to none after another origin was visited. It does not read or check the results, has no time limit
 * of its own, and does not know which hosts may be trusted: the API chooses the URL.
 */
import type { StatusInfo } from "ogcapi-job-status"; // of a copy: "./get-status.ts"

// The relation, in the four forms that servers send.
const RESULTS = /^(https?:\/\/www\.opengis\.net\/def\/rel\/ogc\/1\.0\/results|\[ogc-rel:results\]|results)$/;

/** The URL of a job's results: that of a link, preferably to JSON, or else at the path in the standard. */
export function resultsUrl({ links, http }: StatusInfo): URL {
  const results = links.filter(({ rel = "", href }) => RESULTS.test(rel) && isHttpUrl(href));
  const link = results.find(({ type }) => type === "application/json") ?? results[0];
  if (link) return new URL(link.href);
  const url = new URL(http.url); // {baseUrl}/jobs/{jobId}
  let path = url.pathname;
  while (path.endsWith("/")) path = path.slice(0, -1);
  url.pathname = `${path}/results`;
  return url;
}

export interface ResultsOptions {
  /** A token, for example. */
  readonly headers?: Readonly<Record<string, string>> | Headers;
  readonly signal?: AbortSignal;
}

/** Returns the response, whatever its status: that of a failed job may be an error that says why. */
export async function fetchResults(
  baseUrl: string | URL,
  info: StatusInfo,
  { headers = {}, signal }: ResultsOptions = {},
): Promise<Response> {
  // The error of URL would hold the text, and so a key.
  if (!URL.canParse(baseUrl)) throw new TypeError("fetchResults: baseUrl must be an absolute URL");
  let sent = new Headers(headers);
  if (!sent.has("accept")) sent.set("accept", "application/json");
  let url = resultsUrl(info);
  for (let redirects = 0; ; redirects++) {
    if (url.origin !== new URL(baseUrl).origin) sent = new Headers({ accept: sent.get("accept") ?? "" });
    const response = await fetch(url.href, { headers: sent, redirect: "manual", signal: signal ?? null });
    if (response.status === 0) throw failure("a browser hides the redirect: request them from a server");
    const location = response.headers.get("location");
    if (location === null || ![301, 302, 303, 307, 308].includes(response.status)) return response;
    void response.body?.cancel().catch(() => {}); // not read, so that its connection is released
    if (redirects === 5) throw failure("too many redirects");
    if (!isHttpUrl(location, url)) throw failure("a redirect leads to something else than an http: or https: URL");
    url = new URL(location, url);
  }
}

/** Whether it is one without credentials, which would be sent to its host, or appear in an error. */
function isHttpUrl(text: string, base?: URL): boolean {
  if (!URL.canParse(text, base?.href)) return false;
  const { protocol, username, password } = new URL(text, base);
  return /^https?:$/.test(protocol) && username === "" && password === "";
}

const failure = (why: string): Error => new Error(`The results cannot be read: ${why}`);
