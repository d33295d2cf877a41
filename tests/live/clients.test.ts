/** Reads every recorded answer with getStatus() and with published Python clients, and prints the results. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { getStatus } from "../../src/get-status.ts";
import { REQUESTED, folder, readCorpus, replayServer, type Recorded } from "../support/corpus.ts";
import { listening } from "../support/listen.ts";
import { startServer } from "../support/server.ts";
import { describe } from "../support/suite.ts";
import { CLIENTS, pythonClient, pythonClients, verdict, versionOf, type Client, type Outcome } from "./clients.ts";

type Reader = "getStatus" | Client;

const answers = readCorpus();
const isDocument = ({ result }: Recorded): boolean => result.kind === "StatusInfo";
const documents = answers.filter((answer) => isDocument(answer) && answer.status === 200);
/** The same documents, but sent for a POST. */
const executions = answers.filter((answer) => isDocument(answer) && answer.status !== 200);
const others = answers.filter((answer) => !isDocument(answer));
const outcomes = await readAll();

/** The outcome of each answer, by reader and by name. */
async function readAll(): Promise<ReadonlyMap<Reader, ReadonlyMap<string, Outcome>>> {
  const names = answers.map(({ name }) => name);
  const all = new Map<Reader, ReadonlyMap<string, Outcome>>();
  await listening(replayServer(answers), async (url) => {
    const own = new Map<string, Outcome>();
    for (const name of names) own.set(name, await readWithGetStatus(`${url}/${name}`));
    all.set("getStatus", own);
    for (const client of CLIENTS) {
      const list = await pythonClients(names.map((name) => [client, `${url}/${name}`, REQUESTED.jobId]));
      all.set(client, new Map(names.map((name, index) => [name, list[index]!])));
    }
  });
  return all;
}

async function readWithGetStatus(baseUrl: string): Promise<Outcome> {
  const result = await getStatus(baseUrl, REQUESTED.jobId, {
    fetch: (url, init) => fetch(url, { ...init, redirect: "manual" }),
  });
  return result.kind === "StatusInfo"
    ? { returned: { jobID: result.jobID, status: result.status } }
    : { returned: result.kind };
}

/** How the outcome of an answer is counted. The server's own word for the status counts as well as the code for it. */
function verdictOf(reader: Reader, { name, result, body }: Recorded): string {
  const outcome = outcomes.get(reader)!.get(name)!;
  if (result.kind !== "StatusInfo") return verdict(outcome);
  const own: string = JSON.parse(new TextDecoder().decode(body)).status;
  return verdict(outcome, { jobID: result.jobID, words: [result.status, own] });
}

function tally(reader: Reader, of: readonly Recorded[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const answer of of) {
    const key = verdictOf(reader, answer);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return new Map([...counts].sort(([, a], [, b]) => b - a));
}

/** The counts whose verdict starts with a word, without that word. */
function cell(counts: ReadonlyMap<string, number>, word: string): string {
  const found = [...counts].filter(([what]) => what.startsWith(`${word} `));
  return found.map(([what, count]) => `${count} ${what.slice(word.length + 1)}`).join(", ");
}

for (const [title, of] of [
  [`${documents.length} status documents`, documents],
  [`${executions.length} status documents that answer an execution`, executions],
  [`${others.length} other answers`, others],
] as const) {
  console.log(`note: | ${title} | read | raised | returned |`);
  console.log("note: |---|---|---|---|");
  for (const reader of ["getStatus", ...CLIENTS] as const) {
    const counts = tally(reader, of);
    const version = reader === "getStatus" ? "" : ` ${versionOf(reader)}`;
    const cells = ["read", "raised", "returned"].map((word) => cell(counts, word));
    console.log(`note: | ${reader}${version} | ${cells.join(" | ")} |`);
  }
}

describe("the corpus read by getStatus() and by Python clients", (test) => {
  for (const client of CLIENTS) {
    test(`pythonClient() reads a job of a running server with ${client}`, async () => {
      const server = await startServer();
      try {
        server.add({ id: "job 1", frozenAt: 42 });
        const outcome = await pythonClient(server.baseUrl, "job 1", client);
        const jobID = client === "ecmwf-datastores-client" ? {} : { jobID: "job 1" };
        assert.deepEqual(outcome, { returned: { ...jobID, status: "running" } });
        assert.ok("raised" in (await pythonClient(server.baseUrl, "none", client)));
      } finally {
        await server.close();
      }
    });
  }

  for (const client of CLIENTS) {
    test(`${client} has an outcome for every answer and reads the full document of the standard`, () => {
      assert.equal(outcomes.get(client)!.size, answers.length);
      const full = answers.find(({ name }) => name === "ogc-1.0/full-running")!;
      assert.equal(verdictOf(client, full), "read correctly");
    });
  }

  test("getStatus() reads every status document correctly, and returns no status for another answer", () => {
    assert.deepEqual([...tally("getStatus", documents)], [["read correctly", documents.length]]);
    assert.deepEqual([...tally("getStatus", executions)], [["read correctly", executions.length]]);
    assert.deepEqual([...tally("getStatus", others).keys()].sort(), ["returned a NotFound", "returned a ServerError"]);
  });

  test("the example in the README of the corpus reads every answer", () => {
    const readme = readFileSync(new URL("README.md", folder), "utf8");
    const [, code = ""] = /```python\n([\s\S]*?)```/.exec(readme) ?? [];
    const root = fileURLToPath(new URL("../../", folder));
    const lines = execFileSync("python3", ["-c", code], { cwd: root, encoding: "utf8" }).trimEnd().split("\n");
    assert.deepEqual(
      lines.sort(),
      answers
        .map(({ name, status, body, result }) => `${name.replace("/", " ")} ${status} ${body.length} ${result.kind}`)
        .sort(),
    );
  });

  for (const [client, name, expected] of [
    ["ogc-api-processes-client", "pygeoapi-0.24-tinydb/successful", "read correctly"],
    ["ogc-api-processes-client", "sepex-7dcc47ab/running", "raised ValidationError"], // no type
    ["ogc-api-processes-client", "eoepca-ades/successful", "raised ValidationError"], // progress is a string
    ["ogc-api-processes-client", "wraptile-0.3/accepted-execute", "returned nothing"], // 201
    ["ogc-api-processes-client", "fastprocesses-0.24.1/never", "raised NotFoundException"],
    ["cuiman", "sepex-7dcc47ab/running", "read correctly"],
    ["cuiman", "pygeoapi-0.24-postgresql/successful", "raised ValidationError"], // date-times without a zone
    ["ecmwf-datastores-client", "sepex-7dcc47ab/lost", "read correctly"],
    ["ecmwf-datastores-client", "weaver-90299718/dismissed-other", "raised KeyError"],
  ] as const) {
    test(`${client} and ${name}: ${expected}`, () => {
      const answer = answers.find((candidate) => candidate.name === name)!;
      assert.equal(verdictOf(client, answer), expected);
    });
  }
});
