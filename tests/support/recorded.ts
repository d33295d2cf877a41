/** Recorded responses, as tests/servers/README.md describes them, on the web platform alone. */
import type { Fetch, Result } from "../../src/get-status.ts";

/** A recorded response, and the result that getStatus() must return for it. */
export interface Recorded extends Info {
  /** Folder and file name, without an extension. */
  readonly name: string;
  /** The file, byte for byte. */
  readonly raw: Uint8Array<ArrayBuffer>;
  readonly status: number;
  readonly headers: [name: string, value: string][];
  /** The content: without the chunks in which it may have been sent. */
  readonly body: Uint8Array<ArrayBuffer>;
}

/** What NAME.json holds, as schema.json describes it. */
export interface Info {
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: object;
  };
  /** What a GET asks for, if not an existing job of a server that works. */
  readonly about?: "missing job" | "wrong URL" | "dismissed job" | "no access" | "server failure";
  readonly origin: string;
  readonly how: "verbatim" | "reconstructed" | "made up";
  readonly head?: string;
  readonly notes: string;
  readonly replaces?: string;
  readonly review?: typeof TO_BE_REVIEWED;
  /** Without what follows from the response. */
  readonly result: WithoutResponse<Result>;
}

type WithoutResponse<R> = R extends Result ? Omit<R, "document" | "body" | "http" | "cause"> : never;

/** The request that every expected result assumes. */
export const REQUESTED = {
  baseUrl: "https://recorded.example/ogcapi",
  jobId: "asked",
  url: "https://recorded.example/ogcapi/jobs/asked",
} as const;

/** Marks what a person has to check or write after recording. */
export const TO_BE_REVIEWED = "to be reviewed";

/** The result that getStatus() must return, with every property. */
export function expectedResult({ status, headers, body, result }: Recorded): object {
  const text = new TextDecoder().decode(body);
  const http = { status, url: REQUESTED.url, headers: Object.fromEntries(new Headers(headers)) };
  return result.kind === "StatusInfo"
    ? { ...result, document: JSON.parse(text), http }
    : { ...result, body: text, http };
}

/** A fetch that returns the response. */
export function replay({ status, headers, body }: Pick<Recorded, "status" | "headers" | "body">): Fetch {
  return async () => {
    const content = body.length ? body : null;
    if (status >= 200 && status <= 599) return new Response(content, { status, headers });
    // The constructor of Response rejects other status codes, which servers do send.
    return { status, url: "", headers: new Headers(headers), body: content && new Blob([content]).stream() };
  };
}
