/** Counts what each client returns for the corpus, by criteria that need no expected result. */
import type { Recorded } from "../support/recorded.ts";

/** What a client returned for a response: a status document, an outcome of its own for an error, or an exception. */
export interface Outcome {
  readonly kind: "document" | "error" | "exception";
  readonly id?: unknown;
  readonly status?: unknown;
}

export interface Score {
  /** Documents returned with an id that is a string and a status of the type that the client declares. */
  readonly read: number;
  /** Documents returned with another id or status. */
  readonly untrue: number;
  /** Documents for which the client throws. */
  readonly threw: number;
  /** Other 2xx responses returned as a status document. */
  readonly mistaken: number;
}

const CODES = ["accepted", "running", "successful", "failed", "dismissed"];
const OWN_CODES = [...CODES, "created", "unknown"];
/** Clients that declare a status as any string. */
const UNTYPED = ["ecmwf-datastores-client", "pyeodh"];

const succeeded = ({ status }: Recorded): boolean => status >= 200 && status <= 299;

/** Whether the body is a JSON object with a status and an id, both strings, the id under one of the names in use. */
function isDocument({ body }: Recorded): boolean {
  try {
    const { status, jobID, id, jobId, job_id } = Object(JSON.parse(new TextDecoder().decode(body)));
    return (
      typeof status === "string" && status !== "" && [jobID, id, jobId, job_id].some((one) => typeof one === "string")
    );
  } catch {
    return false;
  }
}

export const documentsOf = (corpus: readonly Recorded[]): Recorded[] =>
  corpus.filter((recorded) => succeeded(recorded) && isDocument(recorded));
export const othersOf = (corpus: readonly Recorded[]): Recorded[] =>
  corpus.filter((recorded) => succeeded(recorded) && !isDocument(recorded));

/** The score of a client, given its outcome for each response of the corpus. */
export function score(client: string, outcomes: readonly Outcome[], corpus: readonly Recorded[]): Score {
  const of = (recorded: readonly Recorded[]): Outcome[] => recorded.map((one) => outcomes[corpus.indexOf(one)]!);
  const codes = client === "ours" ? OWN_CODES : CODES;
  const isTrue = ({ id, status }: Outcome): boolean =>
    typeof id === "string" && typeof status === "string" && (UNTYPED.includes(client) || codes.includes(status));
  const documents = of(documentsOf(corpus));
  const returned = documents.filter(({ kind }) => kind === "document");
  return {
    read: returned.filter(isTrue).length,
    untrue: returned.filter((outcome) => !isTrue(outcome)).length,
    threw: documents.length - returned.length,
    mistaken: of(othersOf(corpus)).filter(({ kind }) => kind === "document").length,
  };
}
