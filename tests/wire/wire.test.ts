import * as assert from "uvu/assert";
import { getStatus, type Fetch, type GetStatusOptions, type Result } from "../../src/get-status.ts";
import { describe } from "../runner/suite.ts";
import { brief, rejection } from "../support/fetches.ts";
import { control, isIn, place, requestsFor, uniqueId } from "../support/place.ts";
import { ENDING, ENDLESS, FLOOD, type Exchange } from "./exchanges.ts";

const getExchange = (name: string, id: string, opts?: GetStatusOptions): Promise<Result> =>
  getStatus(`${place.server}/x/${encodeURIComponent(name)}?key=secret`, id, opts);

/** Does something between the head of a response and its body. */
const afterHead =
  (action: () => unknown): Fetch =>
  async (url, init) => {
    const response = await fetch(url, init);
    await action();
    return response;
  };

const differenceOf = ({ name }: Exchange): string | undefined =>
  place.differences.find(({ exchange, runtimes }) => exchange === name && isIn(...runtimes))?.outcome;

describe("an exchange", (test) => {
  for (const exchange of ENDING) {
    const difference = differenceOf(exchange);
    const outcome = difference ?? exchange.outcome;
    if (outcome === "no end") continue;
    test(`getStatus() returns ${outcome} for ${exchange.name}, after one request`, async () => {
      const id = uniqueId();
      const headers = { authorization: "Bearer secret" };
      const resets = exchange.end === "reset" && !outcome.endsWith("-");
      const opts = resets ? { headers, fetch: afterHead(() => control("reset", id)) } : { headers };
      const result = await getExchange(exchange.name, id, opts);
      const found = brief(result);
      if (outcome !== "varies") assert.is(found, outcome);
      if (exchange.body !== undefined && difference === undefined)
        assert.is(result.kind !== "StatusInfo" && result.body, exchange.body);
      if (result.kind !== "StatusInfo") assert.not.match(result.message, /secret/);
      // A redirect to another path of the server is another request.
      const requests = await requestsFor(id);
      assert.ok(exchange.name.includes("redirect") || requests.length === 1, JSON.stringify(requests));
      if (result.reason !== "network") return;
      assert.ok(result.cause !== undefined);
      const [, what] = /^(.*): (\w+|see cause)$/.exec(result.message) ?? [];
      assert.is(what, result.http ? "Response body could not be read to the end" : "Request failed");
    });
  }

  for (const exchange of ENDLESS)
    test(`getStatus() waits for ${exchange.name} until the signal aborts, and closes the connection`, async () => {
      for (const reason of ["enough", new DOMException("late", "TimeoutError")]) {
        const id = uniqueId();
        const abort = new AbortController();
        const hasHead = !exchange.outcome.endsWith("-");
        const pending = getExchange(exchange.name, id, {
          signal: abort.signal,
          fetch: hasHead ? afterHead(() => queueMicrotask(() => abort.abort(reason))) : undefined,
        });
        if (!hasHead) void control("arrived", id).then(() => abort.abort(reason));
        if (reason === "enough") assert.is(await rejection(pending), reason);
        else assert.is(brief(await pending), differenceOf(exchange) ?? exchange.outcome);
        await control("closed", id);
      }
    });

  test("getStatus() stops an endless body at maxBytes, and closes the connection", async () => {
    const id = uniqueId();
    const result = await getExchange(FLOOD.name, id, { maxBytes: 100_000 });
    assert.ok(result.kind === "ServerError" && result.body === "x".repeat(100_000));
    await control("closed", id);
  });

  test("getStatus() returns network without http for a port that refuses connections", async () => {
    const result = await getStatus(place.refused, "j");
    assert.is(brief(result), "network -");
    const code = isIn("Node", "Bun", "edge VM") ? "ECONNREFUSED" : "see cause";
    assert.is(result.message, `Request failed: ${code}`);
  });

  test("each difference is that of an exchange", () => {
    const names = [...ENDING, ...ENDLESS].map(({ name }) => name);
    for (const { exchange } of place.differences) assert.ok(names.includes(exchange), exchange);
  });
});

describe("the platform's fetch", (test) => {
  test("getStatus() sends one GET to the path, with the query, the headers and Accept once", async () => {
    for (const [headers, accept] of [
      [{ "X-A": "1" }, "application/json"],
      [{ "X-A": "1", ACCEPT: "text/html" }, "text/html"],
    ] as const) {
      const id = `${uniqueId()} b`;
      await getStatus(`${place.server}/status/200/?key=1`, id, { headers });
      const sent = (await requestsFor(id)).map(({ line, headers }) => `${line} ${headers["accept"]} ${headers["x-a"]}`);
      assert.is(sent.join("\n"), `GET /status/200/jobs/${encodeURIComponent(id)}?key=1 ${accept} 1`);
    }
  });

  test("getStatus() returns Retry-After, and never set-cookie", async () => {
    const { http } = await getStatus(`${place.server}/status/200`, uniqueId());
    assert.is(http?.headers["retry-after"], "17");
    assert.not("set-cookie" in http!.headers);
  });

  test("getStatus() passes no-store where the platform knows the option, and which throws for it elsewhere", async () => {
    const modes: unknown[] = [];
    const fetch: Fetch = (url, init) => (modes.push(init.cache), globalThis.fetch(url, init));
    assert.is(brief(await getStatus(`${place.server}/status/200`, "j", { fetch })), "running");
    const isOld = isIn("workerd 2024-01-01", "workerd 2024-11-10");
    assert.equal(modes, [isOld ? undefined : "no-store"]);
    const noStore: Fetch = (url, init) => globalThis.fetch(url, { ...init, cache: "no-store" });
    assert.is(
      brief(await getStatus(`${place.server}/status/200`, "j", { fetch: noStore })),
      isOld ? "network -" : "running",
    );
  });

  test("getStatus() returns the URL after a redirect, and leaves to the platform which headers it sends there", async () => {
    for (const [name, origin, isSent] of [
      ["a redirect", place.server, true],
      // Workers before the compatibility date 2025-09-01 send it along.
      ["a redirect to another origin", place.away, isIn("workerd 2024")],
    ] as const) {
      const id = uniqueId();
      const { http } = await getExchange(name, id, { headers: { authorization: "Bearer t" } });
      assert.is(http?.url, `${origin}/x/chunks/jobs/${id}`);
      const sent = (await requestsFor(id)).map(({ headers }) => headers["authorization"]);
      assert.is(sent.join(), isSent ? "Bearer t,Bearer t" : "Bearer t,");
    }
  });

  test("getStatus() returns http for a redirect that an injected fetch does not follow, or network", async () => {
    const get = (redirect: RequestRedirect): Promise<Result> =>
      getExchange("a redirect", uniqueId(), { fetch: (url, init) => fetch(url, { ...init, redirect }) });
    // A browser shows nothing of it.
    assert.is(brief(await get("manual")), isIn("Chromium") ? "http 0" : "http 302");
    if (!isIn("workerd")) assert.is(brief(await get("error")), "network -"); // Workers do not know the option
  });

  test("getStatus() reads each status from 200 to 599", async () => {
    const special = ["malformed 204", "malformed 205", "unspecified 404", "gone 410"];
    for (let status = 200; status <= 599; status++) {
      const other = status <= 299 ? "running" : `http ${status}`;
      const expected = special.find((outcome) => outcome.endsWith(String(status))) ?? other;
      const outcome = brief(await getStatus(`${place.server}/status/${status}`, "j"));
      // By the Fetch standard, a 407 is a failure unless a proxy sent it.
      assert.ok(outcome === expected || (status === 407 && outcome === "network -"), `${outcome}, not ${expected}`);
    }
  });
});
