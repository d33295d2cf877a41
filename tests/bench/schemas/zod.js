// The schema of 1.0; dates as strings, as in the other schemas here.
import * as z from "zod";

const text = z.string().optional();
const schema = z.object({
  jobID: z.string(),
  status: z.enum(["accepted", "running", "successful", "failed", "dismissed"]),
  type: z.literal("process"),
  processID: text,
  message: text,
  created: text,
  started: text,
  finished: text,
  updated: text,
  progress: z.int().min(0).max(100).optional(),
  links: z.array(z.object({ href: z.string(), rel: text, type: text, hreflang: text, title: text })).optional(),
});
export const parse = (document) => schema.parse(document);
