import { getStatus, type Fetch, type GetStatusOptions } from "ogcapi-job-status";
import { Agent, fetch as undici } from "undici";
import * as assert from "uvu/assert";
import { describe } from "../runner/suite.ts";
import { brief } from "../support/fetches.ts";
import { closedPort } from "../support/listen.ts";
import { execute } from "./lifecycle.ts";
import { WRAPTILE, serve } from "./serve.ts";

const upstream = await serve("wraptile", WRAPTILE);
const secure = (await closedPort()).replace("http:", "https:");
const pass = `proxy_pass ${upstream.baseUrl}/; proxy_read_timeout 3s;`;
// The default user may not read the files of the folder.
const config = `
user root; daemon off; pid nginx.pid; events {}
http {
  access_log off;
  server {
    listen 127.0.0.1:PORT;
    listen ${new URL(secure).host} ssl; ssl_certificate cert.pem; ssl_certificate_key key.pem;
    location /api/ { ${pass} }
    location /basic/ { auth_basic "jobs"; auth_basic_user_file users; ${pass} }
    location /moved/ { rewrite ^/moved/(.*)$ /api/$1 redirect; }
  }
}`;
const command = `openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -keyout key.pem -out cert.pem
  echo 'user:{PLAIN}secret' > users; echo '${config}' | sed s/PORT/$PORT/ > nginx.conf
  nginx -e stderr -p $PWD -c $PWD/nginx.conf`;
const { baseUrl } = await serve("nginx", command);
const { jobId } = await execute(upstream.baseUrl, "sleep_a_while", { duration: 300 });
const get = (path: string, opts: GetStatusOptions = {}) => getStatus(baseUrl + path, jobId, opts);

describe("nginx in front of wraptile", (test) => {
  const headers = { authorization: `Basic ${btoa("user:secret")}` };
  for (const [path, expected, opts, reached = path] of [
    ["/api", "running"],
    ["/moved", "running", {}, "/api"],
    ["/basic", "running", { headers }],
    ["/basic", "http 401"],
    ["/nothing", "unspecified 404"],
  ] as const)
    test(`${path} is ${expected}`, async () => {
      const result = await get(path, opts);
      assert.equal([brief(result), result.http?.url], [expected, `${baseUrl}${reached}/jobs/${jobId}`]);
      if (result.kind === "StatusInfo") return;
      assert.is(result.message, `HTTP ${result.http?.status}`);
      assert.match(result.body ?? "", /<title>.*<hr><center>nginx/s);
    });

  test("a self-signed certificate is a network failure, unless the fetch accepts it", async () => {
    const { message } = await getStatus(`${secure}/api`, jobId);
    assert.is(message, "Request failed: DEPTH_ZERO_SELF_SIGNED_CERT");
    const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
    const lax: Fetch = (url, init) => undici(url, { ...init, dispatcher });
    assert.is(brief(await getStatus(`${secure}/api`, jobId, { fetch: lax })), "running");
  });

  test("a server that hangs is a timeout, behind nginx a 504, and a stopped one a 502, until it is back", async () => {
    upstream.signal("SIGSTOP");
    const limited = await getStatus(upstream.baseUrl, jobId, { signal: AbortSignal.timeout(500) });
    assert.equal([brief(limited), limited.message], ["timeout -", "Request timed out"]);
    assert.is(brief(await get("/api")), "http 504");
    await upstream.stop();
    assert.is(brief(await get("/api")), "http 502");
    await upstream.start();
    assert.is(brief(await get("/api")), "no-such-job 404"); // Its jobs were in memory.
  });
});
