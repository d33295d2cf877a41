/** The recorded responses, reduced to what every client receives. */
import { readCorpus } from "../support/corpus.ts";

export interface RecordedAnswer {
  readonly name: string;
  /** Where its values come from. */
  readonly how: "verbatim" | "reconstructed" | "made up";
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** The response for measuring calls, and the one for stacks with a schema, which reject the other. */
export const RUNNING = "pygeoapi-debd17bd/running";
export const VALID = "ogc-1.0/full-running";

export function recordedAnswers(): RecordedAnswer[] {
  return readCorpus().map(({ name, how, status, headers, body }) => ({
    name,
    how,
    status,
    headers,
    body: new TextDecoder().decode(body),
  }));
}
