import assert from "node:assert/strict";
import { describe } from "./support/suite.ts";
import { watch } from "./support/watch.ts";
import { rejection } from "./support/stub.ts";
import type { Fetch } from "../src/get-status.ts";

const job = (status: string, more = {}): Response => Response.json({ jobID: "j", status, ...more });
const failure = (status: number, headers = {}): Response => new Response("", { status, headers });

/** Gives the answers one after the other, the last one for ever. */
function script(...answers: (() => Response)[]): Fetch & { asked: number } {
  const fetch = async (): Promise<Response> => answers[Math.min(fetch.asked++, answers.length - 1)]!();
  fetch.asked = 0;
  return fetch;
}

async function outcome(fetch: Fetch): Promise<string> {
  const result = await watch("https://h", "j", { fetch, interval: 0 });
  return result.kind === "StatusInfo" ? result.status : `${result.kind} ${result.reason}`;
}

describe("the recipe that watches a job", (test) => {
  for (const [name, answers, expected, asked] of [
    [
      "asks until the job has ended",
      [() => job("accepted"), () => job("running"), () => job("successful")],
      "successful",
      3,
    ],
    ["ends with a failed job", [() => job("failed")], "failed", 1],
    ["ends with a dismissed job", [() => job("dismissed")], "dismissed", 1],
    ["goes on while the word is unknown", [() => job("valid"), () => job("successful")], "successful", 2],
    [
      "ends where the word is unknown and the job has finished",
      [() => job("captured", { finished: "2026" })],
      "unknown",
      1,
    ],
    [
      "forgives a 404 right after the 201",
      [() => failure(404), () => failure(404), () => job("successful")],
      "successful",
      3,
    ],
    ["gives up on a 404 that stays", [() => failure(404)], "NotFound not-found", 6],
    ["ends with a job that is gone", [() => failure(410)], "NotFound gone", 1],
    [
      "asks again where the server is down for a moment",
      [() => failure(503), () => failure(502), () => job("successful")],
      "successful",
      3,
    ],
    ["gives up on a server that stays down", [() => failure(503)], "ServerError http", 6],
    [
      "asks again after a broken connection",
      [
        () => {
          throw new Error("reset");
        },
        () => job("successful"),
      ],
      "successful",
      2,
    ],
    [
      "counts failures in a row only",
      [
        ...Array.from({ length: 4 }, () => () => failure(503)),
        () => job("running"),
        ...Array.from({ length: 4 }, () => () => failure(503)),
        () => job("successful"),
      ],
      "successful",
      10,
    ],
    ["ends with a wrong key at once", [() => failure(401)], "ServerError http", 1],
    ["ends with a page that is no status at once", [() => new Response("<p>")], "ServerError malformed", 1],
  ] as const) {
    test(`watch() ${name}`, async () => {
      const fetch = script(...answers);
      assert.equal(await outcome(fetch), expected);
      assert.equal(fetch.asked, asked);
    });
  }

  for (const [name, value] of [
    ["seconds", () => "0"],
    ["a date", () => new Date(Date.now() - 1000).toUTCString()],
  ] as const) {
    test(`watch() waits as long as Retry-After says, in ${name}`, async () => {
      const fetch = script(
        () => failure(429, { "retry-after": value() }),
        () => job("successful"),
      );
      // An interval of an hour, which Retry-After overrides.
      const result = await watch("https://h", "j", { fetch, interval: 3_600_000, signal: AbortSignal.timeout(5_000) });
      assert.equal(result.kind === "StatusInfo" && result.status, "successful");
    });
  }

  test("watch() ends with the signal's reason, while it asks and while it waits", async () => {
    for (const fetch of [script(() => job("running")), script(() => failure(429, { "retry-after": "99999999999" }))]) {
      const abort = new AbortController();
      const pending = rejection(
        watch("https://h", "j", {
          fetch,
          interval: 3_600_000,
          signal: abort.signal,
          onResult: () => setImmediate(() => abort.abort("enough")),
        }),
      );
      assert.equal(await pending, "enough");
      assert.equal(fetch.asked, 1);
    }
    const abort = new AbortController();
    const during = watch("https://h", "j", {
      fetch: script(() => job("running")),
      signal: abort.signal,
      onResult: () => abort.abort("now"),
    });
    assert.equal(await rejection(during), "now");
  });
});
