import wretch from "wretch";

export const create = ({ fetch, parse, baseUrl }) => {
  const api = wretch(baseUrl).fetchPolyfill(fetch).headers({ accept: "application/json" });
  return (jobId) =>
    api
      .get(`/jobs/${encodeURIComponent(jobId)}`)
      .notFound(() => "NotFound")
      .fetchError(() => "ServerError")
      .json(parse)
      .catch((error) => {
        if (error.status) return "ServerError";
        throw error;
      });
};
