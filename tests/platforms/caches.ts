/**
 * That a status never comes from a cache: in Chromium, and in builds of Next.js, which finds the pasted file, writes a
 * tsconfig.json with `strict: false` and checks types by it. For workerd, see wire.test.ts.
 */
import { deepEqual, equal } from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { listening } from "../support/listen.ts";
import { evaluate } from "./runtimes.ts";
import { bin, bundle, here, load, pasted, project, root, run, serving, type Check } from "./tools.ts";

export function cacheTrials(): Check[] {
  const turbopack = { root: here };
  const useCache = { experimental: { useCache: true }, outputFileTracingRoot: here };
  const fresh = { route: [0, 1, 2], page: [0, 1, 2] };
  const kept = { ...fresh, kept: [0, 0, 0] }; // as its author has asked
  return [
    ["Chromium requests each status, of the same and of another origin", requestFromChromium],
    buildWithNext("Next.js 15", "next15", useCache, kept),
    buildWithNext("Next.js 16", "next", { turbopack }, fresh),
    buildWithNext("Next.js 16 with Cache Components", "next", { turbopack, cacheComponents: true }, kept),
  ];
}

/** A server whose progress is the number of the earlier requests for a URL, and whose responses a cache may keep. */
function countingServer(methods = new Set<string>()): Server {
  const counts = new Map<string, number>();
  const kept = { "access-control-allow-origin": "*", "cache-control": "max-age=60", etag: '"1"' };
  return createServer(({ url = "", method = "", headers }, response) => {
    methods.add(method);
    const progress = counts.get(url) ?? 0;
    counts.set(url, progress + 1);
    response.writeHead(headers["if-none-match"] ? 304 : 200, kept);
    response.end(JSON.stringify({ jobID: "j", status: "running", progress }));
  });
}

async function requestFromChromium(): Promise<void> {
  const contents = `
    import { getStatus } from "./src/get-status.ts";
    async function poll(baseUrl, id, opts) {
      const progress = [];
      for (let i = 0; i < 3; i++) progress.push((await getStatus(baseUrl, id, opts)).progress);
      return progress;
    }
    const cached = { fetch: (url, init) => fetch(url, { ...init, cache: "default" }) };
    export const pollTwice = async (baseUrl) => [await poll(baseUrl, "fresh"), await poll(baseUrl, "cached", cached)];`;
  const code = await bundle({ stdin: { contents, resolveDir: root }, format: "iife", globalName: "page" });
  const methods = new Set<string>();
  await listening(countingServer(methods), (page) =>
    listening(countingServer(methods), async (other) => {
      const baseUrls = JSON.stringify([page, other]);
      const seen = await evaluate(page, `${code}\nPromise.all(${baseUrls}.map(page.pollTwice))`);
      // By default, Chromium responds from its cache.
      equal(JSON.stringify(seen), "[[[0,1,2],[0,0,0]],[[0,1,2],[0,0,0]]]");
    }),
  );
  deepEqual([...methods], ["GET"]); // no preflight
}

/** Builds a project, starts it, and requests its paths. `expected` is the progress that each shows, one after the other. */
function buildWithNext(
  name: string,
  version: string,
  config: object,
  expected: Readonly<Record<string, readonly number[]>>,
): Check {
  return [`${name} requests each status, but not below \`use cache\``, () => listening(countingServer(), tryOut)];

  async function tryOut(api: string): Promise<void> {
    const file = (path: string, code: string): string => `import { Suspense } from "react";
import { getStatus } from "../get-status";
const progress = () => getStatus("${api}/${path}", "j").then((result) => result.progress);
${code}`;
    const job = "async function Job() { return <b>{await progress()}</b>; }";
    const kept = job.replace("{", '{ "use cache";');
    const suspended = `${job} export default () => <Suspense><Job /></Suspense>;`;
    const folder = project(name.replaceAll(" ", "-"), {
      "package.json": '{ "private": true }',
      // Only the types that Next.js asks for, not all that are installed for other checks.
      "tsconfig.json": '{ "compilerOptions": { "types": ["node", "react"] } }',
      "next.config.mjs": `export default ${JSON.stringify(config)};`,
      "app/get-status.ts": pasted["get-status.ts"],
      "app/layout.js": "export default ({ children }) => <html><body>{children}</body></html>;",
      "app/route/route.js": file("route", "export const GET = async () => new Response(`<b>${await progress()}`);"),
      "app/page/page.js": file("page", "cacheComponents" in config ? suspended : `export default ${job}`),
      ...("kept" in expected && { "app/kept/page.js": file("kept", `export default ${kept}`) }),
    });
    // Next.js looks itself up by its name, which may be that of another version here.
    mkdirSync(join(folder, "node_modules"));
    execFileSync("cp", ["-al", bin(version), join(folder, "node_modules/next")]);
    const next = join(folder, "node_modules/next/dist/bin/next");
    await run(process.execPath, [next, "build"], folder);
    equal(load(join(folder, "tsconfig.json")).compilerOptions.strict, false);
    await serving(process.execPath, [next, "start", "--port=0"], folder, async (url) => {
      for (const [path, progress] of Object.entries(expected))
        for (const shown of progress) {
          const html = await (await fetch(`${url}/${path}`)).text();
          equal(/<b>(\d+)/.exec(html)?.[1], String(shown), path);
        }
    });
  }
}
