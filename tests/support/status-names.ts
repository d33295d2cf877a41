/** The names for a status that are recognised, by status code. */
export const NAMES: Readonly<Record<string, readonly string[]>> = {
  created: ["created"],
  accepted: ["accepted", "queued", "pending"],
  running: ["running", "started", "paused", "previewing", "running_with_errors"],
  successful: ["successful", "succeeded", "finished"],
  failed: ["failed", "error", "rejected", "lost"],
  dismissed: ["dismissed", "canceled", "cancelled", "deleted"],
};
