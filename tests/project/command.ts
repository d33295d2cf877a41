/** What `npm start` and `npm run record` have in common. */
import { parseArgs, type ParseArgsConfig } from "node:util";
import { getStatus, type Fetch } from "../../src/get-status.ts";
import { answering } from "../support/fetches.ts";

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
    printError(`${(error as Error).message}\n${isUsage ? `\n${usage}\n` : ""}`);
    return isUsage ? 64 : 1;
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

/** Parses `<baseUrl> <jobId> [options]`. Its errors repeat no argument, since a header may be secret. */
export function parse<const T extends NonNullable<ParseArgsConfig["options"]>>(args: string[], options: T) {
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    const [baseUrl, jobId, ...more] = positionals;
    if (baseUrl !== undefined && jobId !== undefined && !more.length) return { values, baseUrl, jobId };
  } catch {
    throw new TypeError("Unknown option, or an option without its value");
  }
  throw new TypeError("Expected one base URL and one job id");
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
