import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from "cloudflare:workers";
import { getStatus } from "./get-status.ts";

interface Job {
  baseUrl: string;
  jobId: string;
  /** Where to POST what became of the job. */
  callback: string;
  /** Milliseconds between the first two questions. */
  pause?: number;
}

/** Watches one job for as long as it takes: every step is remembered, and a sleep costs nothing. */
export class JobWatch extends WorkflowEntrypoint<unknown, Job> {
  override async run({ payload }: WorkflowEvent<Job>, step: WorkflowStep): Promise<string> {
    const { baseUrl, jobId, callback } = payload;
    let pause = payload.pause ?? 10_000;
    for (let round = 1; ; round++) {
      // What a step returns is stored, so it returns no more than a word. What it throws makes the engine try again.
      const state = await step.do(`ask ${round}`, async () => {
        const result = await getStatus(baseUrl, jobId, { signal: AbortSignal.timeout(30_000) });
        if (result.kind === "StatusInfo") return result.status;
        if (result.kind === "NotFound" && (result.reason === "gone" || round > 5)) return "missing";
        throw new Error(`${result.reason}: ${result.message}`);
      });
      if (["successful", "failed", "dismissed", "missing"].includes(state)) {
        await step.do("call back", async () => {
          const { ok, status } = await fetch(callback, { method: "POST", body: JSON.stringify({ jobId, state }) });
          if (!ok) throw new Error(`HTTP ${status}`);
        });
        return state;
      }
      await step.sleep(`pause ${round}`, pause);
      pause = Math.min(pause * 1.5, 3_600_000);
    }
  }
}

export default {
  /** Starts a watch, once for each job: its id follows from the job, and an id is taken only once. */
  async fetch(request: Request, { WATCH }: { WATCH: Workflow<Job> }): Promise<Response> {
    const job = (await request.json()) as Job;
    const digest = await crypto.subtle.digest(
      "SHA-256",
      new TextEncoder().encode(JSON.stringify([job.baseUrl, job.jobId])),
    );
    const id = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    const watch = await WATCH.create({ id, params: job }).catch(() => WATCH.get(id));
    return Response.json(await watch.status(), { status: 202 });
  },
};
