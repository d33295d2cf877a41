/**
 * Runs the suite in every runtime that the library claims, pasted and installed: `npm run test:runtimes [pattern]`.
 *
 * Runtimes come from the private package beside this file, Chromium from the system. If one fails, the others still run.
 */
import { execFile, execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createServer as createTcpServer, type AddressInfo } from "node:net";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { aptGet, installPrivate } from "../support/install.ts";
import { checks, PACKAGES } from "../types/check.ts";
import { faultServer } from "./faults.ts";
import { recipeTrials, type Trial } from "./recipes.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const here = join(root, "tests/runtimes");
const work = join(root, ".build/runtimes");
const bin = (path: string): string => join(here, "node_modules", path);
const NODES = ["20", "22", "24", "26"];
const STRIPS_TYPES = ["22", "24", "26"];
const DENO = bin("@deno/linux-x64-glibc/deno");
const LIMIT = 120_000;

main().catch((error: unknown) => {
  console.error(error);
  console.log("0 passed, 1 failed");
  process.exit(1);
});

async function main(): Promise<void> {
  installPrivate(here);
  for (const folder of ["", ...PACKAGES]) installPrivate(join(root, "tests/types", folder));
  installPrivate(join(root, "tests/mocks"));
  const chromium = findChromium();
  build();
  const servers = [faultServer(), faultServer(), workPages()];
  const [faults, away, pages] = (await Promise.all(servers.map(listen))) as [string, string, string];
  const urls = [faults, away, await closedPort()];
  const patterns = process.argv.slice(2).map((pattern) => new RegExp(pattern));
  const trials = [
    ...scripts(urls),
    ...workerd(urls),
    edgeVm(urls),
    ...browsers(chromium, pages, urls),
    ...recipeTrials({ root, packed: join(work, "packed"), bin, execute, closedPort }),
    ...typeChecks(),
  ].filter(({ name }) => !patterns.length || patterns.some((pattern) => pattern.test(name)));
  const total = { passed: 0, failed: trials.length ? 0 : 1 };
  const queue = [...trials];
  await Promise.all(
    [0, 1].map(async () => {
      for (let trial = queue.shift(); trial; trial = queue.shift()) {
        const { passed, failed } = await judge(trial);
        total.passed += passed;
        total.failed += failed;
      }
    }),
  );
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
  console.log(`${total.passed} passed, ${total.failed} failed`);
  process.exit(total.failed ? 1 : 0); // the service of esbuild keeps the process alive
}

/** A trial counts by the last line of its report; without one, it failed. */
async function judge(trial: Trial): Promise<{ passed: number; failed: number }> {
  const start = Date.now();
  let output: string;
  try {
    output = await trial.run();
  } catch (error) {
    output = String(error);
  }
  const counted = /^(\d+) passed, (\d+) failed$/m.exec(output);
  const passed = Number(counted?.[1] ?? 0);
  const failed = Math.max(Number(counted?.[2] ?? 1), passed ? 0 : 1);
  const version = /^version: (.*)$/m.exec(output)?.[1] ?? "";
  console.log(
    `${failed ? "FAIL" : "ok  "} ${trial.name} ${version}: ${passed} passed, ${failed} failed (${Date.now() - start} ms)`,
  );
  if (failed) console.log(output.slice(0, 4_000));
  return { passed, failed };
}

function findChromium(): string {
  const find = (): string | undefined =>
    ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
  if (!find()) {
    console.log("installing chromium");
    for (const args of aptGet(["chromium"])) execFileSync("apt-get", args, { stdio: ["ignore", "ignore", "inherit"] });
  }
  const path = find();
  if (!path) throw new Error("Cannot find Chromium: install it, then run this again");
  return path;
}

/** Creates one project each for the pasted file, the pasted file without its types, and the installed package. */
function build(): void {
  const { transformSync } = createRequire(join(here, "package.json"))("esbuild");
  const strip = (code: string): string => transformSync(code, { loader: "ts", target: "es2022", format: "esm" }).code;
  const source = readFileSync(join(root, "src/get-status.ts"), "utf8");
  const suite = readFileSync(join(here, "suite.ts"), "utf8");
  rmSync(work, { recursive: true, force: true });

  for (const [folder, library] of [
    ["pasted", "./get-status.ts"],
    ["stripped", "./get-status.js"],
    ["packed", "ogcapi-job-status"],
  ] as const) {
    const project = join(work, folder);
    cpSync(join(here, "adapters"), project, { recursive: true });
    for (const adapter of ["script.mjs", "worker.mjs", "page.mjs", "vm.mjs"]) {
      const path = join(project, adapter);
      writeFileSync(path, readFileSync(path, "utf8").replace('"ogcapi-job-status"', JSON.stringify(library)));
    }
    writeFileSync(join(project, "package.json"), '{"private":true,"type":"module"}');
    writeFileSync(join(project, "suite.js"), strip(suite));
  }
  writeFileSync(join(work, "pasted/get-status.ts"), source);
  writeFileSync(join(work, "stripped/get-status.js"), strip(source));

  const packed = join(work, "packed");
  execFileSync("npm", ["pack", "--silent", "--pack-destination", packed], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const { name, version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  execFileSync("npm", ["install", "--silent", "--no-audit", `./${name}-${version}.tgz`], {
    cwd: packed,
    stdio: "inherit",
  });
  // The import for Deno, exactly as in the README.
  writeFileSync(
    join(packed, "deno.mjs"),
    readFileSync(join(packed, "script.mjs"), "utf8").replace('"ogcapi-job-status"', '"npm:ogcapi-job-status"'),
  );
}

function scripts(urls: string[]): Trial[] {
  const script = (name: string, command: string, args: string[], folder: string): Trial => ({
    name,
    async run() {
      const version = (await execute(command, ["--version"], work)).split("\n")[0];
      return `version: ${version}\n${await execute(command, [...args, ...urls], join(work, folder))}`;
    },
  });
  const bun = bin("@oven/bun-linux-x64/bin/bun");
  return [
    ...NODES.flatMap((major) => {
      const node = bin(`node${major}/bin/node`);
      return [
        script(
          `Node ${major}, pasted`,
          node,
          ["--no-warnings", "script.mjs"],
          STRIPS_TYPES.includes(major) ? "pasted" : "stripped",
        ),
        script(`Node ${major}, import`, node, ["script.mjs"], "packed"),
        script(`Node ${major}, require`, node, ["--no-warnings", "require.cjs"], "packed"),
      ];
    }),
    script("Deno 2, pasted", DENO, ["run", "--allow-net", "script.mjs"], "pasted"),
    script("Deno 2, npm:", DENO, ["run", "--allow-net", "deno.mjs"], "packed"),
    script("Bun 1, pasted", bun, ["script.mjs"], "pasted"),
    script("Bun 1, import", bun, ["script.mjs"], "packed"),
  ];
}

function workerd(urls: string[]): Trial[] {
  return (
    [
      ["stripped", "2024-01-01"],
      ["packed", "2024-01-01"],
      ["packed", "2025-10-01"],
    ] as const
  ).map(([folder, date]) => ({
    name: `workerd of ${date}, ${folder === "packed" ? "bundled" : "pasted"}`,
    async run() {
      const command = bin("workerd-linux/bin/workerd");
      const version = (await execute(command, ["--version"], work)).trim();
      const project = join(work, folder);
      // A bundle is one module; a pasted project stays as separate modules.
      if (folder === "packed") bundle(project, "worker.mjs", "esm");
      const names = folder === "packed" ? ["bundle.worker.mjs"] : ["worker.mjs", "suite.js", "get-status.js"];
      const modules = names.map((name) => `(name = "${name}", esModule = embed "${name}")`).join(", ");
      const config = `worker-${date}.capnp`;
      writeFileSync(
        join(project, config),
        `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [${modules}],
      compatibilityDate = "${date}",
      bindings = [(name = "API", service = "api"), (name = "OLD", json = "${date < "2025"}")],
      globalOutbound = "network",
    )),
    (name = "api", external = (address = "${new URL(urls[0]!).host}", http = ())),
    (name = "network", network = (allow = ["private", "local"])),
  ],
  sockets = [(name = "http", http = (), service = "main")],
);
`,
      );
      const origin = await closedPort();
      const child = spawn(command, ["serve", config, "--socket-addr", `http=${new URL(origin).host}`], {
        cwd: project,
      });
      let errors = "";
      child.stderr.on("data", (chunk) => (errors += chunk));
      try {
        const report = await fetchText(`${origin}/suite?${urls.map((url) => `url=${url}`).join("&")}`);
        const result = JSON.parse(await fetchText(`${origin}/full`));
        const bound = result.kind === "StatusInfo" && result.http.url === "https://api.internal/full/jobs/j";
        return `version: ${version}\n${add(report, bound)}\n${errors}`;
      } finally {
        child.kill("SIGKILL");
      }
    },
  }));
}

function typeChecks(): Trial[] {
  const { name, version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const tarball = join(work, `packed/${name}-${version}.tgz`);
  return checks(root, tarball, bin(""), DENO, run).map((check) => ({
    name: `types: ${check.name}`,
    run: () =>
      check.run().then(
        () => "1 passed, 0 failed",
        (error: Error) => `${error.message}\n0 passed, 1 failed`,
      ),
  }));
}

function edgeVm(urls: string[]): Trial {
  return {
    name: "edge VM, pasted",
    async run() {
      const { version } = JSON.parse(readFileSync(bin("@edge-runtime/vm/package.json"), "utf8"));
      bundle(join(work, "stripped"), "vm.mjs", "iife");
      const args = ["edge-vm.mjs", join(here, "package.json"), "bundle.vm.mjs", ...urls];
      return `version: ${version}\n${await execute(bin("node22/bin/node"), args, join(work, "stripped"))}`;
    },
  };
}

function browsers(chromium: string, pages: string, urls: string[]): Trial[] {
  return (["stripped", "packed"] as const).map((folder) => ({
    name: `Chromium, ${folder === "packed" ? "installed" : "pasted"}`,
    async run() {
      const url = `${pages}/${folder}/?${urls.map((one) => `url=${one}`).join("&")}`;
      const output = await execute(
        process.execPath,
        ["browser.mjs", join(here, "package.json"), chromium, url],
        join(work, "stripped"),
      );
      return output.replace(/^Chromium /, "version: ");
    },
  }));
}

/** Serves the projects to pages; an import map leads to the installed package. */
function workPages(): Server {
  const map = { imports: { "ogcapi-job-status": "./node_modules/ogcapi-job-status/dist/get-status.js" } };
  const page = `<!doctype html><meta charset="utf-8"><script type="importmap">${JSON.stringify(map)}</script><body><script type="module" src="page.mjs"></script>`;
  return createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://h");
    if (pathname.endsWith("/")) return response.setHeader("content-type", "text/html").end(page);
    const file = join(work, pathname);
    if (!existsSync(file)) return response.writeHead(404).end();
    return response.setHeader("content-type", "text/javascript").end(readFileSync(file));
  });
}

function bundle(project: string, entry: string, format: string): void {
  createRequire(join(here, "package.json"))("esbuild").buildSync({
    entryPoints: [join(project, entry)],
    outfile: join(project, `bundle.${entry}`),
    bundle: true,
    format,
    target: "es2022",
  });
}

/** Counts one test more. */
function add(report: string, passed: boolean): string {
  return report.replace(
    /^(\d+) passed, (\d+) failed$/m,
    (_, p, f) => `${Number(p) + Number(passed)} passed, ${Number(f) + Number(!passed)} failed`,
  );
}

async function fetchText(url: string): Promise<string> {
  for (let tries = 0; ; tries++) {
    try {
      return await (await fetch(url, { signal: AbortSignal.timeout(LIMIT) })).text();
    } catch (error) {
      // Until the server listens.
      if (tries === 100 || (error as Error).name === "TimeoutError") throw error;
      await new Promise((done) => setTimeout(done, 50));
    }
  }
}

/** What a command prints; if it fails, with a report of one more failure. */
async function execute(command: string, args: string[], cwd: string): Promise<string> {
  const { code, output } = await run(command, args, cwd);
  return code === 0 ? output : `${output}\nexit code ${code}\n0 passed, 1 failed`;
}

function run(command: string, args: string[], cwd: string): Promise<{ code: number; output: string }> {
  const options = {
    cwd,
    timeout: LIMIT,
    killSignal: "SIGKILL",
    maxBuffer: 1e8,
    env: { ...process.env, NO_COLOR: "1", NEXT_TELEMETRY_DISABLED: "1" },
  } as const;
  return new Promise((done) => {
    execFile(command, args, options, (error, stdout, stderr) => {
      done({ code: error ? Number(error.code ?? 1) || 1 : 0, output: error ? stdout + stderr : stdout });
    });
  });
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The URL of a port on which nothing listens. */
async function closedPort(): Promise<string> {
  const server = createTcpServer();
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return `http://127.0.0.1:${port}`;
}
