import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from "cloudflare:workers";
import { getStatus } from "ogcapi-job-status";

/** Milliseconds to the second request; the pauses grow to an hour. */
const FIRST_PAUSE = 10_000;
/** Milliseconds after which a watch ends as "timed out": a week. */
const TIME_LIMIT = 604_800_000;

/** What the engine stores about a watch. Do not put secrets in it. */
interface Params {
  jobId: string;
}

interface Env {
  BASE_URL: string;
  TOKEN: string;
  /** Receives `{ jobId, outcome }` when the watch has ended. */
  CALLBACK_URL: string;
  WATCH: Workflow<Params>;
}

/** Watches one job for days. Completed steps are not repeated, and a sleep costs nothing. */
export class JobWatch extends WorkflowEntrypoint<Env, Params> {
  override async run({ payload }: WorkflowEvent<Params>, step: WorkflowStep): Promise<string> {
    const { jobId } = payload;
    const end = await step.do("set the time limit", () => Promise.resolve(Date.now() + TIME_LIMIT));
    let pause = FIRST_PAUSE;
    let notFound = 0; // in a row
    for (let round = 1; ; round++) {
      let outcome = await step.do(`request ${round}`, async () => {
        const outcome = await requestOutcome(this.env, jobId);
        return outcome === "pending" && Date.now() >= end ? "timed out" : outcome;
      });
      // Some servers respond with 404 right after a job was created.
      notFound = outcome === "not found" ? notFound + 1 : 0;
      if (outcome === "not found" && notFound <= 5) outcome = "pending";
      if (outcome !== "pending") {
        await step.do("call back", async () => {
          const body = JSON.stringify({ jobId, outcome });
          const headers = { "content-type": "application/json" };
          const response = await fetch(this.env.CALLBACK_URL, { method: "POST", headers, body });
          await response.body?.cancel();
          if (!response.ok) throw new Error(`HTTP ${response.status}`); // the engine retries the step
        });
        return outcome;
      }
      await step.sleep(`pause ${round}`, pause);
      pause = Math.min(pause * 1.5, 3_600_000);
    }
  }
}

/** The outcome of one request; "pending" if the watch goes on. */
async function requestOutcome({ BASE_URL, TOKEN }: Env, jobId: string): Promise<string> {
  const result = await getStatus(BASE_URL, jobId, {
    headers: { authorization: `Bearer ${TOKEN}` },
    signal: AbortSignal.timeout(30_000),
  });
  switch (result.kind) {
    case "StatusInfo": // "unknown" is not final, even if `finished` is set: some servers set it early.
      return ["successful", "failed", "dismissed"].includes(result.status) ? result.status : "pending";
    case "NotFound":
      return result.reason === "gone" ? "gone" : "not found";
    case "ServerError": // Only some failures can be temporary: a wrong key or an HTML page does not go away.
      if (result.reason === "network" || result.reason === "timeout") return "pending";
      return [408, 425, 429, 500, 502, 503, 504].includes(result.http.status) ? "pending" : "refused";
  }
}

export default {
  /** Starts one watch for each job: the id of the watch is derived from that of the job, and can be used only once. */
  async fetch(request: Request, env: Env): Promise<Response> {
    // Whoever can call this Worker can start a watch: check the user here.
    const { jobId } = (await request.json()) as { jobId?: unknown };
    // getStatus() rejects other ids.
    if (typeof jobId !== "string" || ["", ".", ".."].includes(jobId) || /\p{Surrogate}/u.test(jobId)) {
      return Response.json({ error: "jobId must be the id of a job" }, { status: 400 });
    }
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(jobId));
    const id = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    const watch = await env.WATCH.create({ id, params: { jobId } }).catch(() => env.WATCH.get(id));
    return Response.json(await watch.status(), { status: 202 });
  },
};
