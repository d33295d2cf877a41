import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createTcpServer, type Socket } from "node:net";
import { MockAgent, getGlobalDispatcher, setGlobalDispatcher } from "undici";
import { getStatus, type Result } from "../src/get-status.ts";
import { listening } from "./support/listen.ts";
import { rejection } from "./support/stub.ts";
import { describe } from "./support/suite.ts";

const STATUS = JSON.stringify({ jobID: "j", status: "running", links: [{ href: "j/results", rel: "results" }] });

describe("the platform's fetch, mocked by undici", (test) => {
  async function mocked(run: (agent: MockAgent) => Promise<void>): Promise<void> {
    const before = getGlobalDispatcher();
    const agent = new MockAgent();
    agent.disableNetConnect();
    setGlobalDispatcher(agent);
    try {
      await run(agent);
      agent.assertNoPendingInterceptors();
    } finally {
      setGlobalDispatcher(before);
      await agent.close();
    }
  }

  test("getStatus() sends one GET to the path, with the query and Accept once", () =>
    mocked(async (agent) => {
      const seen: unknown[] = [];
      agent
        .get("https://h")
        .intercept({
          method: "GET",
          path: "/ogc/jobs/a%2Fb?key=1",
          headers: (headers) => (seen.push(headers), true),
        })
        .reply(200, STATUS, { headers: { "content-type": "application/json" } });
      const result = await getStatus("https://h/ogc/?key=1", "a/b", { headers: { "X-Token": "t" } });
      assert.equal(result.kind, "StatusInfo");
      const [headers] = seen as [Record<string, string>];
      assert.equal(headers["accept"], "application/json");
      assert.equal(headers["x-token"], "t");
      assert.deepEqual(
        Object.keys(headers).filter((name) => /accept$/i.test(name)),
        ["accept"],
      );
    }));

  test("getStatus() sends the Accept header of the caller instead", () =>
    mocked(async (agent) => {
      agent
        .get("https://h")
        .intercept({ path: "/jobs/j", headers: { accept: "text/html" } })
        .reply(200, "<p>");
      const result = await getStatus("https://h", "j", { headers: { ACCEPT: "text/html" } });
      assert.equal(result.kind === "ServerError" && result.reason, "malformed");
    }));

  test("getStatus() returns a network failure for a refused request, with its cause", () =>
    mocked(async (agent) => {
      const refused = new Error("connect ECONNREFUSED");
      agent.get("https://h").intercept({ path: "/jobs/j" }).replyWithError(refused);
      const result = await getStatus("https://h", "j");
      assert.ok(result.kind === "ServerError" && result.reason === "network");
      assert.ok(result.cause instanceof TypeError);
      assert.equal(result.cause.cause, refused);
      assert.equal(result.message, "Request failed: see cause");
    }));

  test("getStatus() never retries", () =>
    mocked(async (agent) => {
      for (const status of [500, 503, 429]) {
        agent
          .get("https://h")
          .intercept({ path: "/jobs/j" })
          .reply(status, "", { headers: { "retry-after": "0" } });
        const result = await getStatus("https://h", "j");
        assert.equal(result.http?.status, status);
      }
    }));
});

async function serving(
  listener: RequestListener,
  run: (url: string, seen: IncomingMessage[]) => Promise<void>,
): Promise<void> {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => (seen.push(request), listener(request, response)));
  await listening(server, (url) => run(url, seen));
}

/** A server that writes these bytes to each connection, and then ends or resets it. */
async function raw(bytes: string, end: "end" | "reset", run: (url: string) => Promise<void>): Promise<void> {
  const server = createTcpServer((socket: Socket) => {
    socket.on("error", () => {});
    socket.once("data", () =>
      socket.write(bytes, "latin1", () =>
        end === "end" ? socket.end() : setImmediate(() => socket.resetAndDestroy()),
      ),
    );
  });
  await listening(server, run);
}

const reasonOf = (result: Result): string | undefined => ("reason" in result ? result.reason : undefined);

describe("a real socket", (test) => {
  test("getStatus() reads a status", () =>
    serving(
      (_, response) => {
        response.setHeader("set-cookie", "a=1").setHeader("content-type", "application/json").end(STATUS);
      },
      async (url, seen) => {
        const result = await getStatus(`${url}/ogc/?key=1`, "a b");
        assert.ok(result.kind === "StatusInfo");
        assert.equal(seen[0]!.url, "/ogc/jobs/a%20b?key=1");
        assert.equal(seen[0]!.headers.accept, "application/json");
        assert.equal(seen[0]!.rawHeaders.filter((name) => /^accept$/i.test(name)).length, 1);
        assert.equal(result.http.headers["content-type"], "application/json");
        assert.ok(!("set-cookie" in result.http.headers));
        assert.equal(result.links[0]!.href, `${url}/ogc/jobs/j/results`);
      },
    ));

  test("getStatus() follows a redirect within the origin, and returns the final URL", () =>
    serving(
      (request, response) => {
        if (request.url === "/jobs/j") response.writeHead(307, { location: "/moved/jobs/j" }).end();
        else response.end(STATUS);
      },
      async (url, seen) => {
        const result = await getStatus(url, "j", { headers: { authorization: "Bearer t" } });
        assert.equal(result.http?.url, `${url}/moved/jobs/j`);
        assert.ok(result.kind === "StatusInfo");
        assert.equal(result.links[0]!.href, `${url}/moved/jobs/j/results`);
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
            assert.equal(seenThere[0]!.headers.authorization, undefined);
            assert.equal(seenThere[0]!.headers["x-key"], "k");
            assert.equal(seenThere[0]!.headers.accept, "application/json");
          },
        ),
    ));

  test("getStatus() returns a redirect that an injected fetch does not follow", () =>
    serving(
      (_, response) => {
        response.writeHead(302, { location: "/elsewhere" }).end();
      },
      async (url, seen) => {
        const manual = await getStatus(url, "j", {
          fetch: (asked, init) => fetch(asked, { ...init, redirect: "manual" }),
        });
        assert.equal(manual.http?.status, 302);
        assert.equal(manual.http?.headers["location"], "/elsewhere");
        assert.equal(reasonOf(manual), "http");
        const refused = await getStatus(url, "j", {
          fetch: (asked, init) => fetch(asked, { ...init, redirect: "error" }),
        });
        assert.equal(reasonOf(refused), "network");
        assert.equal(seen.length, 2);
      },
    ));

  test("getStatus() returns a network failure for a redirect loop", () =>
    serving(
      (_, response) => {
        response.writeHead(302, { location: "/jobs/j" }).end();
      },
      async (url) => {
        const result = await getStatus(url, "j");
        assert.equal(reasonOf(result), "network");
        assert.ok(!("http" in result));
      },
    ));

  test("getStatus() reads each status from 200 to 599", () =>
    serving(
      (request, response) => {
        response.writeHead(Number(request.url!.slice("/jobs/".length))).end(STATUS);
      },
      async (url) => {
        for (let status = 200; status <= 599; status++) {
          const result = await getStatus(url, String(status));
          const expected =
            status === 407
              ? "network" // by the Fetch standard, unless a proxy sent it
              : [204, 205].includes(status)
                ? "malformed"
                : status <= 299
                  ? undefined
                  : status === 404
                    ? "unspecified"
                    : status === 410
                      ? "gone"
                      : "http";
          assert.equal(reasonOf(result), expected, String(status));
          if (expected !== "network") assert.equal(result.http?.status, status);
        }
      },
    ));

  test("getStatus() returns a network failure for a refused port", async () => {
    let closed = "";
    await serving(
      () => {},
      async (url) => void (closed = url),
    );
    const result = await getStatus(closed, "j");
    assert.ok(result.kind === "ServerError" && result.reason === "network" && !("http" in result));
    assert.equal(result.message, "Request failed: see cause");
    assert.equal((result.cause as { cause: { code: string } }).cause.code, "ECONNREFUSED");
  });

  for (const [name, bytes, end] of [
    ["closes at once", "", "end"],
    ["resets at once", "", "reset"],
    ["breaks off in the head", "HTTP/1.1 200 OK\r\nContent-", "end"],
    ["uses another protocol", "SSH-2.0-OpenSSH\r\n", "end"],
    ["sends two Content-Lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}", "end"],
  ] as const) {
    test(`getStatus() returns a network failure without http for a server that ${name}`, () =>
      raw(bytes, end, async (url) => {
        const result = await getStatus(url, "j");
        assert.equal(reasonOf(result), "network");
        assert.ok(!("http" in result));
      }));
  }

  for (const [name, head] of [
    ["shorter than its Content-Length", "Content-Length: 999\r\n\r\n"],
    ["in chunks, the last of which is missing", "Transfer-Encoding: chunked\r\n\r\n5\r\n"],
    ["said to be gzip", "Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\n"],
  ] as const) {
    for (const end of ["end", "reset"] as const) {
      test(`getStatus() returns network for a 200 and http for a 503 whose body is ${name}, by ${end}`, async () => {
        await raw(`HTTP/1.1 200 OK\r\n${head}{"job`, end, async (url) => {
          const result = await getStatus(url, "j");
          assert.equal(reasonOf(result), "network");
          // A reset may arrive before the head has been read.
          if (end === "end") assert.equal(result.http?.status, 200);
        });
        await raw(`HTTP/1.1 503 Busy\r\n${head}<p>Bu`, "end", async (url) => {
          const result = await getStatus(url, "j");
          assert.equal(reasonOf(result), "http");
          assert.equal(result.http?.status, 503);
          if (!head.includes("gzip")) assert.equal(result.kind === "ServerError" && result.body, "<p>Bu");
        });
      });
    }
  }

  test("getStatus() stops an endless body at maxBytes, and closes the connection", () => {
    let closed: Promise<unknown> | undefined;
    return serving(
      (_, response) => {
        closed = once(response, "close");
        const write = (): void =>
          void (response.write("x".repeat(65_536)) ? setImmediate(write) : response.once("drain", write));
        write();
      },
      async (url) => {
        const result = await getStatus(url, "j", { maxBytes: 100_000 });
        assert.equal(result.kind === "ServerError" && result.body?.length, 100_000);
        await closed;
      },
    );
  });

  test("getStatus() rejects with the signal's reason before, during and after the head", () =>
    serving(
      (request, response) => {
        if (request.url === "/head/jobs/j") return;
        response.write('{"jobID":');
      },
      async (url, seen) => {
        const reason = { own: true };
        assert.equal(await rejection(getStatus(url, "j", { signal: AbortSignal.abort(reason) })), reason);
        assert.equal(seen.length, 0);
        for (const path of ["/head", "/body"]) {
          const abort = new AbortController();
          const pending = rejection(
            getStatus(url + path, "j", {
              signal: abort.signal,
              fetch: async (asked, init) => {
                if (path === "/head") setImmediate(() => abort.abort(reason));
                const response = await fetch(asked, init);
                setImmediate(() => abort.abort(reason));
                return response;
              },
            }),
          );
          assert.equal(await pending, reason);
        }
        for (const path of ["/head", "/body"]) {
          const late = await getStatus(url + path, "j", { signal: AbortSignal.timeout(20) });
          assert.equal(late.kind === "ServerError" && late.reason, "timeout");
          assert.equal(late.http?.status, path === "/body" ? 200 : undefined);
        }
      },
    ));
});
