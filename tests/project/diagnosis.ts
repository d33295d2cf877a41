/** What a person needs to find the reason of a failure. */
import { readFileSync } from "node:fs";
import type { Result } from "../../src/get-status.ts";

/** The rows of a table in Troubleshooting: what is seen (words in code marks, HTTP statuses), and the likely causes. */
const rowsOf = (table: string): { readonly seen: readonly string[]; readonly causes: string }[] =>
  Array.from(table.matchAll(/\| ([^|\n]+) \| ([^|\n]+) \|$/gm), ([, seen = "", causes = ""]) => ({
    seen: Array.from(seen.matchAll(/`(\w[^`…]*)|\d{3}/g), ([status, words = status]) => words.trim()),
    causes: causes.replace(/[`[]|\]\([^)]*\)/g, ""),
  }));
const page = readFileSync(new URL("../../../.github/TROUBLESHOOTING.md", import.meta.url), "utf8");
const [, byReason = [], byCodeOfNode = []] = page.split(/\n## |\n\| Bun \|/).map(rowsOf);

/** The likely causes of a failure, as Troubleshooting names them. */
export function causes(result: Result): string[] {
  if (result.kind === "StatusInfo") return [];
  const [http, cause] = [`${result.http?.status} ${result.message}`, explain(result.cause) ?? ""];
  const rows = byReason.filter(({ seen: [reason, ...words] }) => {
    return reason === result.reason && (!words.length || words.some((word) => http.includes(word)));
  });
  const ofCode = byCodeOfNode.filter(({ seen }) => seen.some((word) => cause.includes(word)));
  return (ofCode.length ? ofCode : rows).map(({ causes }) => causes);
}

/** The code, and the innermost message: Node wraps the reason in an error that says "fetch failed". */
export function explain(cause: unknown): string | undefined {
  const errors: NodeJS.ErrnoException[] = [];
  for (let error = cause; error instanceof Error; error = error.cause) errors.push(error);
  const code = errors.find(({ code }) => typeof code === "string")?.code ?? errors[0]?.name;
  return errors.length ? `${code}: ${errors.at(-1)!.message}` : undefined;
}
