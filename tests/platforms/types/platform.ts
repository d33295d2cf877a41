// What every platform's own types must take, without a cast.
import { getStatus, isStatusInfo, type Fetch, type Result } from "ogcapi-job-status";

export const platform: Fetch = fetch;
/** The URL is always a string: a `fetch` for strings only can be passed. */
export const forStrings: Fetch = async (url: string) => new Response(url.slice(1));
// @ts-expect-error a mock must have what is used
export const mock: Fetch = async () => ({ ok: true, json: async () => ({}) });

export async function calls(): Promise<Result> {
  for (const fetch of [
    globalThis.fetch,
    async () => new Response("{}"),
    (url, init) => globalThis.fetch(url, { ...init, redirect: "manual" }),
    (url, init) => globalThis.fetch(url, { ...init, headers: { ...init.headers, "x-a": "1" } }),
    (url, init) => {
      init.headers["x-a"] = "1";
      return globalThis.fetch(url, { ...init, cache: init.cache ?? "no-store" } as typeof init);
    },
  ] satisfies Fetch[])
    await getStatus(new URL("https://h"), "j", { fetch });
  const pairs = function* () {
    yield ["x-a", "1"] as const;
  };
  for (const headers of [
    { "x-a": "1" },
    [["x-a", "1"]] as const,
    new Headers({ "x-a": "1" }),
    pairs(),
    { forEach: (add: (value: string, name: string) => void) => add("1", "x-a") },
  ])
    await getStatus("https://h", "j", { headers, signal: AbortSignal.timeout(5), maxBytes: Infinity });
  const { signal } = new AbortController();
  const result = await getStatus("https://h", "j", { headers: [["x-a", "1"]], signal, maxBytes: undefined });
  return isStatusInfo(result) ? result : (JSON.parse("{}") as Result);
}
