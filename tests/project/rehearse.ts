/**
 * Loaded before a program of the README, the cookbook or the source: the embedded server stands in for https://ogc.example.com. Nothing else can
 * be reached.
 */
import { startServer } from "../support/server.ts";

const ORIGIN = "https://ogc.example.com";
const server = await startServer();
server.server.unref().on("connection", (socket) => socket.unref());
server.add({ id: "job-1", frozenAt: 42 });
server.add({ id: "job-2", seconds: 0 });

const platform = globalThis.fetch;
const here = new URL(server.baseUrl).origin;
globalThis.fetch = async (input, init) => {
  const url = new URL(String(input));
  if (url.origin !== ORIGIN) throw new TypeError(`Cannot reach ${url.origin} in a rehearsal`);
  const response = await platform(here + url.pathname + url.search, init);
  const text = (await response.text()).replaceAll(here, ORIGIN);
  const headers = new Headers(response.headers);
  headers.delete("content-length");
  const replaced = new Response(text, { status: response.status, headers });
  Object.defineProperty(replaced, "url", { value: url.href });
  return replaced;
};
