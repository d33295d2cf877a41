/**
 * Writes what each server of the corpus does differently into tests/servers/SERVERS.md, and the list of servers into
 * README.md: `npm run servers`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readCorpus, type Recorded } from "../support/corpus.ts";

const root = new URL("../../../", import.meta.url);
const PAGE = new URL("tests/servers/SERVERS.md", root);
const README = new URL("README.md", root);

/** Folders that are not servers. */
const OTHERS = ["made-up", "nginx", "gateways", "ogc-1.0", "ogc-2.0-draft"];
/** Names that are not those of their folders. */
const NAMES: Readonly<Record<string, string>> = {
  "actinia-ogc": "actinia",
  bbox: "BBOX",
  "chek-data-completeness": "CHEK",
  "cut-re3": "CUT RE3",
  datakaveri: "DataKaveri",
  "ecmwf-cads": "ECMWF CADS",
  "eodh-ades": "EODH ADES",
  "eoepca-ades": "EOEPCA ADES",
  geonovum: "Geonovum",
  geoserver: "GeoServer",
  goat: "GOAT",
  harmony: "NASA Harmony",
  honua: "Honua",
  insula: "Insula",
  javaps: "javaPS",
  maap: "NASA MAAP",
  "mars-soh": "MARS SOH",
  "nls-finland": "NLS Finland",
  "py-qgis-wps": "Py-QGIS-WPS",
  "pygeoapi-kubernetes-papermill": "pygeoapi",
  "pygeoapi-prefect": "pygeoapi",
  qjazz: "QJazz",
  "rs-server-staging": "RS-Server",
  spatialvault: "SpatialVault",
  swoop: "Swoop",
  tao: "TAO",
  tellurion: "Tellurion",
  "unity-sps": "NASA Unity SPS",
  up42: "UP42",
  "urban-model-platform": "Urban Model Platform",
  wasdi: "WASDI",
  weaver: "Weaver",
  "zoo-project": "ZOO-Project",
  "zoo-project-dru": "ZOO-Project",
};

const CODES = ["accepted", "running", "successful", "failed", "dismissed"];
const DATES = ["created", "started", "finished", "updated"];
const IDS = ["jobID", "id", "jobId", "job_id"];
const STANDARD = [...IDS, ...DATES, "type", "processID", "message", "progress", "exception", "links"];

type Json = Readonly<Record<string, unknown>>;

/** The distinct values in order, those that depart from the standard in bold. */
function cell(values: readonly string[], conforms: (value: string) => boolean): string {
  const distinct = [...new Set(values)].sort((a, b) => Number(conforms(b)) - Number(conforms(a)) || (a < b ? -1 : 1));
  return distinct.map((value) => (conforms(value) ? value : `**${value}**`)).join(", ");
}

const jsonOf = ({ body }: Recorded): unknown => {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
};
const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const documentOf = (recorded: Recorded): Json => jsonOf(recorded) as Json;
const mediaType = ({ headers }: Recorded): string =>
  headers
    .find(([name]) => /^content-type$/i.test(name))?.[1]
    .split(";")[0]!
    .trim() ?? "none";

/** The form of a date or of a link. */
function zone(date: string): string {
  const found = /^\d{4}-\d\d-\d\dT[\d:.]+(.*)$/.exec(date)?.[1];
  if (found === undefined) return `"${date}"`;
  if (found === "") return "no zone";
  return /^[+-]\d\d:\d\d$/.test(found) ? "offset" : found;
}
const linkForm = (href: unknown): string => (/^[a-z][a-z\d+.-]*:/i.test(String(href)) ? "absolute" : "relative");

/** How an error body says what is wrong: the names of its texts, or its media type. */
function errorForm(recorded: Recorded): string {
  if (recorded.body.length === 0) return "empty";
  const json = jsonOf(recorded);
  if (!isObject(json)) return /html/.test(mediaType(recorded)) ? "HTML" : "plain text";
  const names = ["type", "code", "title", "detail", "description", "message", "msg", "error"];
  return (
    names
      .filter((name) => json[name] !== undefined && json[name] !== null)
      .map((name) => (typeof json[name] === "object" ? `${name}{}` : name))
      .join(" ") || "other JSON"
  );
}

/** For example `404 no-such-job`, `404 HTML`, `200 running`. */
function outcome(recorded: Recorded): string {
  const { status, result } = recorded;
  if (result.kind === "StatusInfo") return `${status} ${result.status}`;
  if (result.reason === "no-such-job") return `${status} no-such-job`;
  if (result.reason === "gone") return String(status);
  return `${status} ${result.exception?.type === undefined ? errorForm(recorded) : `"${result.exception.type}"`}`;
}

interface Column {
  readonly title: string;
  /** What the standard says, and where. */
  readonly standard: string;
  /** What the library does, if a server departs from it. */
  readonly library: string;
  cell(recorded: readonly Recorded[]): string;
}

const statuses = (recorded: readonly Recorded[]): Recorded[] =>
  recorded.filter(({ result, request }) => result.kind === "StatusInfo" && request.method === "GET");
const about = (recorded: readonly Recorded[], what: Recorded["about"]): Recorded[] =>
  recorded.filter((one) => one.about === what && one.request.method === "GET");

const COLUMNS: readonly Column[] = [
  {
    title: "id",
    standard: "`jobID` (1.0, statusInfo.yaml), `id` (2.0 draft)",
    library: "reads four spellings",
    cell: (all) =>
      cell(
        statuses(all).map((one) => IDS.filter((id) => typeof documentOf(one)[id] === "string").join(" and ")),
        (id) => id === "jobID",
      ),
  },
  {
    title: "status",
    standard: "one of five codes (statusCode.yaml)",
    library: "maps names that it knows, and returns `unknown` for others",
    cell: (all) =>
      cell(
        statuses(all)
          .map((one) => String(documentOf(one)["status"]))
          .filter((name) => !CODES.includes(name)),
        () => false,
      ),
  },
  {
    title: "type",
    standard: "`process`, required (statusInfo.yaml)",
    library: "needs none",
    cell: (all) =>
      cell(
        statuses(all).map((one) => String(documentOf(one)["type"] ?? "none")),
        (type) => type === "process",
      ),
  },
  {
    title: "dates",
    standard: "optional (/rec/core/job-status); RFC 3339, so with a time zone",
    library: "keeps them as sent",
    cell: (all) =>
      cell(
        statuses(all).flatMap((one) =>
          DATES.map((name) => documentOf(one)[name])
            .filter((date) => typeof date === "string" && date !== "")
            .map((date) => zone(date as string)),
        ),
        (form) => form === "Z" || form === "offset",
      ) || (statuses(all).length > 0 ? "none" : ""),
  },
  {
    title: "progress",
    standard: "an integer from 0 to 100, optional (statusInfo.yaml)",
    library: "also reads fractions, and strings of digits",
    cell: (all) =>
      cell(
        statuses(all)
          .map((one) => documentOf(one)["progress"])
          .filter((progress) => progress !== undefined && progress !== null)
          .map((progress) =>
            typeof progress !== "number" ? typeof progress : Number.isInteger(progress) ? "integer" : "fraction",
          ),
        (form) => form === "integer",
      ) || (statuses(all).length > 0 ? "none" : ""),
  },
  {
    title: "links",
    standard: "a list (statusInfo.yaml); an `href` may be relative (link.yaml)",
    library: "resolves them, and reads one object as a list",
    cell: (all) =>
      cell(
        statuses(all).flatMap((one) => {
          const { links } = documentOf(one);
          if (isObject(links)) return ["one object"];
          return Array.isArray(links) ? links.filter(isObject).map(({ href }) => linkForm(href)) : [];
        }),
        (form) => form !== "one object",
      ) || (statuses(all).length > 0 ? "none" : ""),
  },
  {
    title: "null",
    standard: "nothing is nullable",
    library: "omits it",
    cell: (all) =>
      cell(
        statuses(all).flatMap((one) => STANDARD.filter((name) => documentOf(one)[name] === null)),
        () => false,
      ),
  },
  {
    title: "missing job",
    standard: "404 with the type no-such-job (/req/core/job-exception-no-such-job)",
    library: "`no-such-job` if the body says so, else `unspecified`",
    cell: (all) => cell(about(all, "missing job").map(outcome), (how) => how === "404 no-such-job"),
  },
  {
    title: "wrong URL",
    standard: "404 (clause 7.5, table of status codes)",
    library: "`unspecified`",
    cell: (all) =>
      cell(about(all, "wrong URL").map(outcome), (how) => how.startsWith("404") && how !== "404 no-such-job"),
  },
  {
    title: "after DELETE",
    standard: "`dismissed` (/req/dismiss/job-dismiss-success), or 404, or 410",
    library: "returns what it finds",
    cell: (all) =>
      cell(about(all, "dismissed job").map(outcome), (how) => how === "200 dismissed" || /^4(04|10)/.test(how)),
  },
  {
    title: "errors",
    standard: "`type`, with `title` and `detail` (exception.yaml), or HTML",
    library: "reads all of them into one `Exception`",
    cell: (all) =>
      cell(
        all.filter(({ status }) => status >= 400).map(errorForm),
        (form) => /^type( title)?( detail)?$/.test(form) || form === "HTML",
      ),
  },
  {
    title: "media type",
    standard: "application/json (/req/json/definition)",
    library: "parses JSON whatever it is called",
    cell: (all) =>
      cell(
        all.filter(({ result }) => result.kind === "StatusInfo").map(mediaType),
        (type) => type === "application/json",
      ),
  },
];

/** The responses of each folder, in order. */
function byFolder(corpus: readonly Recorded[]): [folder: string, recorded: Recorded[]][] {
  const folders = new Map<string, Recorded[]>();
  for (const recorded of corpus) {
    const folder = recorded.name.split("/")[0]!;
    folders.set(folder, [...(folders.get(folder) ?? []), recorded]);
  }
  return [...folders];
}

const isVerbatim = ({ how }: Recorded): boolean => how === "verbatim";

export function serversPage(corpus: readonly Recorded[]): string {
  const rows = byFolder(corpus.filter(({ name }) => !OTHERS.includes(name.split("/")[0]!))).map(
    ([folder, recorded]) => {
      const count = `${recorded.length} (${recorded.filter(isVerbatim).length})`;
      return [
        `[${folder}](${folder})`,
        count,
        ...COLUMNS.map((column) => column.cell(recorded).replaceAll("|", "\\|")),
      ];
    },
  );
  const table = (lines: readonly (readonly string[])[]): string =>
    lines.map((line) => `| ${line.join(" | ")} |`).join("\n");
  return `# What each server does differently

Computed from the responses beside this page by \`npm run servers\`: what each server sends for the status of a job. What
departs from the standard is in bold. An empty cell: no response shows it. Most servers are shown by a few responses, so a
server may do more than its row says.

${table([
  ["column", "OGC API - Processes - Part 1: Core 1.0", "getStatus"],
  ["---", "---", "---"],
  ...COLUMNS.map(({ title, standard, library }) => [title, standard, library]),
])}

${table([
  ["server", "responses (verbatim)", ...COLUMNS.map(({ title }) => title)],
  ["---", "--:", ...COLUMNS.map(() => "---")],
  ...rows,
])}
`;
}

export function serversSentence(corpus: readonly Recorded[]): string {
  const servers = corpus.filter(({ name }) => !OTHERS.includes(name.split("/")[0]!));
  const stems = byFolder(servers).map(([folder]) => folder.replace(/-(?:v?\d|[0-9a-f]{8}(?:-|$)).*$/, ""));
  const names = [...new Set(stems.map((stem) => NAMES[stem] ?? stem))].sort((a, b) => a.localeCompare(b, "en"));
  const last = names.pop();
  const text = `**Tested with** ${corpus.length} responses, ${corpus.filter(isVerbatim).length} of them verbatim, from ${names.join(", ")} and ${last}, from proxies, and from the standard's own examples: [what each server does differently](tests/servers/SERVERS.md).`;
  return text.replace(/(?![^\n]{1,100}$)([^\n]{1,100}) /g, "$1\n");
}

/** The README with this sentence in place of the one that it has. */
export function withSentence(readme: string, sentence: string): string {
  return readme.replace(
    /(<!-- servers -->\n)[^]*?(<!-- \/servers -->)/,
    (_, start, end) => `${start}${sentence}\n${end}`,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const corpus = readCorpus();
  writeFileSync(PAGE, serversPage(corpus));
  writeFileSync(README, withSentence(readFileSync(README, "utf8"), serversSentence(corpus)));
}
