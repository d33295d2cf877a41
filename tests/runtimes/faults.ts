/** A server that responds to `/{fault}/jobs/{id}` with that fault; pages of any origin may send requests to it. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";

const STATUS = { jobID: "j", status: "running" };
const NO_SUCH_JOB = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/no-such-job";
const FULL = {
  jobID: "j",
  status: "failed",
  type: "process",
  processID: "p",
  message: "é€😀",
  created: "2026-01-01T00:00:00Z",
  started: "2026-01-01T00:00:01",
  finished: "2026-01-01T00:00:02Z",
  updated: "2026-01-01T00:00:03Z",
  progress: "12.5",
  exception: { type: "t", title: "T", detail: "d", instance: "i", status: 400, extra: 1 },
  links: [
    { href: "j/results", rel: "results", type: "application/json", hreflang: "en", title: "R" },
    null,
    { href: "https://other.example/x", rel: "self", title: "" },
  ],
  vendor: { kept: [1, null] },
};
const NULLS = {
  ...STATUS,
  type: null,
  processID: null,
  message: "",
  created: null,
  started: null,
  finished: null,
  updated: null,
  progress: null,
  exception: null,
  links: null,
};

export function faultServer(): Server {
  /** Requests that wait until the endless answer has been cut. */
  let endless: Promise<void> = Promise.resolve();
  return createServer((request, response) => {
    const fault = request.url?.split("/")[1] ?? "";
    response.setHeader("access-control-allow-origin", "*");
    response.setHeader("access-control-expose-headers", "retry-after");
    if (request.method === "OPTIONS") {
      response.setHeader("access-control-allow-headers", "authorization, x-a").writeHead(204).end();
    } else if (fault === "endless") {
      endless = new Promise((closed) => response.on("close", closed));
      send(response);
    } else if (fault === "endless-closed") {
      void endless.then(() => response.end("closed"));
    } else answer(fault, request, response);
  });
}

/** Writes until the client closes the connection. */
function send(response: ServerResponse): void {
  response.writeHead(200);
  const write = (): void => {
    if (response.destroyed) return;
    if (response.write("x".repeat(16_384))) setImmediate(write);
    else response.once("drain", write);
  };
  write();
}

function answer(fault: string, request: IncomingMessage, response: ServerResponse): unknown {
  const json = (status: number, body: unknown, headers: Record<string, string> = {}): unknown =>
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
  const html = (status: number): unknown =>
    response.writeHead(status, { "content-type": "text/html" }).end("<!doctype html><p>é");
  switch (fault) {
    case "full":
      return json(200, FULL);
    case "nulls":
      return json(200, NULLS);
    case "unknown":
      return json(200, { ...STATUS, status: "captured" });
    case "gzip":
      return response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(JSON.stringify(STATUS)));
    case "bom":
      return response
        .writeHead(200, { "content-type": "text/plain; charset=iso-8859-1" })
        .end(`\ufeff${JSON.stringify(STATUS)}`);
    case "404":
      return json(404, { type: NO_SUCH_JOB, title: "NoSuchJob", detail: "No job j", status: 404 });
    case "404-html":
      return html(404);
    case "410":
      return html(410);
    case "400":
      return json(400, { type: NO_SUCH_JOB });
    case "401":
      return json(401, { message: "Unauthenticated" }, { "www-authenticate": "Bearer" });
    case "429":
      return json(429, {}, { "Retry-After": "17", "Set-Cookie": "a=1", "X-Hidden": "1" });
    case "500":
      return html(500);
    case "503":
      return response.writeHead(503).end();
    case "html":
      return html(200);
    case "empty":
      return response.writeHead(200).end();
    case "204":
      return response.writeHead(204).end();
    case "list":
      return json(200, [STATUS]);
    case "redirect":
      return response.writeHead(302, { location: "/full/jobs/j" }).end();
    case "redirect-away": {
      const to = new URL(request.url ?? "", "http://h").searchParams.get("to");
      return response.writeHead(302, { location: `${to}/echo/jobs/j` }).end();
    }
    case "echo":
      return json(200, {
        ...STATUS,
        seen: request.headers,
        accepts: request.rawHeaders.filter((name, i) => i % 2 === 0 && /^accept$/i.test(name)).length,
      });
    case "reset":
    case "reset-503":
      response.writeHead(fault === "reset" ? 200 : 503, { "content-length": "1000" });
      // Long enough for every platform to return the head before the reset.
      return response.write('{"jobID":', () => setTimeout(() => request.socket.resetAndDestroy(), 50));
    case "no-head":
      return undefined;
    case "no-body":
      return response.writeHead(200).write(" ");
    default:
      return response.writeHead(404).end();
  }
}
