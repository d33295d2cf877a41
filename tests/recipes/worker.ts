/** A Cloudflare Worker that answers browsers with the status of a job: `/?job=job-1`. It holds the key to the API. */
import { respond } from "./handler.js"; // "./handler" works, too

interface Env {
  readonly BASE_URL: string;
  readonly TOKEN: string;
  /** A service binding, if another Worker is, or leads to, the API. The host of BASE_URL is then never looked up. */
  readonly API?: { fetch(url: string, init: RequestInit): Promise<Response> };
}

export default {
  fetch(request: Request, { BASE_URL, TOKEN, API }: Env): Promise<Response> {
    // Whoever can call this Worker can read the status of every job whose id they know: check the user here.
    const jobId = new URL(request.url).searchParams.get("job");
    return respond(request, jobId, BASE_URL, {
      headers: { authorization: `Bearer ${TOKEN}` },
      // Wrapped, because a binding must be called as a method.
      fetch: API && ((url, init) => API.fetch(url, { ...init, redirect: "manual" })),
      // origin: "https://app.example.com",
    });
  },
};
