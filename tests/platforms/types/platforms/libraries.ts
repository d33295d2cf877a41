// Headers of other libraries are accepted as request headers; a fetch that does not return a Response of the platform
// is rejected. The types cannot reject all of them: axios, ofetch and `json()` of ky let the caller choose the type that
// they return, so `{ fetch: axios }` compiles.
import axios, { AxiosHeaders } from "axios";
import ky from "ky";
import nodeFetch, { Headers as NodeFetchHeaders } from "node-fetch";
import { ofetch } from "ofetch";
import { getStatus } from "ogcapi-job-status";

await getStatus("https://h", "j", { headers: new NodeFetchHeaders() });
await getStatus("https://h", "j", { headers: new AxiosHeaders() });
await getStatus("https://h", "j", { fetch: (url, init) => ky(url, { ...init, retry: 0, throwHttpErrors: false }) });
await getStatus("https://h", "j", { fetch: ofetch.native });

// @ts-expect-error the body of node-fetch is a stream of Node, which has no getReader
await getStatus("https://h", "j", { fetch: nodeFetch });
await getStatus("https://h", "j", {
  // @ts-expect-error a response of axios has no url and no body
  fetch: async (url, init) => {
    const response = await axios.get(url, init);
    return response;
  },
});
await getStatus("https://h", "j", {
  // @ts-expect-error parsed data, of a type that the caller chose
  fetch: (url, init) => ofetch<{ status: string }>(url, init),
});
await getStatus("https://h", "j", {
  // @ts-expect-error parsed data, of a type that the caller chose
  fetch: (url, init) => ky(url, init).json<{ status: string }>(),
});
