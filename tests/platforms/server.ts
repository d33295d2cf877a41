/** The server of the suite. It responds to `/{name}/jobs/{id}`, also to pages of another origin. */
import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import { setTimeout } from "node:timers/promises";
import { gzipSync } from "node:zlib";

const STATUS = { jobID: "j", status: "running" };
const TYPE = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/no-such-job";

type Row = readonly [status: number, body?: string | Uint8Array | object, headers?: Readonly<Record<string, string>>];

const RESPONSES: Readonly<Record<string, Row>> = {
  full: [
    200,
    { ...STATUS, message: "é€😀", links: [{ href: "j/results", rel: "results" }, { href: "//[" }] },
    { "content-type": "application/json" },
  ],
  gzip: [200, gzipSync(JSON.stringify(STATUS)), { "content-encoding": "gzip" }],
  bom: [200, `\ufeff${JSON.stringify(STATUS)}`, { "content-type": "text/plain; charset=iso-8859-1" }],
  html: [200, "<!doctype html><p>é", { "content-type": "text/html" }],
  empty: [200],
  204: [204],
  401: [401, { message: "Unauthenticated" }, { "www-authenticate": "Bearer" }],
  404: [404, { type: TYPE, detail: "No job j" }],
  429: [429, {}, { "Retry-After": "17", "Set-Cookie": "a=1", "X-Hidden": "1" }],
  redirect: [302, "", { location: "/full/jobs/j" }],
};

export function suiteServer(): Server {
  const held = new Map<string, ServerResponse>();
  /** The response for this job that is held back, once there is one. */
  const heldFor = async (id: string): Promise<ServerResponse> => {
    while (!held.has(id)) await setTimeout(5);
    return held.get(id)!;
  };

  return createServer(async (request, response) => {
    const url = new URL(request.url!, "http://h");
    const [, name = "", ...rest] = url.pathname.split("/");
    const id = rest.at(-1)!;
    response.setHeader("access-control-allow-origin", "*");
    response.setHeader("access-control-expose-headers", "retry-after");
    response.setHeader("access-control-allow-headers", "authorization, x-a");
    if (request.method === "OPTIONS") return void response.end();
    switch (name) {
      case "echo": {
        const accepts = request.rawHeaders.filter((name, index) => index % 2 === 0 && /^accept$/i.test(name)).length;
        return void response.end(JSON.stringify({ ...STATUS, seen: request.headers, accepts }));
      }
      case "redirect-away":
        return void response.writeHead(302, { location: `${url.searchParams.get("to")}/echo/jobs/j` }).end();
      case "no-head":
        return void held.set(id, response);
      case "cut":
      case "cut-503":
        response.writeHead(name === "cut" ? 200 : 503, { "content-length": "1000" }).write('{"jobID":');
        return void held.set(id, response);
      case "endless":
        writeForever(response.writeHead(200));
        return void held.set(id, response);
      // The client requests these while a response is held back.
      case "held":
        await heldFor(id);
        return void response.end();
      case "reset":
        (await heldFor(id)).socket!.resetAndDestroy();
        return void response.end();
      case "closed": {
        const one = await heldFor(id);
        if (!one.closed) await once(one, "close");
        return void response.end();
      }
    }
    const [status, body, headers] = RESPONSES[name] ?? [404];
    const isRaw = body === undefined || typeof body === "string" || body instanceof Uint8Array;
    response.writeHead(status, headers).end(isRaw ? body : JSON.stringify(body));
  });
}

/** Writes until the client closes the connection. */
function writeForever(response: ServerResponse): void {
  if (response.destroyed) return;
  if (response.write("x".repeat(16_384))) setImmediate(writeForever, response);
  else response.once("drain", () => writeForever(response));
}
