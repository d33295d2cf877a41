import { respond } from "./handler.js"; // or "./handler"

interface Env {
  /** The base URL of the API. With a service binding, its host is never looked up. */
  readonly BASE_URL: string;
  readonly TOKEN: string;
  /** A service binding to the Worker that is, or leads to, the API. */
  readonly API: { fetch(url: string, init: RequestInit): Promise<Response> };
}

export default {
  fetch(request: Request, env: Env): Promise<Response> {
    // Whoever can call this Worker can read the status of every job whose id they know: check the user here.
    const jobId = new URL(request.url).searchParams.get("job");
    return respond(request, jobId, env.BASE_URL, {
      fetch: (url, init) => env.API.fetch(url, init), // wrapped, because a binding cannot be called bare
      headers: { authorization: `Bearer ${env.TOKEN}` },
      // origin: "https://app.example.com",
    });
  },
};
