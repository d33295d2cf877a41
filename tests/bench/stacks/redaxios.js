import axios from "redaxios";

// It does not pass the signal on.
export const create =
  ({ fetch, parse, baseUrl }) =>
  async (jobId) => {
    const { status, data } = await axios.get(`${baseUrl}/jobs/${encodeURIComponent(jobId)}`, {
      fetch,
      headers: { accept: "application/json" },
      validateStatus: () => true,
    });
    if (status === 404) return { kind: "NotFound" };
    if (status < 200 || status > 299) return { kind: "ServerError" };
    return { kind: "StatusInfo", status: parse(data).status };
  };
