/**
 * Plays the exchanges, on two ports, so that there is another origin. For a `GET` of
 *
 *     /x/{name}/jobs/{id}       it sends that exchange
 *     /status/{status}/jobs/{id}   a status document with that HTTP status
 *     /control/requests/{id}    the requests for that job
 *     /control/arrived/{id}     an empty response, when there is such a request
 *     /control/closed/{id}      an empty response, when its connection is closed
 *     /control/reset/{id}       an empty response, after it has reset its connection
 */
import { EventEmitter, once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { closedPort, listen } from "../support/listen.ts";
import type { Place, SeenRequest } from "../support/place.ts";
import { ENDING, ENDLESS, FLOOD, OWN, RESULTS, STATUS, type Exchange } from "./exchanges.ts";

const EXCHANGES = new Map([...ENDING, ...ENDLESS, ...RESULTS, FLOOD, OWN].map((exchange) => [exchange.name, exchange]));
/** Those of all responses but the exchanges. */
const HEADERS = {
  "access-control-allow-origin": "*",
  "access-control-allow-headers": "authorization, x-a, x-key",
  "access-control-expose-headers": "retry-after",
  connection: "close",
  "retry-after": "17",
  "set-cookie": "a=1",
};

/** Emits "arrived" with each request. */
class Job extends EventEmitter {
  readonly requests: SeenRequest[] = [];
  socket: Socket | undefined;
}

/** Starts the server, which keeps the process alive. */
export async function startPlace() {
  const jobs = new Map<string, Job>();
  const jobOf = (id: string): Job => {
    const job = jobs.get(id) ?? new Job();
    jobs.set(id, job);
    return job;
  };

  async function control(action: string, id: string): Promise<string> {
    const job = jobOf(id);
    if (action === "requests") return JSON.stringify(job.requests);
    if (!job.socket) await once(job, "arrived");
    const socket = job.socket!;
    if (action === "reset") socket.resetAndDestroy();
    if (action === "closed" && !socket.closed) await new Promise((done) => socket.once("close", done));
    return "";
  }

  async function answer({ method, url = "", headers, socket }: IncomingMessage, response: ServerResponse) {
    const { pathname } = new URL(url, place.server);
    const send = (status: number, body: string): unknown => response.writeHead(status, HEADERS).end(body);
    if (method === "OPTIONS") return send(200, "");
    const [, folder, name = "", id = ""] = /^\/(\w+)\/([^/]*)(?:.*\/jobs)?\/([^/]*)/.exec(pathname) ?? [];
    if (folder === "control") return send(200, await control(name, id));
    const job = jobOf(id);
    job.requests.push({ line: `${method} ${url}`, headers });
    job.socket = socket;
    job.emit("arrived");
    if (folder === "status") return send(Number(name), STATUS);
    const exchange = EXCHANGES.get(decodeURIComponent(name));
    if (!exchange) return send(421, "");
    const { server, away } = place;
    const values: Readonly<Record<string, string>> = { server, host: new URL(server).host, away, id };
    return play(exchange, socket, (part) => part.replace(/\{(\w+)\}/g, (_, name: string) => values[name]!));
  }

  const start = (): Promise<string> => listen(createServer((request, response) => void answer(request, response)));
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
function readDifferences(): Place["differences"] {
  const page = readFileSync(new URL("../../../tests/wire/DIFFERENCES.md", import.meta.url), "utf8");
  return [...page.matchAll(/^\| (.*?) \| (.*?) \| `(.*?)` \| .* \|$/gm)].map(
    ([, exchange = "", runtimes = "", outcome = ""]) => ({ exchange, runtimes: runtimes.split(", "), outcome }),
  );
}
