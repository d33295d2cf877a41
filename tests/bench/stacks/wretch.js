import wretch from "wretch";

export const create = ({ fetch, parse, baseUrl }) => {
  const api = wretch(baseUrl).fetchPolyfill(fetch).headers({ accept: "application/json" });
  return (jobId, signal) =>
    api
      .options({ signal })
      .get(`/jobs/${encodeURIComponent(jobId)}`)
      .notFound(() => ({ kind: "NotFound" }))
      .fetchError(() => ({ kind: "ServerError" }))
      .json((data) => ({ kind: "StatusInfo", status: parse(data).status }))
      .catch((error) => {
        if (error.status) return { kind: "ServerError" };
        throw error;
      });
};
