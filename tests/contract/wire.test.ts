import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { Socket } from "node:net";
import { MockAgent, getGlobalDispatcher, setGlobalDispatcher } from "undici";
import { getStatus, type Result } from "../../src/get-status.ts";
import { describe } from "../runner/suite.ts";
import { CHUNKED, ENDLESS, FAULTS, STATUS, chunk, head, rawServer } from "../support/faults.ts";
import type { Fault, RawServer } from "../support/faults.ts";
import { brief, rejection } from "../support/fetches.ts";
import { closedPort, listening } from "../support/listen.ts";

/** Runs `run` with a server that writes these bytes to each connection that has sent a request. */
async function raw(
  fault: Pick<Fault, "parts" | "end">,
  run: (url: string, raw: RawServer) => Promise<void>,
): Promise<void> {
  const raw = rawServer(() => fault);
  await listening(raw.server, async (url) => {
    await run(url, raw);
    for (const socket of raw.sockets) socket.destroy();
  });
}

/** Not `once` of node:events, which rejects if the socket has an error. */
function closing(socket: Socket): Promise<unknown> {
  return new Promise((closed) => (socket.closed ? closed(undefined) : socket.once("close", closed)));
}

/** The code that Node gives to the error of a socket, a parser or a decoder. */
const codeOf = (error: Error): string => String((error.cause as { code?: unknown } | undefined)?.code ?? "none given");

describe("a fault on the wire", (test) => {
  for (const fault of FAULTS) {
    test(`getStatus() returns ${fault.outcome} for ${fault.name}, after one request`, () =>
      raw(fault, async (url, { requests }) => {
        const result = await getStatus(`${url}?key=secret`, "j", { headers: { authorization: "Bearer secret" } });
        // A reset may overtake the head.
        if (fault.outcome === "network") assert.match(brief(result), /^network (200|-)$/);
        else assert.equal(brief(result), fault.outcome);
        if (fault.body !== undefined) assert.equal(result.kind !== "StatusInfo" && result.body, fault.body);
        assert.equal(requests.length, 1);
        if (result.kind === "StatusInfo") return;
        assert.doesNotMatch(result.message, /secret/);
        if (result.reason !== "network") return;
        assert.ok(result.cause instanceof TypeError);
        const failed = result.http ? "Response body could not be read to the end" : "Request failed";
        const [, code = "see cause"] = /^(\w+)$/.exec(codeOf(result.cause)) ?? [];
        assert.equal(result.message, `${failed}: ${code}`);
      }));
  }

  for (const fault of ENDLESS) {
    test(`getStatus() waits for ${fault.name} until the signal aborts, and closes the socket`, async () => {
      for (const reason of ["enough", new DOMException("late", "TimeoutError")]) {
        await raw(fault, async (url, { requests, sockets }) => {
          const abort = new AbortController();
          let head = false;
          const pending = getStatus(url, "j", {
            signal: abort.signal,
            fetch: (target, init) => fetch(target, init).finally(() => (head = true)),
          });
          const arrived = (): boolean => (fault.outcome.endsWith("-") ? requests.length > 0 : head);
          while (!arrived()) await new Promise((done) => setImmediate(done));
          const closed = closing(sockets[0]!);
          setImmediate(() => abort.abort(reason));
          if (reason === "enough") assert.equal(await rejection(pending), reason);
          else assert.equal(brief(await pending), fault.outcome);
          await closed;
        });
      }
    });
  }

  test("getStatus() stops an endless body at maxBytes, and closes the socket", () => {
    const parts = [head(200, CHUNKED), ...Array.from({ length: 1_000 }, () => chunk("x".repeat(65_536)))];
    return raw({ parts, end: "open" }, async (url, { sockets }) => {
      const result = await getStatus(url, "j", { maxBytes: 100_000 });
      assert.equal(result.kind === "ServerError" && result.body, "x".repeat(100_000));
      await closing(sockets[0]!);
    });
  });

  test("getStatus() returns network without http for a port that refuses connections", async () => {
    const result = await getStatus(await closedPort(), "j");
    assert.equal(brief(result), "network -");
    assert.equal(result.message, "Request failed: ECONNREFUSED");
  });
});

async function serving(
  listener: RequestListener,
  run: (url: string, seen: IncomingMessage[]) => Promise<void>,
): Promise<void> {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => (seen.push(request), listener(request, response)));
  await listening(server, (url) => run(url, seen));
}

function withRedirect(url: string, redirect: RequestRedirect): Promise<Result> {
  return getStatus(url, "j", { fetch: (target, init) => fetch(target, { ...init, redirect }) });
}

describe("the platform's fetch", (test) => {
  test("getStatus() sends one GET to the path, with the query, the headers and Accept once", () =>
    serving(
      (_, response) => void response.setHeader("set-cookie", "a=1").end(STATUS),
      async (url, seen) => {
        const result = await getStatus(`${url}/ogc/?key=1`, "a b", { headers: { "X-Token": "t" } });
        assert.equal(brief(result), "running");
        assert.ok(!("set-cookie" in result.http!.headers));
        assert.deepEqual([seen[0]!.method, seen[0]!.url], ["GET", "/ogc/jobs/a%20b?key=1"]);
        assert.equal(seen[0]!.headers["x-token"], "t");
        const names = seen[0]!.rawHeaders.filter((_, index) => index % 2 === 0);
        assert.equal(names.filter((name) => /^accept$/i.test(name)).length, 1);
        assert.equal(seen[0]!.headers.accept, "application/json");
        const html = await getStatus(url, "j", { headers: { ACCEPT: "text/html" } });
        assert.equal(html.kind, "StatusInfo");
        assert.equal(seen[1]!.headers.accept, "text/html");
      },
    ));

  test("getStatus() follows a redirect, resolves links against the final URL, and returns that", () =>
    serving(
      (request, response) => {
        if (request.url === "/jobs/j") response.writeHead(307, { location: "/moved/jobs/j" }).end();
        else response.end(JSON.stringify({ jobID: "j", status: "running", links: [{ href: "j/results" }] }));
      },
      async (url, seen) => {
        const result = await getStatus(url, "j", { headers: { authorization: "Bearer t" } });
        assert.equal(result.http?.url, `${url}/moved/jobs/j`);
        assert.equal(result.kind === "StatusInfo" && result.links[0]!.href, `${url}/moved/jobs/j/results`);
        assert.equal(seen[1]!.headers.authorization, "Bearer t");
      },
    ));

  test("getStatus() follows a redirect to another origin, which receives the headers except Authorization", () =>
    serving(
      (_, response) => void response.end(STATUS),
      (other, seenThere) =>
        serving(
          (_, response) => void response.writeHead(302, { location: `${other}/jobs/j` }).end(),
          async (url) => {
            const result = await getStatus(url, "j", { headers: { authorization: "Bearer t", "x-key": "k" } });
            assert.equal(result.http?.url, `${other}/jobs/j`);
            const { authorization, accept, "x-key": key } = seenThere[0]!.headers;
            assert.deepEqual([authorization, accept, key], [undefined, "application/json", "k"]);
          },
        ),
    ));

  test("getStatus() returns a redirect that an injected fetch does not follow, and network for a loop", () =>
    serving(
      (_, response) => void response.writeHead(302, { location: "/jobs/j" }).end(),
      async (url) => {
        const manual = await withRedirect(url, "manual");
        assert.deepEqual([brief(manual), manual.http?.headers["location"]], ["http 302", "/jobs/j"]);
        assert.equal(brief(await withRedirect(url, "error")), "network -");
        assert.equal(brief(await withRedirect(url, "follow")), "network -");
      },
    ));

  test("getStatus() reads each status from 200 to 599", () =>
    serving(
      (request, response) => void response.writeHead(Number(request.url!.slice("/jobs/".length))).end(STATUS),
      async (url) => {
        const special = ["malformed 204", "malformed 205", "unspecified 404", "gone 410"];
        for (let status = 200; status <= 599; status++) {
          // By the Fetch standard, a 407 is a failure unless a proxy sent it.
          const other = status === 407 ? "network -" : status <= 299 ? "running" : `http ${status}`;
          const expected = special.find((outcome) => outcome.endsWith(String(status))) ?? other;
          assert.equal(brief(await getStatus(url, String(status))), expected);
        }
      },
    ));

  test("getStatus() can be mocked by undici's MockAgent, and never retries", async () => {
    const before = getGlobalDispatcher();
    const agent = new MockAgent();
    agent.disableNetConnect();
    setGlobalDispatcher(agent);
    try {
      const intercept = () => agent.get("https://h").intercept({ method: "GET", path: "/jobs/j" });
      for (const status of [429, 500, 503]) {
        intercept().reply(status, "", { headers: { "retry-after": "0" } });
        assert.equal(brief(await getStatus("https://h", "j")), `http ${status}`);
      }
      const refused = new Error("connect ECONNREFUSED");
      intercept().replyWithError(refused);
      const result = await getStatus("https://h", "j");
      assert.equal((result.cause as Error).cause, refused);
      agent.assertNoPendingInterceptors();
    } finally {
      setGlobalDispatcher(before);
      await agent.close();
    }
  });
});
