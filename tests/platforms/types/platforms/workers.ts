// A service binding goes in wrapped.
import { getStatus } from "ogcapi-job-status";

export default {
  async fetch(request: Request, env: { API: Fetcher }): Promise<Response> {
    const result = await getStatus("https://h", new URL(request.url).pathname, {
      fetch: (url, init) => env.API.fetch(url, init),
      signal: request.signal,
      headers: request.headers,
    });
    return Response.json(result);
  },
};
