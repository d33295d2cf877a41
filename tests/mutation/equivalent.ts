/** Mutants that no test can distinguish from the library, by key, and why. */
export const EQUIVALENT: Readonly<Record<string, string>> = {
  "toStatusCode: STATUS_WORDS.find((words) => words.includes(lowerCase)) -> STATUS_WORDS.findLast((words) => words.includes(lowerCase))":
    "no word is in two of the lists",
  'sendRequest: reader ? await readBody(reader, maxBytes, texts) : "complete" -> reader ? await readBody(reader, maxBytes, texts) : ""':
    "without a stream there is nothing to cancel, and the result depends on the other two ends only",
  "readBody: if (last) -> if (true)": "without bytes the decoder returns an empty text",
  "cancel: reader?.cancel -> reader.cancel": "the error that it throws without a reader is caught",
  "describeMalformed: http?.headers -> http.headers":
    "it is called with a response only, which its parameter does not say",
};
