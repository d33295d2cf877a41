import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Result } from "ogcapi-job-status";
import { describe } from "../support/suite.ts";
import { startNginx, startPygeoapi } from "./servers.ts";
import { brief, execute, freePort, getStatus, info, watch, work } from "./support.ts";

const upstream = await startPygeoapi();
const [port, tls, nowhere] = [await freePort(), await freePort(), await freePort()];
const pass = `proxy_pass ${upstream.baseUrl}/; proxy_read_timeout 3s; proxy_connect_timeout 3s;`;
execFileSync(
  "openssl",
  [
    "req",
    "-x509",
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-days",
    "2",
    "-subj",
    "/CN=localhost",
    "-keyout",
    join(work, "key.pem"),
    "-out",
    join(work, "cert.pem"),
  ],
  { stdio: "ignore" },
);
writeFileSync(
  join(work, "users"),
  `user:${execFileSync("openssl", ["passwd", "-apr1", "secret"], { encoding: "utf8" })}`,
);
const server = await startNginx(
  port,
  `
  limit_req_zone $binary_remote_addr zone=one:1m rate=1r/s;
  limit_req_status 429;
  server {
    listen 127.0.0.1:${port};
    location / { return 404; }
    location /api/ { ${pass} }
    location /basic/ { auth_basic "jobs"; auth_basic_user_file ${work}/users; ${pass} }
    location /header/ { if ($http_x_api_key != "secret") { return 401; } ${pass} }
    location /query/ { if ($arg_key != "secret") { return 403; } ${pass} }
    location /down/ { proxy_pass http://127.0.0.1:${nowhere}/; }
    location /limited/ { limit_req zone=one; error_page 429 = @later; ${pass} }
    location @later { add_header Retry-After 2 always; return 429; }
    location /moved/ { rewrite ^/moved/(.*)$ /api/$1 redirect; }
    location ~ ^/slash/.*[^/]$ { return 301 $uri/; }
    location ~ ^/slash/(.*)/$ { proxy_pass ${upstream.baseUrl}/$1; }
  }
  server { listen 127.0.0.1:${tls} ssl; ssl_certificate ${work}/cert.pem; ssl_certificate_key ${work}/key.pem; location / { ${pass} } }
`,
);
const base = `http://127.0.0.1:${port}`;
const { jobId } = await execute(upstream.baseUrl, "hello-world", { name: "x" });
assert.equal(brief(await watch(upstream.baseUrl, jobId, { interval: 200 })), "successful");

describe("nginx in front of pygeoapi", (test) => {
  test("a base URL with a prefix reaches the server", async () => {
    assert.equal(info(await getStatus(`${base}/api`, jobId)).jobID, jobId);
    assert.equal(brief(await getStatus(`${base}/api/`, "none")), "NotFound unspecified");
  });

  test("an unknown path is not found, with an HTML page", async () => {
    const result = await getStatus(`${base}/nothing`, jobId);
    assert.ok(result.kind === "NotFound" && result.reason === "unspecified");
    assert.equal(result.message, "HTTP 404");
    assert.match(result.body, /nginx/);
  });

  test("valid credentials are accepted, and wrong ones are rejected", async () => {
    const basic = (password: string): Record<string, string> => ({
      authorization: `Basic ${btoa(`user:${password}`)}`,
    });
    assert.equal(brief(await getStatus(`${base}/basic`, jobId, { headers: basic("secret") })), "successful");
    for (const headers of [basic("wrong"), {}]) {
      const result = await getStatus(`${base}/basic`, jobId, { headers });
      assert.ok(result.kind === "ServerError" && result.reason === "http");
      assert.equal(result.message, "HTTP 401");
      assert.equal(result.http.headers["www-authenticate"], 'Basic realm="jobs"');
    }
    assert.equal(brief(await getStatus(`${base}/header`, jobId, { headers: { "x-api-key": "secret" } })), "successful");
    assert.equal((await getStatus(`${base}/header`, jobId, { headers: { "x-api-key": "wrong" } })).http?.status, 401);
    assert.equal(brief(await getStatus(`${base}/query?key=secret`, jobId)), "successful");
    assert.equal((await getStatus(`${base}/query?key=wrong`, jobId)).http?.status, 403);
  });

  test("a redirect is followed, to another path or to a trailing slash", async () => {
    const moved = info(await getStatus(`${base}/moved`, jobId));
    assert.equal(moved.http.url, `${base}/api/jobs/${jobId}`);
    const slash = info(await getStatus(`${base}/slash`, jobId));
    assert.equal(slash.http.url, `${base}/slash/jobs/${jobId}/`);
  });

  test("an upstream server that is down results in 502", async () => {
    const result = await getStatus(`${base}/down`, jobId);
    assert.ok(result.kind === "ServerError" && result.reason === "http");
    assert.equal(result.http.status, 502);
    assert.equal(result.message, "HTTP 502");
    assert.match(result.body, /<title>502 Bad Gateway<\/title>/);
  });

  test("a rate limit results in 429 with Retry-After, which the recipe obeys", async () => {
    const pauses: (number | undefined)[] = [];
    const onResult = (result: Result, pause: number | undefined): void => {
      if (result.http?.status === 429) pauses.push(pause);
    };
    const watches = Array.from({ length: 4 }, () => watch(`${base}/limited`, jobId, { interval: 100, onResult }));
    assert.deepEqual((await Promise.all(watches)).map(brief), Array(4).fill("successful"));
    assert.ok(pauses.length > 0);
    assert.ok(
      pauses.every((pause) => pause === 2_000),
      pauses.join(),
    );
  });

  test("a self-signed certificate is a network failure", async () => {
    const result = await getStatus(`https://127.0.0.1:${tls}`, jobId);
    assert.ok(result.kind === "ServerError" && result.reason === "network" && !("http" in result));
    assert.equal((result.cause as { cause: { code: string } }).cause.code, "DEPTH_ZERO_SELF_SIGNED_CERT");
  });

  test("a slow upstream server results in 504, a stopped one in 502, and a watch continues through both", async () => {
    upstream.signal("SIGSTOP");
    const slow = await getStatus(`${base}/api`, jobId);
    assert.equal(slow.http?.status, 504);
    assert.equal(brief(slow), "ServerError http");
    upstream.signal("SIGCONT");
    await upstream.stop("SIGKILL");
    assert.equal((await getStatus(`${base}/api`, jobId)).http?.status, 502);
    const watching = watch(`${base}/api`, jobId, { interval: 1_000 });
    await upstream.restart();
    assert.equal(brief(await watching), "successful");
  });

  test("it stops", async () => {
    await server.stop();
    await upstream.stop();
    assert.equal(brief(await getStatus(`${base}/api`, jobId)), "ServerError network");
  });
});
