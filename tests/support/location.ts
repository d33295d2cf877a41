/** The base URL and the id of the job that a Location header names. */
export function jobAt(location: string, requested: string): { baseUrl: URL; jobId: string } {
  const url = new URL(location, requested);
  const [, base, id] = /^(.*)\/jobs\/([^/]+)\/?$/.exec(url.pathname) ?? [];
  if (base === undefined || id === undefined) throw new Error(`Cannot find a job in the Location: ${url.pathname}`);
  url.pathname = base;
  return { baseUrl: url, jobId: decodeURIComponent(id) };
}
