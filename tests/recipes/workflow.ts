/**
 * A Cloudflare Workflow that watches a job for up to a week, and then calls a webhook.
 *
 * Start a watch with `POST` and `{ "jobId": "job-1" }`. It follows no redirect, neither of the API nor of the webhook.
 * It does not check who starts a watch, and does not request the results.
 */
import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from "cloudflare:workers";
import { getStatus } from "ogcapi-job-status"; // of a copy: "./get-status.ts"
import { isJobId } from "./handler.js";
import { isFinal, retryAfter } from "./watch.js";

/** Milliseconds to the second request; the pauses grow to an hour. */
const FIRST_PAUSE = 10_000;
/** Milliseconds after which a watch ends as "timed out": a week. */
const TIME_LIMIT = 604_800_000;

/** How often the callback is repeated: for some three hours. */
const CALLBACK = { retries: { limit: 10, delay: FIRST_PAUSE, backoff: "exponential" } } as const;

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
      const { outcome, isLast, wait } = await step.do(`request ${round}`, () => requestOnce(this.env, jobId, end));
      // Some servers respond with 404 right after a job was created.
      notFound = outcome === "not found" ? notFound + 1 : 0;
      if (isLast || notFound > 5) {
        await step.do("call back", CALLBACK, () => callBack(this.env, { jobId, outcome }));
        return outcome;
      }
      await step.sleep(`pause ${round}`, Math.max(pause, wait));
      pause = Math.min(pause * 1.5, 3_600_000);
    }
  }
}

/** `wait` is the time in milliseconds that the server asks for. */
async function requestOnce({ BASE_URL, TOKEN }: Env, jobId: string, end: number) {
  const result = await getStatus(BASE_URL, jobId, {
    headers: { authorization: `Bearer ${TOKEN}` },
    // Workers before the compatibility date 2025-09-01 would send the token along a redirect to another host.
    fetch: (url, init) => fetch(url, { ...init, redirect: "manual" }),
    signal: AbortSignal.timeout(30_000),
  });
  const wait = retryAfter(result);
  const isNotFound = result.kind === "NotFound";
  if (isFinal(result)) return { outcome: result.status ?? (isNotFound ? "gone" : "refused"), isLast: true, wait };
  if (Date.now() >= end) return { outcome: "timed out", isLast: true, wait };
  return { outcome: isNotFound ? "not found" : "pending", isLast: false, wait };
}

/** Throws unless the webhook has accepted it: the engine then repeats the step. A redirect would turn POST into GET. */
async function callBack({ CALLBACK_URL }: Env, outcome: object): Promise<void> {
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify(outcome);
  const response = await fetch(CALLBACK_URL, { method: "POST", headers, body, redirect: "manual" });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
}

export default {
  /** Starts one watch for each job: the id of the watch is derived from that of the job, and can be used only once. */
  async fetch(request: Request, env: Env): Promise<Response> {
    // Whoever can call this Worker can start a watch: check the user here.
    if (request.method !== "POST") return new Response(null, { status: 405, headers: { allow: "POST" } });
    const body: unknown = await request.json().catch(() => undefined);
    const { jobId } = Object(body) as { jobId?: unknown };
    if (!isJobId(jobId)) return Response.json({ error: "jobId must be the id of a job" }, { status: 400 });
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(jobId));
    const id = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    const watch = await env.WATCH.create({ id, params: { jobId } }).catch(() => env.WATCH.get(id));
    return Response.json(await watch.status(), { status: 202 });
  },
};
