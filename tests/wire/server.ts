/**
 * Plays the exchanges, on two ports, so that there is another origin. For a `GET` of
 *
 *     /x/{name}/jobs/{id}       it sends that exchange
 *     /status/{status}/jobs/{id}   a status document with that HTTP status
 *     /echo/jobs/{id}           a status document whose `seen` is the head of the request, and sets a cookie
 *     /control/requests/{id}    the heads of the requests for that job
 *     /control/arrived/{id}     an empty response, when there is such a request
 *     /control/closed/{id}      an empty response, when its connection is closed
 *     /control/reset/{id}       an empty response, after it has reset its connection
 */
import { EventEmitter, once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { closedPort, listen } from "../support/listen.ts";
import type { Difference, Place } from "../support/place.ts";
import { ENDING, ENDLESS, FLOOD, OWN, RESULTS, STATUS, head, type Exchange } from "./exchanges.ts";

const EXCHANGES = new Map([...ENDING, ...ENDLESS, ...RESULTS, FLOOD, OWN].map((exchange) => [exchange.name, exchange]));

interface Job {
  readonly requests: string[];
  socket?: Socket;
  /** Emits "change". */
  readonly changes: EventEmitter;
}

/** Starts the server, which keeps the process alive. */
export async function startPlace() {
  const jobs = new Map<string, Job>();
  const jobOf = (id: string): Job => {
    const job = jobs.get(id) ?? { requests: [], changes: new EventEmitter() };
    jobs.set(id, job);
    return job;
  };

  async function control(action: string, id: string): Promise<string> {
    const job = jobOf(id);
    if (action === "requests") return JSON.stringify(job.requests);
    while (!job.socket) await once(job.changes, "change");
    if (action === "reset") job.socket.resetAndDestroy();
    while (action === "closed" && !job.socket.destroyed) await once(job.changes, "change");
    return "";
  }

  async function answer(socket: Socket, request: string): Promise<void> {
    const [, method = "", path = ""] = /^(\S+) (\S+)/.exec(request) ?? [];
    const { pathname } = new URL(path, "http://h");
    const send = (status: number, body: string, ...headers: string[]): void => {
      const bytes = Buffer.from(body);
      socket.write(head(status, `Content-Length: ${bytes.length}`, ...headers));
      socket.end(bytes);
    };
    if (method === "OPTIONS") return send(200, "", "Access-Control-Allow-Headers: authorization, x-a, x-key");
    const [, folder, name = "", id = ""] = /^\/(\w+)\/([^/]*)(?:.*\/jobs)?\/([^/]*)/.exec(pathname) ?? [];
    if (folder === "control") return send(200, await control(name, id));
    const job = jobOf(id);
    job.requests.push(request);
    job.socket = socket;
    job.changes.emit("change");
    socket.once("close", () => job.changes.emit("change"));
    if (folder === "status") return send(Number(name), STATUS);
    if (folder === "echo") {
      const document = JSON.stringify({ jobID: "j", status: "running", seen: request });
      return send(200, document, "Set-Cookie: a=1", "Retry-After: 17", "Access-Control-Expose-Headers: retry-after");
    }
    const exchange = EXCHANGES.get(decodeURIComponent(name));
    if (!exchange) return send(421, "");
    await play(exchange, socket, (part) =>
      part
        .replaceAll("{server}", place.server)
        .replaceAll("{host}", new URL(place.server).host)
        .replaceAll("{away}", place.away)
        .replaceAll("{id}", id),
    );
  }

  const start = (): Promise<string> =>
    listen(
      createServer((socket) => {
        let request = "";
        socket.on("error", () => {});
        socket.on("data", (data) => {
          request += data.toString("latin1");
          if (!request.includes("\r\n\r\n")) return;
          const complete = request;
          request = "";
          void answer(socket, complete);
        });
      }),
    );
  const place = {
    runtime: `Node ${process.versions.node.split(".")[0]}`,
    server: await start(),
    away: await start(),
    refused: await closedPort(),
    differences: readDifferences(),
  };
  return place satisfies Place;
}

async function play({ bytes, end, outcome }: Exchange, socket: Socket, fill: (part: string) => string): Promise<void> {
  for (const part of bytes) {
    if (socket.destroyed) return;
    const flushed = socket.write(Buffer.from(fill(part), "latin1"));
    // Until the client reads on or disconnects.
    if (!flushed) await new Promise((done) => socket.once("drain", done).once("close", done));
    await new Promise((done) => setImmediate(done));
  }
  if (end === "close") socket.end();
  else if (end === "reset" && outcome.endsWith("-")) socket.resetAndDestroy();
}

/** The rows of DIFFERENCES.md. */
function readDifferences(): Difference[] {
  const page = readFileSync(new URL("../../../tests/wire/DIFFERENCES.md", import.meta.url), "utf8");
  return [...page.matchAll(/^\| (.*?) \| (.*?) \| `(.*?)` \| .* \|$/gm)].map(
    ([, exchange = "", runtimes = "", outcome = ""]) => ({ exchange, runtimes: runtimes.split(", "), outcome }),
  );
}
