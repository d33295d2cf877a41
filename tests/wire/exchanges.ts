/**
 * What a server sends, byte for byte, and what getStatus() must return for it: one table for every runtime, and for the
 * soak. Where a runtime must differ, DIFFERENCES.md has its outcome, and the reason.
 */
export interface Exchange {
  readonly name: string;
  /** What the server writes, one character for each byte. It replaces {server}, {host}, {away} and {id}. */
  readonly bytes: readonly string[];
  /** What the server does then: a reset waits until the client has read the head, if `outcome` has a status. */
  readonly end: "close" | "reset" | "keep open";
  /** As `brief` of fetches.ts says it. Of an exchange that is kept open: when a time limit expires. */
  readonly outcome: string;
  /** The body of the result. */
  readonly body?: string;
}

export const STATUS = '{"jobID":"j","status":"running"}';

/** A head that each page may read. The next request must use another connection. */
export const head = (status: number, ...headers: string[]): string =>
  [`HTTP/1.1 ${status} X`, "Access-Control-Allow-Origin: *", "Connection: close", ...headers, "", ""].join("\r\n");
const length = (body: string): string => `Content-Length: ${body.length}`;
const CHUNKED = "Transfer-Encoding: chunked";
const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;

const whole = (body: string, ...headers: string[]): string[] => [head(200, length(body), ...headers), body];
const coded = (coding: string, body: string): string[] => whole(body, `Content-Encoding: ${coding}`);
const redirect = (location: string): string[] => [head(302, `Location: ${location}`, "Content-Length: 0")];
const CUT = "Content-Length: 99";
// STATUS, compressed.
const GZIP = atob("H4sIAAAAAAAAA6tWyspP8nRRslLKUtJRKi5JLCktVrJSKirNy8vMS1eqBQAcWVyVIAAAAA==");
const DEFLATE = atob("eJyrVsrKT/J0UbJSylLSUSouSSwpLVayUioqzcvLzEtXqgUApOQKgA==");
const BROTLI = atob("iw+AeyJqb2JJRCI6ImoiLCJzdGF0dXMiOiJydW5uaW5nIn0D");

type Row = readonly [name: string, bytes: readonly string[], outcome: string, body?: string];

const closing: readonly Row[] = [
  ["a close before the head", [], "network -"],
  ["a close in the status line", ["HTTP/1.1 2"], "network -"],
  ["a close in the headers", ["HTTP/1.1 200 OK\r\nContent-Type: app"], "network -"],
  ["two Content-Lengths", [head(200, "Content-Length: 1", "Content-Length: 2"), "{}"], "network -"],
  ["a close before a body of known length", [head(200, CUT)], "network 200"],
  ["a close in a body of known length", [head(200, CUT), STATUS], "network 200"],
  ["a body cut by its length", [head(200, "Content-Length: 10"), STATUS], "malformed 200", STATUS.slice(0, 10)],
  ["a body that ends with the connection", [head(200), STATUS], "running"],
  ["chunks", [head(200, CHUNKED), chunk(STATUS.slice(0, 9)), chunk(STATUS.slice(9)), "0\r\n\r\n"], "running"],
  ["chunks without an end", [head(200, CHUNKED), chunk(STATUS)], "network 200"],
  ["a chunk without a size", [head(200, CHUNKED), "zz\r\n"], "network 200"],
  ["a chunk longer than its size", [head(200, CHUNKED), `2\r\n${STATUS}\r\n0\r\n\r\n`], "network 200"],
  ["gzip", coded("gzip", GZIP), "running"],
  ["deflate", coded("deflate", DEFLATE), "running"],
  ["brotli", coded("br", BROTLI), "running"],
  ["an unknown coding", coded("x-unknown", STATUS), "running"],
  ["broken gzip", coded("gzip", STATUS), "network 200"],
  ["broken brotli", coded("br", STATUS), "network 200"],
  ["broken deflate", coded("deflate", "\x78\x9cabc"), "network 200"],
  ["gzip that is cut off", coded("gzip", GZIP.slice(0, 20)), "network 200"],
  ["an early hint before the response", ["HTTP/1.1 103 X\r\nLink: </x>\r\n\r\n", ...whole(STATUS)], "running"],
  ["a 100 before the response", ["HTTP/1.1 100 X\r\n\r\n", ...whole(STATUS)], "running"],
  ["a header named __proto__", whole(STATUS, "__proto__: x"), "running"],
  ["101 headers", whole(STATUS, ...Array.from({ length: 98 }, (_, i) => `X-${i}: ${i}`)), "running"],
  ["a megabyte of headers", [head(200, `X-Long: ${"x".repeat(1_048_576)}`), STATUS], "network -"],
  ["a BOM", [head(200), "\xef\xbb\xbf", STATUS], "running"],
  ["a character in two packets", [head(500), "\xe2\x82", "\xac"], "http 500", "€"],
  ["no body", [head(200, "Content-Length: 0")], "malformed 200", ""],
  ["a 503 that is cut off", [head(503, CUT), "<p>Bu"], "http 503", "<p>Bu"],
  ["a 503 that is not gzip", [head(503, CUT, "Content-Encoding: gzip"), "<p>Bu"], "http 503"],
  ["a 404 that is cut off", [head(404, CUT), '{"type":"NoSuchJob"}'], "no-such-job 404", '{"type":"NoSuchJob"}'],
  ["a 404 that breaks in its chunks", [head(404, CHUNKED), chunk("<p>"), "zz"], "unspecified 404", "<p>"],
  ["a redirect", redirect("/x/chunks/jobs/{id}"), "running"],
  ["a redirect to another origin", redirect("{away}/x/chunks/jobs/{id}"), "running"],
  ["a redirect to itself", redirect("/x/a%20redirect%20to%20itself/jobs/{id}"), "network -"],
  ["a redirect without Location", [head(302, "Content-Length: 1"), "x"], "http 302", "x"],
  ["a redirect to another scheme", redirect("ftp://h/jobs/j"), "network -"],
  ["a redirect to data", redirect(`data:application/json,${encodeURIComponent(STATUS)}`), "network -"],
  ["a redirect to a URL with credentials", redirect("http://user:secret@127.0.0.1:1/"), "network -"],
];

const resetting: readonly Row[] = [
  ["a reset before the head", [], "network -"],
  ["a reset in the body", [head(200, CUT), STATUS], "network 200"],
  ["a reset in a chunk", [head(200, CHUNKED), `99\r\n${STATUS}`], "network 200"],
  ["a reset in the body of a 503", [head(503, CUT), "busy"], "http 503"],
];

/** Responses that never end. */
const open: readonly Row[] = [
  ["no head", [], "timeout -"],
  ["a head that never ends", ["HTTP/1.1 200 OK\r\n", "X: "], "timeout -"],
  ["a body that never comes", [head(200, CUT)], "timeout 200"],
  ["a body that never ends", [head(200, CHUNKED), chunk("{")], "timeout 200"],
  ["a body that never comes under a 500", [head(500, CUT)], "http 500", ""],
];

const to = (location: string, status = 302): string[] => [
  head(status, `Location: ${location}`, "Content-Length: 5"),
  "moved",
];
const SUM = '{"sum":3}';
const ELSEWHERE = "a redirect leads to something else than an http: or https: URL";

/** What servers send in place of results. The outcome is the status of the response, or what fetchResults() says. */
const results: readonly Row[] = [
  ["results", [head(200, length(SUM)), SUM], "200"],
  ["results behind a redirect", to("/x/results/jobs/{id}/moved", 301), "200"],
  ["results behind a redirect without a scheme", to("//{host}/x/results/jobs/{id}", 303), "200"],
  ["results of another origin", to("{away}/x/results/jobs/{id}", 307), "200"],
  ["results that lead to another origin and back", to("{away}/x/back/jobs/{id}", 308), "200"],
  ["back", to("{server}/x/results/jobs/{id}/back"), "200"],
  ["a 404", [head(404, "Content-Length: 0")], "404"],
  ["a redirect of results without a Location", [head(302, "Content-Length: 0")], "302"],
  ["a Location beside a 201", [head(201, "Location: /elsewhere", "Content-Length: 0")], "201"],
  ["a loop", to("/x/a%20loop/jobs/{id}"), "too many redirects"],
  ["a file", to("file:///etc/hostname"), ELSEWHERE],
  ["data", to(`data:application/json,${encodeURIComponent(SUM)}`), ELSEWHERE],
  ["an object of S3", to("s3://bucket/key"), ELSEWHERE],
  ["a script", to("javascript:alert(1)"), ELSEWHERE],
  ["ftp", to("ftp://{host}/"), ELSEWHERE],
  ["a URL with credentials", to("http://user:secret@{host}/x/results/jobs/{id}"), ELSEWHERE],
  ["no URL", to("http://["), ELSEWHERE],
];

const ending =
  (end: Exchange["end"]) =>
  ([name, bytes, outcome, body]: Row): Exchange => ({ name, bytes, end, outcome, ...(body !== undefined && { body }) });

export const ENDING: readonly Exchange[] = [...closing.map(ending("close")), ...resetting.map(ending("reset"))];
export const ENDLESS: readonly Exchange[] = open.map(ending("keep open"));
export const RESULTS: readonly Exchange[] = results.map(ending("close"));

const OWN_STATUS = '{"jobID":"{id}","status":"running","links":[{"href":"{id}/results","rel":"results"}]}';
/** The status of the job that is asked for. */
export const OWN = ending("close")(["its own status", [head(200), OWN_STATUS], "running"]);

const FLOODING = [head(200, CHUNKED), ...Array.from({ length: 1_000 }, () => chunk("x".repeat(65_536)))];
/** Longer than maxBytes. */
export const FLOOD = ending("keep open")(["a body of 64 MiB in chunks", FLOODING, "malformed 200"]);
