import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getStatus } from "ogcapi-job-status";
import { watch } from "../recipes/watch.ts";
import { describe } from "../runner/suite.ts";
import { testLifecycle } from "./lifecycle.ts";
import { PYGEOAPI, startPygeoapi } from "./pygeoapi.ts";
import { brief, execute, info, line, serve, type Server } from "./support.ts";

const path = "/user/ogc-api";
const server = await startPygeoapi(path);
const postgresql = await startPostgresql();
const other = await startPygeoapi("", `postgresql+psycopg2://postgres@127.0.0.1:${postgresql.port}/postgres`);
const { baseUrl } = server;
const interval = 300;
const run = (seconds: number, fail = false) => execute(baseUrl, "wait", { seconds, fail });

describe("pygeoapi with TinyDB, below a path", (test) => {
  test("a response is compressed, and in HTML if Accept asks for it", async () => {
    const { jobId } = await run(0);
    const result = info(await watch(baseUrl, jobId, { interval }));
    assert.equal(result.http.headers["content-encoding"], "gzip");
    const html = await getStatus(baseUrl, jobId, { headers: { accept: "text/html" } });
    assert.ok(html.kind === "ServerError" && html.reason === "malformed");
    assert.match(html.http.headers["content-type"]!, /^text\/html/);
    assert.match(html.body, /<html/);
  });

  test("an id arrives unchanged, with every special character that the server allows", async () => {
    const ids =
      "a b|ü|日本|😀|a?b|a#b|a%2Fb|%|a+b|a&b=c|a;b|a:b|urn:x:1|a'b|(a)|a!b*|~|...|.a|a@b|a,b|a$b|a\\b|[a]|<a>|\"";
    for (const id of [...ids.split("|"), "a|b"]) {
      const result = await getStatus(baseUrl, id);
      assert.ok(result.kind === "NotFound", `${id}: ${brief(result)}`);
      // pygeoapi repeats the id, with < and > as entities.
      assert.equal(result.message.replaceAll("&lt;", "<").replaceAll("&gt;", ">"), id);
    }
    // WSGI decodes %2F, so this is another path.
    assert.equal(brief(await getStatus(baseUrl, "a/b")), "NotFound unspecified");
  });

  test("a base URL with trailing slashes, a query and a fragment reaches the same server", async () => {
    const { jobId } = await run(0);
    const result = info(await watch(`${baseUrl}///?f=json#top`, jobId, { interval }));
    assert.equal(result.http.url, `${baseUrl}/jobs/${jobId}?f=json`);
  });

  test("50 jobs are watched at once, each to its end", async () => {
    const fails = (i: number): boolean => i % 5 === 0;
    const watches = Array.from({ length: 50 }, async (_, i) => {
      const { jobId } = await run(0.2, fails(i));
      // Right after the execution: the server may not have stored the job yet.
      const last = info(await watch(baseUrl, jobId, { interval }));
      assert.deepEqual([last.jobID, last.status], [jobId, fails(i) ? "failed" : "successful"]);
    });
    await Promise.all(watches);
  });

  test("a watch ends at its time limit, and the job goes on", async () => {
    const { jobId } = await run(60);
    const last = await watch(baseUrl, jobId, { interval, timeLimit: 2_000 });
    assert.equal(line(last), "ServerError timeout: Request timed out");
    assert.match(line(await getStatus(baseUrl, jobId)), /^(accepted|running)$/);
  });

  testLifecycle(test, { ...PYGEOAPI, server });
});

describe("pygeoapi with PostgreSQL", (test) => {
  test("dates have no time zone", async () => {
    const { jobId } = await execute(other.baseUrl, "wait", { seconds: 0 });
    const last = info(await watch(other.baseUrl, jobId, { interval }));
    for (const date of [last.created, last.started, last.finished, last.updated]) {
      assert.match(date ?? "", /^\d{4}-\d\d-\d\dT[\d:.]+$/);
    }
  });

  testLifecycle(test, {
    ...PYGEOAPI,
    server: other,
    backend: postgresql,
    restart: ["ServerError http 500: HTTP 500", "successful"],
  });
});

/** Starts PostgreSQL, which refuses to run as root, with a database that requires no password. */
async function startPostgresql(): Promise<Server> {
  const versions = "/usr/lib/postgresql";
  const newest = readdirSync(versions).sort((a, b) => Number(b) - Number(a))[0]!;
  const user = process.getuid?.() === 0 ? ["runuser", "-u", "postgres", "--"] : [];
  const command = (line: string): string[] => [...user, ...`${versions}/${newest}/bin/${line}`.split(" ")];
  const data = join(tmpdir(), `postgresql-${process.pid}`);
  process.on("exit", () => rmSync(data, { recursive: true, force: true }));
  const [program, ...args] = command(`initdb --auth trust --username postgres --no-sync --pgdata ${data}`);
  execFileSync(program!, args, { cwd: tmpdir(), stdio: ["ignore", "ignore", "inherit"] });
  const options = `-D ${data} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off`;
  return serve((port) => ({
    command: command(`postgres ${options} -p ${port}`),
    ready: /ready to accept connections/,
    stopSignal: "SIGQUIT", // If it is killed, its processes hold the data for a moment.
  }));
}
