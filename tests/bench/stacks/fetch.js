export const create =
  ({ fetch, parse, baseUrl }) =>
  async (jobId, signal) => {
    const response = await fetch(`${baseUrl}/jobs/${encodeURIComponent(jobId)}`, {
      headers: { accept: "application/json" },
      signal,
    });
    if (response.status === 404) return { kind: "NotFound" };
    if (!response.ok) return { kind: "ServerError" };
    return { kind: "StatusInfo", status: parse(await response.json()).status };
  };
