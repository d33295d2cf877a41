import * as assert from "uvu/assert";
import type { StatusInfo } from "../../src/get-status.ts";
import { describe } from "../runner/suite.ts";
import { rejection } from "../support/fetches.ts";
import { isIn, place, requestsFor, uniqueId } from "../support/place.ts";
import { RESULTS } from "../wire/exchanges.ts";
import { fetchResults, resultsUrl } from "./results.ts";

const info = (links: StatusInfo["links"], url = "https://h/jobs/j"): StatusInfo => ({
  kind: "StatusInfo",
  jobID: "j",
  status: "successful",
  links,
  document: { status: "successful" },
  http: { status: 200, url, headers: {} },
});

describe("resultsUrl()", (test) => {
  const urlOf = (...links: StatusInfo["links"]): string =>
    resultsUrl(info(links, "https://h/ogc/jobs/a%2Fb/?key=1")).href;

  const OGC = "www.opengis.net/def/rel/ogc/1.0/results";
  for (const rel of ["results", "[ogc-rel:results]", `http://${OGC}`, `https://${OGC}`])
    test(`uses a link with the relation ${rel}`, () => {
      assert.is(urlOf({ rel: "self", href: "https://h/s" }, { rel, href: "https://h/r" }), "https://h/r");
    });

  test("prefers a link to JSON", () => {
    const html = { rel: "results", href: "https://h/html", type: "text/html" };
    assert.is(urlOf(html, { rel: "results", href: "https://h/r", type: "application/json" }), "https://h/r");
  });

  const refused = ["javascript:alert(1)", "file:///etc/passwd", "data:,x", "s3://b/k", "//h/r", "r", "https://["];
  const withCredentials = ["https://user@h/r", "https://:secret@h/r"];
  for (const link of [
    { rel: "resultsets", href: "https://h/no" },
    ...[...refused, ...withCredentials].map((href) => ({ rel: "results", href })),
  ])
    test(`uses the path of the standard in place of ${link.rel} at ${link.href}`, () => {
      assert.is(urlOf(link), "https://h/ogc/jobs/a%2Fb/results?key=1");
    });

  test("takes linear time for a URL with many slashes", () => {
    // In quadratic time, this would take longer than a test file may.
    const slashes = "/".repeat(1_000_000);
    assert.is(resultsUrl(info([], `https://h/jobs/j${slashes}`)).href, "https://h/jobs/j/results");
    assert.is(resultsUrl(info([], `https://h${slashes}x`)).href, `https://h${slashes}x/results`);
  });
});

describe("fetchResults()", (test) => {
  const headers = { Authorization: "Bearer secret", "X-Key": "secret", Accept: "application/geo+json" };
  const ALL = "Bearer secret secret application/geo+json";
  const NONE = "- - application/geo+json";
  const at = (name: string, id: string, server = place.server): StatusInfo =>
    info([], `${server}/x/${encodeURIComponent(name)}/jobs/${id}`);
  /** What of the caller's headers each request had. */
  const seen = async (id: string): Promise<string[]> =>
    (await requestsFor(id)).map(({ headers }) =>
      ["authorization", "x-key", "accept"].map((name) => headers[name] ?? "-").join(" "),
    );

  for (const { name, outcome } of RESULTS) {
    if (isIn("Chromium")) continue; // which hides redirects, see below
    test(`returns or throws ${outcome} for ${name}`, async () => {
      const id = uniqueId();
      const call = fetchResults(place.server, at(name, id), { headers });
      if (/^\d+$/.test(outcome)) assert.is((await call).status, Number(outcome));
      else assert.is(String(await rejection(call)), `Error: The results cannot be read: ${outcome}`);
      const requests = await seen(id);
      const isAway = name.includes("another origin");
      const length = name === "a loop" ? 6 : name.includes("and back") ? 3 : requests.length;
      const expected = Array.from({ length }, (_, index) => (isAway && index > 0 ? NONE : ALL));
      assert.equal(requests, expected);
    });
  }

  test("sends no header of the caller to another origin, by a link, at the path of the standard or without TLS", async () => {
    const id = uniqueId();
    const away = at("results", id, place.away);
    const links = [{ rel: "results", href: away.http.url }];
    for (const job of [away, info(links)]) await fetchResults(place.server, job, { headers: new Headers(headers) });
    await fetchResults(place.server.replace("http:", "https:"), at("results", id), { headers });
    assert.equal(await seen(id), [NONE, NONE, NONE]);
  });

  test("asks for JSON, once, unless the caller asks for something else", async () => {
    const id = uniqueId();
    await fetchResults(place.server, at("results", id));
    await fetchResults(place.server, at("results", id), { headers: { accept: "text/csv" } });
    assert.equal(await seen(id), ["- - application/json", "- - text/csv"]);
  });

  test("rejects an invalid base URL, and does not repeat it", async () => {
    const error = await rejection(fetchResults("/ogc?key=secret", at("results", "j")));
    const message = "TypeError: fetchResults: baseUrl must be an absolute URL";
    assert.equal([String(error), { ...(error as object) }], [message, {}]);
  });

  test("rejects if the signal aborts", async () => {
    const call = fetchResults(place.server, at("results", "j"), { signal: AbortSignal.abort("enough") });
    assert.ok(await rejection(call));
  });

  test("says that a browser hides a redirect", async () => {
    if (!isIn("Chromium")) return;
    const error = await rejection(fetchResults(place.server, at("results behind a redirect", uniqueId())));
    assert.match(String(error), /a browser hides the redirect/);
  });
});
