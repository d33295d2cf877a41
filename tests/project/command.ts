/** What `npm start` and `npm run record` have in common. */
import { parseArgs, type ParseArgsConfig } from "node:util";
import { getStatus, type Fetch } from "../../src/get-status.ts";
import { createdJob } from "../recipes/location.ts";
import { answering } from "../support/fetches.ts";

export type Print = (text: string, isError?: boolean) => void;
const write: Print = (text, isError) => void (isError ? process.stderr : process.stdout).write(text);

/** `main` returns the exit code, and throws a TypeError if the arguments are wrong, as getStatus() does. */
export type Command = { readonly usage: string; main(args: string[], print: Print): Promise<number> };

/** Runs a command, prints what it throws, and returns its exit code. */
export async function run({ usage, main }: Command, args: string[], print = write): Promise<number> {
  try {
    if (!args.includes("--help")) return await main(args, print);
    print(`${usage}\n`);
    return 0;
  } catch (error) {
    const isUsage = error instanceof TypeError;
    const message = (error as Error).message.replace(/(?<=^Unknown option '[\w-]*)[^\w-].*/s, "'");
    print(`${printable(message)}\n${isUsage ? `\n${usage}\n` : ""}`, true);
    return isUsage ? 64 : 70;
  }
}

/** Parses `<baseUrl> <jobId> [options]` or `<URL of a job> [options]`. Errors repeat no value, which may be secret. */
export async function parse<const T extends NonNullable<ParseArgsConfig["options"]>>(args: string[], options: T) {
  const header = { type: "string", multiple: true, short: "H" } as const;
  const { values, positionals } = parseArgs({ args, options: { ...options, header }, allowPositionals: true });
  const [baseUrl = "", jobId, ...more] = positionals;
  if (/^https?:/i.test(jobId ?? ""))
    throw new TypeError("The job id is a URL: pass its last part, or nothing but the URL of the job");
  const links = [{ rel: "monitor", href: baseUrl }];
  const located = () => createdJob(Response.json({ links }), baseUrl).catch(() => undefined);
  const job = jobId === undefined ? await located() : { baseUrl, jobId };
  if (!job || more.length)
    throw new TypeError("Expected one base URL and one job id, or the URL of a job, such as that in Location");
  const { header: given = [] } = values as { header?: string[] };
  return { ...job, values, headers: given.map((text) => split(text, ":", "a header as 'Name: value'")) };
}

/** Splits an argument at the first separator. */
export function split(text: string, separator: string, expected: string): [string, string] {
  const at = text.indexOf(separator);
  if (at < 1) throw new TypeError(`Expected ${expected}`);
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

/** Replaces what a terminal would interpret or not show, and the queries of URLs, which may hold a key. */
export function printable(text: string): string {
  return text.replace(/\?[^\s"]+/g, "?…").replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "?");
}

/** The request that getStatus() sends. */
export async function requestOf(...[baseUrl, jobId, opts]: Parameters<typeof getStatus>): Promise<Parameters<Fetch>> {
  const fetch = answering("");
  await getStatus(baseUrl, jobId, { ...opts, fetch });
  return fetch.calls[0]!;
}
