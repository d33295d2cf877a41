// The schema of 1.0; dates as strings, as in the other schemas here.
import * as v from "valibot";

const text = v.optional(v.string());
const schema = v.object({
  jobID: v.string(),
  status: v.picklist(["accepted", "running", "successful", "failed", "dismissed"]),
  type: v.literal("process"),
  processID: text,
  message: text,
  created: text,
  started: text,
  finished: text,
  updated: text,
  progress: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(100))),
  links: v.optional(v.array(v.object({ href: v.string(), rel: text, type: text, hreflang: text, title: text }))),
});
export const parse = (document) => v.parse(schema, document);
