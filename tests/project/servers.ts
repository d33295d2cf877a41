/** Writes what each server does differently into tests/servers/SERVERS.md, and counts into README.md: `npm run servers`. */
import { readFileSync, writeFileSync } from "node:fs";
import { corpus, counts } from "../support/corpus.ts";
import type { Recorded } from "../support/recorded.ts";

const NOT_SERVERS = ["made-up", "nginx", "gateways", "ogc-1.0", "ogc-2.0-draft"];
const CODES = ["accepted", "running", "successful", "failed", "dismissed"];
const DATES = ["created", "started", "finished", "updated"];
const IDS = ["jobID", "id", "jobId", "job_id"];
const STANDARD = [...IDS, ...DATES, "type", "processID", "message", "progress", "exception", "links"];
const ERROR = ["type", "code", "title", "detail", "description", "message", "msg", "error"];

const folderOf = ({ name }: Recorded): string => name.split(/[\\/]/)[0]!;
const SERVERS = [...new Set(corpus.map(folderOf))].filter((folder) => !NOT_SERVERS.includes(folder));

type Json = Readonly<Record<string, unknown>>;
type Column = readonly [values: readonly string[], conform: RegExp];

/** What the responses of a server show of each column ("" for what may be absent), and what of that conforms. */
function columnsOf(recorded: readonly Recorded[]): Readonly<Record<string, Column>> {
  const gets = recorded.filter(({ request }) => request.method === "GET");
  const jobs = gets.filter(isStatus).map(documentOf);
  const outcomes = (about: Recorded["about"]) => gets.filter((one) => one.about === about).map(outcome);
  return {
    id: [jobs.map((job) => IDS.filter((id) => typeof job[id] === "string").join(" and ") || "none"), /^jobID$/],
    status: [jobs.map(({ status }) => String(status)).filter((word) => !CODES.includes(word)), /^$/],
    type: [jobs.map(({ type }) => String(type ?? "none")), /^process$/],
    dates: [jobs.flatMap((job) => DATES.map((name) => dateForm(job[name]))), /^(Z|offset)$/],
    progress: [jobs.map(({ progress }) => progressForm(progress)), /^integer$/],
    links: [jobs.flatMap(({ links }) => linkForms(links)), /^(absolute|relative)$/],
    null: [jobs.flatMap((job) => STANDARD.filter((name) => job[name] === null)), /^$/],
    "missing job": [outcomes("missing job"), /^404 no-such-job$/],
    "wrong URL": [outcomes("wrong URL"), /^404 (?!no-such-job$)/],
    "after DELETE": [outcomes("dismissed job"), /^(200 dismissed$|404|410)/],
    errors: [recorded.filter(({ status }) => status >= 400).map(errorForm), /^(type( title)?( detail)?|HTML)$/],
    "media type": [recorded.filter(isStatus).map(mediaType), /^application\/json$/],
  };
}

const isStatus = ({ result }: Recorded): boolean => result.kind === "StatusInfo";
const mediaType = ({ headers }: Recorded): string =>
  headers.find(([name]) => /^content-type$/i.test(name))?.[1].replace(/\s*;.*/, "") ?? "none";

const NOT_JSON: Json = {};

/** The parsed body, as an object. */
function documentOf({ body }: Recorded): Json {
  try {
    return Object(JSON.parse(new TextDecoder().decode(body)));
  } catch {
    return NOT_JSON;
  }
}

function dateForm(date: unknown): string {
  if (typeof date !== "string" || date === "") return "";
  const zone = /^\d{4}-\d\d-\d\dT[\d:.]+(.*)$/.exec(date)?.[1] ?? `"${date}"`;
  return /^[+-]\d\d:\d\d$/.test(zone) ? "offset" : zone || "no zone";
}

function progressForm(progress: unknown): string {
  if (typeof progress === "number") return Number.isInteger(progress) ? "integer" : "fraction";
  return progress === undefined || progress === null ? "" : typeof progress;
}

function linkForms(links: unknown): readonly string[] {
  if (links && !Array.isArray(links)) return ["one object"];
  const hrefs = [links ?? []].flat().map((link) => String((Object(link) as Json)["href"]));
  return ["", ...hrefs.map((href) => (/^[a-z][a-z\d+.-]*:/i.test(href) ? "absolute" : "relative"))];
}

/** How an error body says what is wrong: the names of its texts, or its media type. */
function errorForm(recorded: Recorded): string {
  const json = documentOf(recorded);
  const names = ERROR.filter((name) => (json[name] ?? null) !== null);
  if (names.length) return names.map((name) => (typeof json[name] === "object" ? `${name}{}` : name)).join(" ");
  if (recorded.body.length === 0) return "empty";
  if (json !== NOT_JSON) return "other JSON";
  return /html/.test(mediaType(recorded)) ? "HTML" : "plain text";
}

/** For example `404 no-such-job`, `404 HTML`, `200 running`. */
function outcome(recorded: Recorded): string {
  const { status, result } = recorded;
  if (result.kind === "StatusInfo") return `${status} ${result.status}`;
  if (result.reason === "no-such-job") return `${status} no-such-job`;
  const { type } = result.exception ?? {};
  return `${status} ${type === undefined ? errorForm(recorded) : `"${type}"`}`;
}

/** The distinct values in order, those that depart from the standard in bold. */
function cell([values, conform]: Column): string {
  const distinct = [...new Set(values)].filter(Boolean).sort();
  if (values.length && !distinct.length) return "none";
  const departing = distinct.filter((value) => !conform.test(value)).map((value) => `**${value}**`);
  const shown = [...distinct.filter((value) => conform.test(value)), ...departing];
  return shown.join(", ").replaceAll("|", "\\|");
}

/** SERVERS.md with a table of the corpus in place of the one that it has. */
function withTable(page: string): string {
  const titles = Object.keys(columnsOf([]));
  const rows = SERVERS.map((folder) => {
    const recorded = corpus.filter((one) => folderOf(one) === folder);
    const verbatim = recorded.filter(({ how }) => how === "verbatim").length;
    return [
      `[${folder}](${folder})`,
      `${recorded.length} (${verbatim})`,
      ...Object.values(columnsOf(recorded)).map(cell),
    ];
  });
  const table = [["server", "responses (verbatim)", ...titles], ["---", "--:", ...titles.map(() => "---")], ...rows];
  return page.replace(/^\| server [^]*/m, () => table.map((cells) => `| ${cells.join(" | ")} |\n`).join(""));
}

/** The README with counts of the corpus in place of those that it has. */
function withCounts(readme: string): string {
  const names = SERVERS.map((folder) => folder.replace(/-(v?\d|[0-9a-f]{8}(-|$)).*/, ""));
  // Variants of a server count once, such as pygeoapi-prefect.
  const servers = new Set(names.filter((name) => !names.some((other) => name.startsWith(`${other}-`))));
  const text = `**Tested with** ${counts(corpus)} of ${servers.size} servers:
[what each does differently](tests/servers/SERVERS.md).`;
  return readme.replace(/(?<=<!-- servers -->\n)[^]*(?=\n<!-- \/servers -->)/, text);
}

/** The pages that follow from the corpus, and what updates each. */
export const PAGES = { "tests/servers/SERVERS.md": withTable, "README.md": withCounts };

if (process.argv[1] === import.meta.filename)
  for (const [path, update] of Object.entries(PAGES)) writeFileSync(path, update(readFileSync(path, "utf8")));
