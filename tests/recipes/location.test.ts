import * as assert from "uvu/assert";
import { describe } from "../runner/suite.ts";
import { chunks, rejection } from "../support/fetches.ts";
import { createdJob } from "./location.ts";

const EXECUTION = "https://h.example/ogc/processes/p/execution";
const BASE = "https://h.example/ogc";

function created(location: string | undefined, body: unknown, status = 201, url = EXECUTION): Response {
  const headers = new Headers(location === undefined ? {} : { location });
  const response = new Response(typeof body === "string" ? body : JSON.stringify(body), { status, headers });
  return Object.defineProperty(response, "url", { value: url });
}

const link = (href: unknown, rel = "monitor"): object => ({ rel, href });
const linked = (...links: object[]): object => ({ links: [link("/x", "self"), ...links] });
const STATUS = { status: "accepted", processID: "p" };

describe("createdJob()", (test) => {
  const LIKE_A_JOB = "https://h.example/ogc/processes/jobs/execution";
  const INTERNAL = "http://internal:5000/elsewhere/jobs/j";
  for (const [name, location, body, expected = `${BASE} j`, url] of [
    ["an absolute Location", `${BASE}/jobs/j`, null],
    ["a Location without a host", "/ogc/jobs/j/", null],
    ["a relative Location", "../../jobs/j", null],
    ["a Location with a query", "/ogc/jobs/j?f=json", null],
    ["a Location below the process", "/ogc/processes/p/jobs/j", null, `${BASE}/processes/p j`],
    ["an encoded id", "/ogc/jobs/a%2Fb", null, `${BASE} a/b`],
    ["only the id of another origin", INTERNAL, null],
    ["only the id after a redirect to another origin", "/x/jobs/j", null, undefined, "https://other.example/execution"],
    ["the body without a Location (sepex)", undefined, { jobID: "j" }],
    ["the body without a Location (2.0 draft)", undefined, { id: "j", status: "accepted" }],
    ["the body without a Location (SpatialVault)", undefined, { jobId: "j", status: "running" }],
    ["the body without a Location (DataKaveri)", undefined, { jobId: "", job_id: "j", status: "running" }],
    ["the body if the Location contains no job (BBOX)", "/processes/wait/null", { jobID: "j" }],
    ["the body if the Location is not a URL", "http://[", { jobID: "j" }],
    ["the body if the id in the Location is not encoded correctly", "/ogc/jobs/%zz", { jobID: "j" }],
    ["the body if the URL of the execution looks like that of a job", undefined, { jobID: "j" }, undefined, LIKE_A_JOB],
    ["the body if the Location is empty", "", { jobID: "j" }, undefined, LIKE_A_JOB],
    ["a link beside no id but that of the process", undefined, { ...STATUS, ...linked(link(`${BASE}/jobs/j`)) }],
    ["a link without a status beside it", undefined, linked(link("/ogc/jobs/j"))],
    ["a link with the relation status", undefined, linked(link("/ogc/jobs/j", "status"))],
    ["the link monitor first", undefined, linked(link("/ogc/jobs/no", "status"), link("/ogc/jobs/j"))],
    ["a single link object", undefined, { links: link("/ogc/jobs/j") }],
    ["only the id of a link to another origin", undefined, linked(link(INTERNAL))],
    ["a link below the process", undefined, linked(link("/ogc/processes/p/jobs/j")), `${BASE}/processes/p j`],
  ] as [string, string | undefined, unknown, string?, string?][])
    test(`reads ${name}`, async () => {
      for (const query of ["", "?key=1"]) {
        const job = await createdJob(created(location, body, 201, url), BASE + query);
        assert.is(`${job.baseUrl.href} ${job.jobId}`, expected.replace(" ", `${query} `));
      }
    });

  const NO_ID = "The response contains no job id: did the process run synchronously?";
  const NO_BASE = "TypeError: createdJob: baseUrl must be an absolute URL";
  const refused = (reason: string): string => `The process was not started: ${reason}`;
  for (const [name, response, message] of [
    ["an error", created(undefined, {}, 503), refused("HTTP 503")],
    ["an error with a Location", created("/ogc/jobs/j", "", 500), refused("HTTP 500")],
    ["an exception", created(undefined, { title: "busy", detail: "try later" }, 503), refused("try later")],
    ["a list of FastAPI", created(undefined, { detail: [{ msg: "wrong input" }] }, 422), refused("wrong input")],
    ["results instead of a job", created(undefined, { sum: 3 }, 200), NO_ID],
    ["results that have an id", created(undefined, { type: "Feature", id: "f" }, 200), NO_ID],
    ["a status without an id", created(undefined, STATUS), NO_ID],
    ["the JSON literal null (pygeoapi 0.21)", created(undefined, null), NO_ID],
    ["links to nothing", created(undefined, linked(link(5))), NO_ID],
    ["links that are no list", created(undefined, { links: "monitor" }), NO_ID],
    ["an empty response", new Response(null, { status: 204 }), NO_ID],
    ["an endless body", new Response(new ReadableStream({ pull: (to) => to.enqueue(new Uint8Array(100_000)) })), NO_ID],
  ] as [string, Response, string][])
    test(`throws for ${name}: ${message}`, async () => {
      assert.is(((await rejection(createdJob(response, BASE))) as Error).message, message);
    });

  test("finds the job, or says what happened, after the body was read", async () => {
    const after = async (location: string | undefined, status: number): Promise<unknown> => {
      const response = created(location, { jobID: "j" }, status);
      await response.text();
      return createdJob(response, BASE).then(({ jobId }) => jobId, String);
    };
    assert.is(await after("/ogc/jobs/j", 201), "j");
    assert.is(await after(undefined, 400), "Error: The process was not started: HTTP 400");
    assert.match((await after(undefined, 201)) as string, /^Error: The job id cannot be read: fetch did not return /);
  });

  test("rejects an invalid base URL, and does not repeat it", async () => {
    const error = await rejection(createdJob(created("/ogc/jobs/j", null), "/ogc?key=secret"));
    assert.equal([String(error), { ...(error as object) }], [NO_BASE, {}]);
  });

  test("cancels a body that it does not read", async () => {
    let cancelled = 0;
    const body = new ReadableStream({ cancel: () => void cancelled++ });
    await createdJob(new Response(body, { status: 201, headers: { location: "/ogc/jobs/j" } }), BASE);
    assert.is(cancelled, 1);
  });

  test("rejects with a cause if the body is cut off", async () => {
    const cause = new DOMException("too late", "TimeoutError");
    const error = await rejection(createdJob(new Response(chunks(["{"], { error: cause }), { status: 201 }), BASE));
    assert.is((error as Error).cause, cause);
  });
});
