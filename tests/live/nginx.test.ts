import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { getStatus, type Result } from "ogcapi-job-status";
import { watch } from "../recipes/watch.ts";
import { describe } from "../runner/suite.ts";
import { startPygeoapi } from "./pygeoapi.ts";
import { brief, execute, folder, freePort, info, line, serve } from "./support.ts";

const upstream = await startPygeoapi();
const [tls, nowhere] = [await freePort(), await freePort()];
const prefix = folder("nginx");
const openssl = (args: string): Buffer => execFileSync("openssl", args.split(" "), { cwd: prefix, stdio: "pipe" });
openssl("req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout key.pem -out cert.pem");
writeFileSync(join(prefix, "users"), `user:${openssl("passwd -apr1 secret")}`);
const pass = `proxy_pass ${upstream.baseUrl}/; proxy_read_timeout 3s; proxy_connect_timeout 3s;`;
const configure = (port: string): string => `
${process.getuid?.() === 0 ? "user root;" : ""} # The default user could not read the files of this folder.
daemon off; pid nginx.pid; worker_processes 1;
events { worker_connections 512; }
http {
  access_log off;
  ${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${name};`).join(" ")}
  limit_req_zone $binary_remote_addr zone=one:1m rate=1r/s;
  limit_req_status 429;
  server {
    listen 127.0.0.1:${port};
    location / { return 404; }
    location /api/ { ${pass} }
    location /basic/ { auth_basic "jobs"; auth_basic_user_file users; ${pass} }
    location /header/ { if ($http_x_api_key != "secret") { return 401; } ${pass} }
    location /query/ { if ($arg_key != "secret") { return 403; } ${pass} }
    location /down/ { proxy_pass http://127.0.0.1:${nowhere}/; }
    location /limited/ { limit_req zone=one; error_page 429 = @later; ${pass} }
    location @later { add_header Retry-After 2 always; return 429; }
    location /moved/ { rewrite ^/moved/(.*)$ /api/$1 redirect; }
    location ~ ^/slash/.*[^/]$ { return 301 $uri/; }
    location ~ ^/slash/(.*)/$ { proxy_pass ${upstream.baseUrl}/$1; }
  }
  server { listen 127.0.0.1:${tls} ssl; ssl_certificate cert.pem; ssl_certificate_key key.pem; location / { ${pass} } }
}`;
const server = await serve((port, url) => {
  writeFileSync(join(prefix, "nginx.conf"), configure(port));
  return { command: ["nginx", "-e", "stderr", "-p", prefix, "-c", join(prefix, "nginx.conf")], ready: url };
});
const base = server.baseUrl;
const { jobId } = await execute(upstream.baseUrl, "wait", { seconds: 0 });
assert.equal(brief(await watch(upstream.baseUrl, jobId, { interval: 200 })), "successful");

describe("nginx in front of pygeoapi", (test) => {
  const basic = (password: string) => ({ authorization: `Basic ${btoa(`user:${password}`)}` });
  for (const [title, path, headers, expected] of [
    ["a base URL with a path reaches the server", "/api", {}, "successful"],
    ["an unknown path is not found", "/nothing", {}, "NotFound unspecified 404: HTTP 404"],
    ["a password is accepted", "/basic", basic("secret"), "successful"],
    ["a wrong password is rejected", "/basic", basic("wrong"), "ServerError http 401: HTTP 401"],
    ["a missing password is rejected", "/basic", {}, "ServerError http 401: HTTP 401"],
    ["a key in a header is accepted", "/header", { "x-api-key": "secret" }, "successful"],
    ["a wrong key in a header is rejected", "/header", { "x-api-key": "wrong" }, "ServerError http 401: HTTP 401"],
    ["a key in the query is accepted", "/query?key=secret", {}, "successful"],
    ["a wrong key in the query is rejected", "/query?key=wrong", {}, "ServerError http 403: HTTP 403"],
    ["a server that is down is a 502", "/down", {}, "ServerError http 502: HTTP 502"],
  ] as const) {
    test(title, async () => {
      const result = await getStatus(base + path, jobId, { headers });
      assert.equal(line(result), expected);
      if (result.kind !== "StatusInfo") assert.match(result.body ?? "", /<title>.*<hr><center>nginx/s);
      const realm = brief(result).startsWith("Server") && path === "/basic" ? 'Basic realm="jobs"' : undefined;
      assert.equal(result.http?.headers["www-authenticate"], realm);
    });
  }

  test("a redirect is followed, to another path or to a trailing slash", async () => {
    assert.equal(info(await getStatus(`${base}/moved`, jobId)).http.url, `${base}/api/jobs/${jobId}`);
    assert.equal(info(await getStatus(`${base}/slash`, jobId)).http.url, `${base}/slash/jobs/${jobId}/`);
  });

  test("a rate limit is a 429 with Retry-After, which a watch obeys", async () => {
    const pauses: number[] = [];
    const onResult = ({ http }: Result, pause = 0): void => {
      if (http?.status === 429) pauses.push(pause);
    };
    const watches = Array.from({ length: 4 }, () => watch(`${base}/limited`, jobId, { interval: 100, onResult }));
    assert.deepEqual((await Promise.all(watches)).map(brief), Array(4).fill("successful"));
    assert.ok(pauses.length > 0);
    for (const pause of pauses) assert.ok(pause >= 2_000 && pause <= 2_200, `${pause}`);
  });

  test("a self-signed certificate is a network failure", async () => {
    const result = await getStatus(`https://127.0.0.1:${tls}`, jobId);
    assert.ok(result.kind === "ServerError" && result.reason === "network" && !("http" in result));
    assert.equal((result.cause as { cause: { code: string } }).cause.code, "DEPTH_ZERO_SELF_SIGNED_CERT");
  });

  test("a server that hangs is a timeout, behind nginx a 504, and a stopped one a 502, until it is back", async () => {
    upstream.signal("SIGSTOP");
    const limited = await getStatus(upstream.baseUrl, jobId, { signal: AbortSignal.timeout(500) });
    assert.equal(line(limited), "ServerError timeout: Request timed out");
    assert.equal(line(await getStatus(`${base}/api`, jobId)), "ServerError http 504: HTTP 504");
    await upstream.stop();
    assert.equal(line(await getStatus(`${base}/api`, jobId)), "ServerError http 502: HTTP 502");
    const watching = watch(`${base}/api`, jobId, { interval: 1_000 });
    await upstream.start();
    assert.equal(brief(await watching), "successful");
  });

  test("nginx that has stopped is a network failure", async () => {
    await server.stop();
    assert.equal(brief(await getStatus(`${base}/api`, jobId)), "ServerError network");
  });
});
