/** Counts what each stack returns for the recorded responses, by criteria that need no expected result. */
import type { RecordedAnswer } from "./corpus.ts";

/** What a stack returned for a response. */
export interface Outcome {
  readonly kind: "StatusInfo" | "NotFound" | "ServerError" | "exception";
  /** The member `status` of what it returned as a status document. */
  readonly word?: unknown;
  /** Whether it threw, even if the exception identifies the outcome. */
  readonly threw: boolean;
}

export interface Score {
  /** Documents returned with a status of the type that the stack declares. */
  readonly read: number;
  /** Those of them that a validator of the 1.0 schema accepts, and refuses. */
  readonly readValid: number;
  readonly readInvalid: number;
  /** Documents returned with a status that is not of the declared type. */
  readonly outside: number;
  /** Error responses that end in an exception. */
  readonly threw: number;
  /** Successful responses without a document that are returned as one. */
  readonly mistaken: number;
}

export interface Scores {
  readonly stacks: Readonly<Record<string, Score>>;
  /** For example `116 responses (41 verbatim, 63 reconstructed, 12 made up)`. */
  readonly answers: string;
  readonly documents: number;
  readonly valid: number;
  readonly errors: number;
  readonly others: number;
}

const CODES = ["accepted", "running", "successful", "failed", "dismissed"];
const OWN_CODES = [...CODES, "created", "unknown"];

export function score(
  answers: readonly RecordedAnswer[],
  outcomes: Readonly<Record<string, readonly Outcome[]>>,
  validate: (document: unknown) => boolean,
): Scores {
  const indexes = (test: (answer: RecordedAnswer) => boolean): number[] =>
    answers.flatMap((answer, index) => (test(answer) ? [index] : []));
  const documents = indexes((answer) => succeeded(answer) && isDocument(parse(answer.body)));
  const valid = documents.filter((index) => validate(parse(answers[index]!.body)));
  const errors = indexes(({ status }) => status >= 400);
  const others = indexes((answer) => succeeded(answer) && !isDocument(parse(answer.body)));
  const stacks = Object.entries(outcomes).map(([name, list]): [string, Score] => {
    const codes: readonly unknown[] = name === "ours" ? OWN_CODES : CODES;
    const returned = documents.filter((index) => list[index]!.kind === "StatusInfo");
    const read = returned.filter((index) => codes.includes(list[index]!.word));
    const readValid = read.filter((index) => valid.includes(index)).length;
    return [
      name,
      {
        read: read.length,
        readValid,
        readInvalid: read.length - readValid,
        outside: returned.length - read.length,
        threw: errors.filter((index) => list[index]!.threw).length,
        mistaken: others.filter((index) => list[index]!.kind === "StatusInfo").length,
      },
    ];
  });
  return {
    stacks: Object.fromEntries(stacks),
    answers: count(answers),
    documents: documents.length,
    valid: valid.length,
    errors: errors.length,
    others: others.length,
  };
}

function count(answers: readonly RecordedAnswer[]): string {
  const parts = (["verbatim", "reconstructed", "made up"] as const).map(
    (kind) => `${answers.filter(({ how }) => how === kind).length} ${kind}`,
  );
  return `${answers.length} responses (${parts.join(", ")})`;
}

function succeeded({ status }: RecordedAnswer): boolean {
  return status >= 200 && status <= 299;
}

/** A JSON object with a status and an id, both strings; the id under one of the names that servers use. */
function isDocument(value: unknown): boolean {
  const { status, jobID, id, jobId, job_id } = Object(value) as Record<string, unknown>;
  return (
    typeof status === "string" && status !== "" && [jobID, id, jobId, job_id].some((one) => typeof one === "string")
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
