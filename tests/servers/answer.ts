import { readFileSync } from "node:fs";
import type { NetworkError, NotFound, ResponseError, StatusInfo } from "../../src/get-status.ts";

/** One answer of a server to `GET {base}/jobs/asked`, and what getStatus() makes of it. */
export interface Answer {
  /** The file in `answers/` that holds the body, byte for byte. */
  readonly file: string;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Where the answer comes from. */
  readonly origin: string;
  /**
   * `verbatim`: values as the origin shows them. `reconstructed`: members, order and types as the serialiser at the
   * origin writes them, values made up. `made up`: such a server could send it, but no recording is known.
   */
  readonly kind: "verbatim" | "reconstructed" | "made up";
  /** How it departs from the standard, or why it is here. */
  readonly about: string;
  /** The whole result but for `document`, `body` and `http`, which {@linkcode complete} adds. */
  readonly result: Expected;
}

type Expected =
  Omit<StatusInfo, "document" | "http"> | Omit<NotFound, "body" | "http"> | Omit<ResponseError, "body" | "http">;

/** What all recorded answers answer. */
export const asked = {
  baseUrl: "https://recorded.example/ogcapi",
  jobId: "asked",
  url: "https://recorded.example/ogcapi/jobs/asked",
} as const;

/** The bytes of the body. */
export function bodyOf(answer: Answer): Uint8Array<ArrayBuffer> {
  // Compiled tests lie in .build/, recorded bodies in tests/.
  return new Uint8Array(readFileSync(new URL(`../../../tests/servers/answers/${answer.file}`, import.meta.url)));
}

/** The result that getStatus() must give, to the last member. */
export function complete(answer: Answer): StatusInfo | NotFound | ResponseError | NetworkError {
  const text = new TextDecoder().decode(bodyOf(answer));
  const http = { status: answer.status, url: asked.url, headers: answer.headers ?? {} };
  return answer.result.kind === "StatusInfo"
    ? { ...answer.result, document: JSON.parse(text), http }
    : { ...answer.result, body: text, http };
}
