/**
 * That a status never comes from a cache: in Chromium, and in builds of Next.js, which finds the pasted file, writes a
 * tsconfig.json with `strict: false` and checks types by it. In workerd, see `suite.ts`.
 */
import { deepEqual, equal } from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { listen, listening } from "../support/listen.ts";
import { evaluate } from "./runtimes.ts";
import { bin, check, here, load, pasted, project, read, run, type Task } from "./tools.ts";

export function cacheTrials(): Task[] {
  return [
    check("Chromium requests each status, of the same and of another origin", requestFromChromium),
    check("Next.js 15 requests each status in a route and in a page, but not below `use cache`", () =>
      buildWithNext("next15", { experimental: { useCache: true }, outputFileTracingRoot: here }),
    ),
    check("Next.js 16 requests each status in a route and in a page", () =>
      buildWithNext("next", { turbopack: { root: here } }),
    ),
    check("Next.js 16 with Cache Components requests each status, but not below `use cache`", () =>
      buildWithNext("next", { turbopack: { root: here }, cacheComponents: true }),
    ),
  ];
}

/** A server whose progress is the number of the earlier requests for a URL. It records the methods of all requests. */
function countingServer(): { server: Server; methods: string[] } {
  const counts = new Map<string, number>();
  const methods: string[] = [];
  const server = createServer(({ url = "", method = "", headers }, response) => {
    methods.push(method);
    if (url === "/") return void response.setHeader("content-type", "text/html").end("<!doctype html>");
    const progress = counts.get(url) ?? 0;
    counts.set(url, progress + 1);
    const [, header, value = ""] = url.split("/").map(decodeURIComponent);
    response.setHeader("access-control-allow-origin", "*");
    if (value) response.setHeader(header!, value);
    if (headers["if-none-match"]) return void response.writeHead(304).end();
    response.end(JSON.stringify({ jobID: "j", status: "running", progress }));
  });
  return { server, methods };
}

const CACHEABLE = ["cache-control/max-age=60", "last-modified/Wed, 01 Jan 2025 00:00:00 GMT", 'etag/"1"'];

async function requestFromChromium(): Promise<void> {
  const folder = project("caches", pasted);
  const options = { bundle: true, format: "iife", globalName: "library", write: false };
  const [{ text: code }] = load("esbuild").buildSync({
    ...options,
    entryPoints: [join(folder, "get-status.ts")],
  }).outputFiles;
  const [here, elsewhere] = [countingServer(), countingServer()];
  await listening(here.server, (page) =>
    listening(elsewhere.server, async (other) => {
      for (const origin of [page, other]) {
        for (const path of CACHEABLE) {
          const baseUrl = JSON.stringify(`${origin}/${path.split("/").map(encodeURIComponent).join("/")}`);
          const progress = (id: string, opts: string): Promise<unknown> =>
            evaluate(
              page,
              `${code}; (async () => {
                const list = [];
                for (let i = 0; i < 3; i++) list.push((await library.getStatus(${baseUrl}, "${id}", ${opts})).progress);
                return list;
              })()`,
            );
          deepEqual(await progress("fresh", "{}"), [0, 1, 2], path);
          // What it is about: by default, Chromium would respond from its cache. It revalidates an ETag.
          const cached = '{ fetch: (url, init) => fetch(url, { ...init, cache: "default" }) }';
          deepEqual(await progress("cached", cached), [0, 0, 0], path);
        }
      }
    }),
  );
  // No preflight.
  deepEqual([...new Set([...here.methods, ...elsewhere.methods])], ["GET"]);
}

/** Builds a project, starts it, and requests each of its pages three times. */
async function buildWithNext(
  name: string,
  config: { readonly cacheComponents?: boolean; readonly [option: string]: unknown },
): Promise<void> {
  const { server } = countingServer();
  const api = await listen(server);
  const hasUseCache = name === "next15" || config.cacheComponents;
  const get = (path: string): string => `(await getStatus("${api}/${path}", "job-1")).progress`;
  const page = (code: string): string => `import { Suspense } from "react";
import { getStatus } from "../get-status";
${code}
`;
  const job = `async function Job() { return <b>{${get("page")}}</b>; }`;
  const folder = project(`${name}${config.cacheComponents ? "-components" : ""}`, {
    "package.json": '{ "private": true }',
    // Only the types that Next.js asks for, not all that are installed for other checks.
    "tsconfig.json": '{ "compilerOptions": { "types": ["node", "react"] } }',
    "next.config.mjs": `export default ${JSON.stringify(config)};`,
    "app/get-status.ts": pasted["get-status.ts"],
    "app/layout.js": "export default ({ children }) => <html><body>{children}</body></html>;",
    "app/route/route.js": page(`export const GET = async () => new Response(\`<b>\${${get("route")}}</b>\`);`),
    "app/page/page.js": page(
      config.cacheComponents
        ? `${job} export default () => <Suspense fallback="…"><Job /></Suspense>;`
        : `export default ${job}`,
    ),
    ...(hasUseCache && {
      "app/kept/page.js": page(`async function progress() { "use cache"; return ${get("kept")}; }
export default async () => <b>{await progress()}</b>;`),
    }),
  });
  let next = bin("next/dist/bin/next");
  if (name !== "next") {
    // Next.js looks itself up by its name, which is that of another version here.
    mkdirSync(join(folder, "node_modules"), { recursive: true });
    execFileSync("cp", ["-al", bin(name), join(folder, "node_modules/next")]);
    next = join(folder, "node_modules/next/dist/bin/next");
  }
  await run(process.execPath, [next, "build"], folder);
  const { compilerOptions } = JSON.parse(read(`${folder.slice(folder.indexOf("tests/"))}/tsconfig.json`));
  equal(compilerOptions.strict, false);

  const started = spawn(process.execPath, [next, "start", "--port", "0"], { cwd: folder });
  try {
    let log = "";
    for await (const chunk of started.stdout) if (/Ready/.test((log += chunk))) break;
    const [, port] = /http:\/\/localhost:(\d+)/.exec(log) ?? [];
    const progress = async (path: string): Promise<(string | undefined)[]> => {
      const shown: (string | undefined)[] = [];
      for (let i = 0; i < 3; i++) {
        const response = await fetch(`http://127.0.0.1:${port}/${path}`);
        shown.push(/<b>(\d+)<\/b>/.exec(await response.text())?.[1]);
      }
      return shown;
    };
    deepEqual(await progress("route"), ["0", "1", "2"]);
    deepEqual(await progress("page"), ["0", "1", "2"]);
    // What its author asked to keep is kept.
    if (hasUseCache) deepEqual(await progress("kept"), ["0", "0", "0"]);
  } finally {
    started.kill("SIGKILL");
    server.closeAllConnections();
    server.close();
  }
}
