/** Describes a result for a person who looks for the reason of a failure. */
import type { Result } from "../../src/get-status.ts";

/** Describes a result and its likely causes. A result without a response does not hold the requested URL. */
export function formatResult(result: Result, requested: string): string {
  const info = result.kind === "StatusInfo" ? result : undefined;
  const lines: [name: string, value: unknown][] = [
    ...Object.entries(result).filter(([name, value]) => typeof value !== "object" && name !== "body"),
    ["status sent", info?.document.status === info?.status ? undefined : info?.document.status],
    ["exception", result.exception && JSON.stringify(result.exception)],
    ...(info?.links ?? []).map(({ rel = "?", href }): [string, string] => ["link", `${rel}  ${href}`]),
    ["cause", explain(result.cause)],
    ["http", result.http?.status ?? "no response"],
    ["requested", requested],
    ["final URL", result.http?.url === requested ? undefined : result.http?.url],
    ...causes(result, requested).map((cause): [string, string] => ["likely", cause]),
  ];
  return lines
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name.padEnd(12)}${printable(String(value))}`)
    .join("\n");
}

/** One line of JSON. `cause` is reduced to its code: JSON leaves an Error empty, and its message may hold the URL. */
export function toJson(result: Result): string {
  return printable(JSON.stringify({ ...result, cause: codeOf(result.cause) }));
}

/** Replaces what a terminal would interpret or not show, and the queries of URLs, which may hold a key. */
export function printable(text: string): string {
  return text.replace(/\?[^\s"]+/g, "?…").replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "?");
}

const GONE = "the job was dismissed or has expired";
const SLOW = "the server is slow or does not respond";
const CLOSED = "the server or a proxy closed the connection";
const HTTPS = "the server expects https:, not http:";
const NO_JOB = "there is no such job, or no longer";

/** The usual causes of a failure. The first rule that matches what is known about the failure counts. */
const RULES: readonly (readonly [when: RegExp, ...causes: string[]])[] = [
  [/^gone/, GONE],
  [/\/jobs\/[^/ ]+\/jobs\/[^/ ]+$/, "the base URL ends in /jobs/{jobId}: leave that out", NO_JOB],
  [/\/jobs\/jobs\/[^/ ]+$/, "the base URL ends in /jobs: leave that out", NO_JOB],
  [/%25[0-9a-f]{2}[^/ ]*$/i, "the id is percent-encoded: pass it decoded", NO_JOB],
  [/^no-such-job/, "the id is misspelled", GONE],
  [/^unspecified/, "the base URL lacks or doubles a part of the path", NO_JOB],
  [/^timeout/, SLOW, "the time limit is too short"],
  [
    /^malformed \d+ .*html/i,
    "the server returned a login page: a token is missing",
    "the base URL is that of a web page",
  ],
  [/^malformed/, "the base URL is that of another API", "the server sent an error with a 2xx status (see --json)"],
  [/^http 40[13] elsewhere/, "the redirect to another origin removed the token"],
  [/^http 40[13]/, "a token or an API key is missing, wrong or expired (--header)"],
  [/^http 429/, "too many requests (--watch obeys Retry-After)"],
  [/^http 50[234]/, "the server behind a proxy is down or busy (--watch waits for it)"],
  [/^http 5/, "the server failed: see its log", "the id has a form that the server does not expect"],
  [/^http 3/, "a redirect that was not followed"],
  [/^http .*(plain HTTP|HTTP request to an HTTPS)/i, HTTPS],
  [/^http/, "the base URL is wrong", "the id has a form that the server does not expect"],
  [/^network .*bad port/, "fetch blocks this port: serve the API on another one"],
  [/^network .*(ENOTFOUND|EAI_AGAIN)/, "the host name is misspelled", "there is no network, or a proxy is needed"],
  [/^network .*(CERT|SELF_SIGNED|UNABLE_TO)/, "the certificate is not trusted (NODE_EXTRA_CA_CERTS)"],
  [/^network .*(SSL|EPROTO)/, "the server expects http:, not https:", "the server refuses this version of TLS"],
  [/^network .*ECONNREFUSED/, "the server is down", "the port is wrong"],
  [/^network .*(TIMEOUT|TIMEDOUT)/, SLOW, "a firewall blocks the connection"],
  [/^network .*HPE_/, HTTPS, "the port belongs to another protocol"],
  [/^network http:/, CLOSED, HTTPS],
  [/^network/, CLOSED],
];

/** The one or two usual causes of a failure. */
export function causes(result: Result, requested: string): readonly string[] {
  if (result.kind === "StatusInfo") return [];
  const { reason, http, body = "" } = result;
  const { protocol, origin, pathname } = new URL(requested);
  const elsewhere = http && new URL(http.url).origin !== origin ? "elsewhere" : "";
  const response = http && [http.status, elsewhere, http.headers["content-type"], http.status === 400 ? body : ""];
  const last = result.kind === "NotFound" ? pathname : explain(result.cause);
  const known = [reason, ...(response ?? [protocol]), last].join(" ").replace(/\s+/g, " ");
  const [, ...found] = RULES.find(([when]) => when.test(known)) ?? [];
  return found as string[];
}

/** The errors from the outermost to the innermost. */
function chain(cause: unknown): NodeJS.ErrnoException[] {
  return cause instanceof Error ? [cause, ...chain(cause.cause)] : [];
}

function codeOf(cause: unknown): string | undefined {
  return chain(cause).find(({ code }) => typeof code === "string")?.code ?? chain(cause)[0]?.name;
}

/** The code and the innermost message: Node wraps the reason in an error that says "fetch failed". */
function explain(cause: unknown): string | undefined {
  return cause === undefined ? undefined : `${codeOf(cause)}: ${chain(cause).at(-1)?.message}`;
}
