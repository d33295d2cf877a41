/** What servers send in place of results: for fetchResults(), in the terms of exchanges.ts. */
import { head, length, type Exchange } from "./exchanges.ts";

const to = (location: string): string[] => [head(302, `Location: ${location}`, "Content-Length: 5"), "moved"];
const BODY = '{"sum":3}';
const ELSEWHERE = "a redirect leads to something else than an http: or https: URL";

/** The outcome is the HTTP status of the response, or what the error says. */
const rows: readonly (readonly [name: string, bytes: readonly string[], outcome: string])[] = [
  ["results", [head(200, length(BODY)), BODY], "200"],
  ["results behind a redirect", to("/x/results/jobs/{id}/moved"), "200"],
  ["results behind a redirect without a scheme", to("//{host}/x/results/jobs/{id}"), "200"],
  ["results of another origin", to("{away}/x/results/jobs/{id}"), "200"],
  ["results that lead to another origin and back", to("{away}/x/back/jobs/{id}"), "200"],
  ["back", to("{server}/x/results/jobs/{id}/back"), "200"],
  ["a 404", [head(404, "Content-Length: 0")], "404"],
  ["a redirect without a Location", [head(302, "Content-Length: 0")], "302"],
  ["a Location beside a 201", [head(201, "Location: /elsewhere", "Content-Length: 0")], "201"],
  ["a loop", to("/x/a%20loop/jobs/{id}"), "too many redirects"],
  ["a file", to("file:///etc/hostname"), ELSEWHERE],
  ["a file with slashes only", to("file:/etc/hostname"), ELSEWHERE],
  ["data", to(`data:application/json,${encodeURIComponent(BODY)}`), ELSEWHERE],
  ["an object of S3", to("s3://bucket/key"), ELSEWHERE],
  ["a blob", to("blob:https://h/1"), ELSEWHERE],
  ["a script", to("javascript:alert(1)"), ELSEWHERE],
  ["ftp", to("ftp://{host}/"), ELSEWHERE],
  ["a URL with credentials", to("http://user:secret@{host}/x/results/jobs/{id}"), ELSEWHERE],
  ["no URL", to("http://["), ELSEWHERE],
];

export const RESULTS: readonly Exchange[] = rows.map(([name, bytes, outcome]) => ({
  name,
  bytes,
  end: "close",
  outcome,
}));
