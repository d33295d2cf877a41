/** Published Python clients that read a job status, in the environment that `npm run test:live` installs. */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL("../../../tests/live/", import.meta.url));

export const CLIENTS = ["ogc-api-processes-client", "cuiman", "ecmwf-datastores-client"] as const;
export type Client = (typeof CLIENTS)[number];

/** The version that the requirements pin. */
export function versionOf(client: Client): string {
  const line = readFileSync(join(here, "clients/requirements.txt"), "utf8")
    .split("\n")
    .find((line) => line.startsWith(`${client}==`));
  if (line === undefined) throw new Error(`Cannot find ${client} in clients/requirements.txt`);
  return line.slice(client.length + 2);
}

/** The outcome of a call. */
export type Outcome =
  | { readonly returned: { readonly jobID?: string; readonly status: string } }
  /** Nothing, or an object of another class than the one for a status. */
  | { readonly returned: string | null }
  /** The class of an exception and the start of its message. */
  | { readonly raised: string; readonly message: string };

/**
 * An outcome in words, given the status that the client was sent: its words for it, of which any will do, and the job id.
 * Without `sent`, the response was not a status.
 */
export function verdict(
  outcome: Outcome,
  sent?: { readonly jobID: string; readonly words: readonly string[] },
): string {
  if ("raised" in outcome) return `raised ${outcome.raised}`;
  const { returned } = outcome;
  if (returned === null) return "returned nothing";
  if (typeof returned === "string") return `returned a ${returned}`;
  if (sent === undefined) return "returned a status";
  // One client does not read the id.
  const right = sent.words.includes(returned.status) && [undefined, sent.jobID].includes(returned.jobID);
  return right ? "read correctly" : "read wrongly";
}

/** Gets the status of a job with a Python client, the one generated from the standard's OpenAPI document if none is named. */
export async function pythonClient(
  baseUrl: string,
  jobId: string,
  client: Client = "ogc-api-processes-client",
): Promise<Outcome> {
  const [outcome] = await pythonClients([[client, baseUrl, jobId]]);
  return outcome!;
}

/** A call of a client. Only the generated one is given headers. */
export type Call =
  | readonly [client: Client, baseUrl: string, jobId: string]
  | readonly [client: "ogc-api-processes-client", baseUrl: string, jobId: string, headers: Record<string, string>];

/** The same for many calls, one after the other in one process. */
export async function pythonClients(calls: readonly Call[]): Promise<readonly Outcome[]> {
  // Without the proxies and the client settings of the user.
  const home = mkdtempSync(join(tmpdir(), "clients-"));
  const child = spawn(join(here, ".venv/clients/bin/python"), [join(here, "clients/read.py")], {
    env: { HOME: home, PYTHONDONTWRITEBYTECODE: "1" },
    cwd: home,
  });
  let out = "";
  let err = "";
  child.stdout.on("data", (chunk) => (out += chunk));
  child.stderr.on("data", (chunk) => (err += chunk));
  child.stdin.end(calls.map((call) => `${JSON.stringify(call)}\n`).join(""));
  const code = await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  rmSync(home, { recursive: true });
  const lines = out.split("\n").filter(Boolean);
  if (code !== 0 || lines.length !== calls.length) {
    throw new Error(`Cannot run the Python clients: exit code ${code}, ${lines.length} of ${calls.length}\n${err}`);
  }
  return lines.map((line) => JSON.parse(line));
}
