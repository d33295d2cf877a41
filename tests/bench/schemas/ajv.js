// The schema of 1.0, compiled ahead of time.
import validate from "generated/ajv.js";

export const parse = (document) => {
  if (!validate(document)) throw new TypeError("invalid");
  return document;
};
