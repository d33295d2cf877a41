/** What `npm start` and `npm run record` have in common. */
import { parseArgs, type ParseArgsConfig } from "node:util";
import { getStatus, type Fetch } from "../../src/get-status.ts";
import { answering } from "../support/fetches.ts";
import { printable } from "./diagnosis.ts";

export type Print = (text: string) => void;

/** `main` returns the exit code, and throws a TypeError if the arguments are wrong, as getStatus() does. */
export type Command = { readonly usage: string; main(args: string[], print: Print): Promise<number> };

/** Runs a command, prints what it throws, and returns its exit code. */
export async function run(
  { usage, main }: Command,
  args: string[],
  print: Print = (text) => process.stdout.write(text),
  printError: Print = (text) => process.stderr.write(text),
): Promise<number> {
  try {
    if (!args.includes("--help")) return await main(args, print);
    print(`${usage}\n`);
    return 0;
  } catch (error) {
    const isUsage = error instanceof TypeError;
    printError(`${printable((error as Error).message)}\n${isUsage ? `\n${usage}\n` : ""}`);
    return isUsage ? 64 : 70;
  }
}

/** Runs a command, and returns its exit code and what it prints. */
export async function capture(command: Command, ...args: string[]) {
  let [out, err] = ["", ""];
  const code = await run(
    command,
    args,
    (text) => (out += text),
    (text) => (err += text),
  );
  return { code, out, err };
}

/** Parses `<baseUrl> <jobId> [options]` or `<URL of a job> [options]`. Its errors repeat no value, which may be secret. */
export function parse<const T extends NonNullable<ParseArgsConfig["options"]>>(args: string[], options: T) {
  let parsed;
  try {
    parsed = parseArgs({ args, options, allowPositionals: true });
  } catch {
    const names = Object.entries(options).flatMap(([name, { short }]) => [`--${name}`, `-${short}`]);
    const unknown = args.map((arg) => arg.split("=")[0]!).find((name) => /^-/.test(name) && !names.includes(name));
    throw new TypeError(unknown ? `Unknown option ${unknown}` : "An option lacks its value");
  }
  const { values, positionals } = parsed;
  const [first = "", second, ...more] = positionals;
  const [baseUrl, jobId] = second === undefined ? splitJobUrl(first) : [first, second];
  if (jobId !== undefined && /^https?:/i.test(jobId))
    throw new TypeError("The job id is a URL: pass its last part, or nothing but the URL of the job");
  if (jobId === undefined || more.length)
    throw new TypeError("Expected one base URL and one job id, or the URL of a job, such as that in Location");
  return { values, baseUrl, jobId };
}

/** The base URL and the id in the URL of a job. */
function splitJobUrl(text: string): [baseUrl: string, jobId: string | undefined] {
  if (!URL.canParse(text)) return [text, undefined];
  const url = new URL(text);
  const [, path, id] = /^(.*)\/jobs\/([^/]+)\/?$/.exec(url.pathname) ?? [];
  if (id === undefined) return [text, undefined];
  url.pathname = path!;
  try {
    return [url.href, decodeURIComponent(id)];
  } catch {
    return [text, undefined];
  }
}

/** Splits an argument at the first separator. */
export function split(text: string, separator: string, expected: string): [string, string] {
  const at = text.indexOf(separator);
  if (at < 1) throw new TypeError(`Expected ${expected}`);
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

/** The request that getStatus() sends. */
export async function requestOf(...[baseUrl, jobId, opts]: Parameters<typeof getStatus>): Promise<Parameters<Fetch>> {
  const fetch = answering("");
  await getStatus(baseUrl, jobId, { ...opts, fetch });
  return fetch.calls[0]!;
}
