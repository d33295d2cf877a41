// What every platform's own types must take, without a cast.
import { getStatus, isStatusInfo, type Fetch, type Result } from "ogcapi-job-status";

export const platform: Fetch = fetch;

export async function calls(): Promise<Result> {
  await getStatus(new URL("https://h"), "j");
  await getStatus("https://h", "j", { fetch: globalThis.fetch });
  await getStatus("https://h", "j", { fetch: async () => new Response("{}") });
  await getStatus("https://h", "j", { fetch: (url, init) => fetch(url, { ...init, redirect: "manual" }) });
  await getStatus("https://h", "j", {
    fetch: (url, init) => fetch(url, { ...init, headers: { ...init.headers, "x-a": "1" } }),
  });
  await getStatus("https://h", "j", {
    fetch: (url, init) => {
      init.headers["x-a"] = "1";
      return fetch(url, { ...init, cache: init.cache ?? "no-store" } as typeof init);
    },
  });
  await getStatus("https://h", "j", { headers: new Headers({ "x-a": "1" }), signal: AbortSignal.timeout(5) });
  const result = await getStatus("https://h", "j", { headers: [["x-a", "1"]], signal: new AbortController().signal });
  return isStatusInfo(result) ? result : (JSON.parse("{}") as Result);
}

/** The URL is always a string: a `fetch` for strings only can be passed. */
export const forStrings: Fetch = async (url: string) => new Response(url.slice(1));
