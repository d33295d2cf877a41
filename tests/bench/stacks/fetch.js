export const create =
  ({ fetch, parse, baseUrl }) =>
  async (jobId) => {
    const response = await fetch(`${baseUrl}/jobs/${encodeURIComponent(jobId)}`, {
      headers: { accept: "application/json" },
    });
    if (response.status === 404) return "NotFound";
    if (!response.ok) return "ServerError";
    return parse(await response.json());
  };
