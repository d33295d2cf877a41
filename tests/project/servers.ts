/**
 * Writes what each server of the corpus does differently into tests/servers/SERVERS.md, and the list of servers into
 * README.md: `npm run servers`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { corpus as responses, counts } from "../support/corpus.ts";
import type { Recorded } from "../support/recorded.ts";

const root = new URL("../../../", import.meta.url);

/** Folders that are not servers. */
const OTHERS = ["made-up", "nginx", "gateways", "ogc-1.0", "ogc-2.0-draft"];
/** How servers write their names; those of others are the names of their folders. */
const NAMES = `actinia, BBOX, CHEK, CUT RE3, DataKaveri, ECMWF CADS, EODH ADES, EOEPCA ADES, Geonovum, GeoServer, GOAT,
  Harmony, Honua, Insula, javaPS, MAAP, MARS SOH, NLS Finland, Py-QGIS-WPS, pygeoapi, QJazz, RS-Server, SpatialVault,
  Swoop, TAO, Tellurion, Unity SPS, UP42, Urban Model Platform, WASDI, Weaver, ZOO-Project`.split(/,\s+/);

const CODES = ["accepted", "running", "successful", "failed", "dismissed"];
const DATES = ["created", "started", "finished", "updated"];
const IDS = ["jobID", "id", "jobId", "job_id"];
const STANDARD = [...IDS, ...DATES, "type", "processID", "message", "progress", "exception", "links"];
const ERROR = ["type", "code", "title", "detail", "description", "message", "msg", "error"];

/** What a response shows of a column; "" if it lacks what is optional. */
type Values = (recorded: Recorded) => string | string[];

/** The values of each column, and which conform. SERVERS.md says what the standard wants, and what the library does. */
export const COLUMNS: Readonly<Record<string, readonly [values: Values, conform: RegExp]>> = {
  id: [ofStatus((job) => IDS.filter((id) => typeof job[id] === "string").join(" and ")), /^jobID$/],
  status: [ofStatus(({ status }) => (CODES.includes(status) ? [] : String(status))), /^$/],
  type: [ofStatus(({ type }) => String(type ?? "none")), /^process$/],
  dates: [ofStatus((job) => DATES.map((name) => dateForm(job[name]))), /^(Z|offset)$/],
  progress: [ofStatus(({ progress }) => progressForm(progress)), /^integer$/],
  links: [ofStatus(({ links }) => linkForms(links)), /^(absolute|relative)$/],
  null: [ofStatus((job) => STANDARD.filter((name) => job[name] === null)), /^$/],
  "missing job": [ofGet("missing job"), /^404 no-such-job$/],
  "wrong URL": [ofGet("wrong URL"), /^404 (?!no-such-job$)/],
  "after DELETE": [ofGet("dismissed job"), /^(200 dismissed$|404|410)/],
  errors: [(recorded) => (recorded.status >= 400 ? errorForm(recorded) : []), /^(type( title)?( detail)?|HTML)$/],
  "media type": [(recorded) => (isStatus(recorded) ? mediaType(recorded) : []), /^application\/json$/],
};

function ofStatus(read: (document: any) => string | string[]): Values {
  return (recorded) => (isStatus(recorded) && recorded.request.method === "GET" ? read(documentOf(recorded)) : []);
}

function ofGet(what: Recorded["about"]): Values {
  return (recorded) => (recorded.about === what && recorded.request.method === "GET" ? outcome(recorded) : []);
}

const isStatus = ({ result }: Recorded): boolean => result.kind === "StatusInfo";
const isVerbatim = ({ how }: Recorded): boolean => how === "verbatim";
const folderOf = ({ name }: Recorded): string => name.split("/")[0]!;
const mediaType = ({ headers }: Recorded): string =>
  headers.find(([name]) => /^content-type$/i.test(name))?.[1].replace(/\s*;.*/, "") ?? "none";

/** The parsed body, or undefined. */
function documentOf({ body }: Recorded): any {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}

function dateForm(date: unknown): string {
  if (typeof date !== "string" || date === "") return "";
  const zone = /^\d{4}-\d\d-\d\dT[\d:.]+(.*)$/.exec(date)?.[1];
  if (zone === undefined) return `"${date}"`;
  return /^[+-]\d\d:\d\d$/.test(zone) ? "offset" : zone || "no zone";
}

function progressForm(progress: unknown): string {
  if (typeof progress === "number") return Number.isInteger(progress) ? "integer" : "fraction";
  return progress === undefined || progress === null ? "" : typeof progress;
}

function linkForms(links: any): string[] {
  if (links && !Array.isArray(links)) return ["one object"];
  return ["", ...(links ?? []).map(({ href }: any) => (/^[a-z][a-z\d+.-]*:/i.test(href) ? "absolute" : "relative"))];
}

/** How an error body says what is wrong: the names of its texts, or its media type. */
function errorForm(recorded: Recorded): string {
  if (recorded.body.length === 0) return "empty";
  const json = documentOf(recorded);
  if (typeof json !== "object") return /html/.test(mediaType(recorded)) ? "HTML" : "plain text";
  const names = ERROR.filter((name) => json[name] !== undefined && json[name] !== null);
  return names.map((name) => (typeof json[name] === "object" ? `${name}{}` : name)).join(" ") || "other JSON";
}

/** For example `404 no-such-job`, `404 HTML`, `200 running`. */
function outcome(recorded: Recorded): string {
  const { status, result } = recorded;
  if (result.kind === "StatusInfo") return `${status} ${result.status}`;
  if (result.reason === "no-such-job") return `${status} no-such-job`;
  return `${status} ${result.exception?.type === undefined ? errorForm(recorded) : `"${result.exception.type}"`}`;
}

/** The distinct values in order, those that depart from the standard in bold. */
function cell(recorded: readonly Recorded[], [values, conform]: readonly [Values, RegExp]): string {
  const all = recorded.flatMap(values);
  const order = (value: string): string => (conform.test(value) ? "0" : "1") + value;
  const distinct = [...new Set(all)].filter(Boolean).sort((a, b) => (order(a) < order(b) ? -1 : 1));
  if (all.length && !distinct.length) return "none";
  return distinct
    .map((value) => (conform.test(value) ? value : `**${value}**`))
    .join(", ")
    .replaceAll("|", "\\|");
}

const serversOf = (corpus: readonly Recorded[]): string[] =>
  [...new Set(corpus.map(folderOf))].filter((folder) => !OTHERS.includes(folder));

/** The cells of each server. */
export function serverRows(corpus: readonly Recorded[]): string[][] {
  return serversOf(corpus).map((folder) => {
    const recorded = corpus.filter((one) => folderOf(one) === folder);
    const count = `${recorded.length} (${recorded.filter(isVerbatim).length})`;
    return [`[${folder}](${folder})`, count, ...Object.values(COLUMNS).map((column) => cell(recorded, column))];
  });
}

/** SERVERS.md with this table in place of the one that it has. */
export function withTable(page: string, corpus: readonly Recorded[]): string {
  const titles = Object.keys(COLUMNS);
  const head = [
    ["server", "responses (verbatim)", ...titles],
    ["---", "--:", ...titles.map(() => "---")],
  ];
  const table = [...head, ...serverRows(corpus)].map((cells) => `| ${cells.join(" | ")} |\n`).join("");
  return page.replace(/^\| server [^]*/m, () => table);
}

/** The README with this list of servers in place of the one that it has. */
export function withServers(readme: string, corpus: readonly Recorded[]): string {
  const names = serversOf(corpus).map((folder) => {
    const isIts = (name: string): boolean => folder.startsWith(name.toLowerCase().replaceAll(" ", "-"));
    return NAMES.find(isIts) ?? folder.replace(/-(v?\d|[0-9a-f]{8}(-|$)).*/, "");
  });
  const sorted = [...new Set(names)].sort((a, b) => a.localeCompare(b, "en"));
  const list = `${sorted.slice(0, -1).join(", ")} and ${sorted.at(-1)}`;
  const text = `**Tested with** ${counts(corpus)} from ${list}, from proxies, and from the standard's own examples: [what each server does differently](tests/servers/SERVERS.md).`;
  const lines = text.replace(/(?![^\n]{1,100}$)([^\n]{1,100}) /g, "$1\n");
  return readme.replace(/(?<=<!-- servers -->\n)[^]*(?=\n<!-- \/servers -->)/, lines);
}

if (process.argv[1] === import.meta.filename) {
  for (const [path, update] of Object.entries({ "tests/servers/SERVERS.md": withTable, "README.md": withServers })) {
    const file = new URL(path, root);
    writeFileSync(file, update(readFileSync(file, "utf8"), responses));
  }
}
