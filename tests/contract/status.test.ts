import * as assert from "uvu/assert";
import { getStatus, type Result, type StatusInfo } from "../../src/get-status.ts";
import { describe } from "../runner/suite.ts";
import { STATUS, answering, brief, getFrom, responseLike } from "../support/fetches.ts";
import { NAMES } from "../support/status-names.ts";

const getDocument = (document: object | string): Promise<Result> =>
  getStatus("https://h", "requested", { fetch: answering(document) });

/** Reads a document that has these properties, an id and a status. */
async function read(properties: object): Promise<StatusInfo> {
  const result = await getDocument({ jobID: "j", status: "running", ...properties });
  if (result.kind !== "StatusInfo") throw new Error(JSON.stringify(result));
  return result;
}

describe("status", (test) => {
  const UNKNOWN = ["unknown", "captured", "completed", "complete_with_errors", "constructor", "__proto__", "toString"];
  const ODD = [" running", "running ", "running\n", "run", "runningx", "null", "0"];

  for (const [status, names] of [...Object.entries(NAMES), ["unknown", [...UNKNOWN, ...ODD]] as const])
    for (const name of names)
      test(`getStatus() reads the status ${JSON.stringify(name)} as ${status}, in any letter case`, async () => {
        for (const sent of [name, name.toUpperCase(), name[0]!.toUpperCase() + name.slice(1)]) {
          const info = await read({ status: sent });
          assert.equal([info.status, info.document.status], [status, sent]);
        }
      });

  test("getStatus() reads the status by the letters of ASCII, whatever the locale", async () => {
    const locale = String.prototype.toLocaleLowerCase;
    String.prototype.toLocaleLowerCase = function (this: string) {
      return locale.call(this, "tr");
    };
    try {
      assert.is((await read({ status: "FINISHED" })).status, "successful");
      assert.is((await read({ status: "fİnished" })).status, "unknown");
    } finally {
      String.prototype.toLocaleLowerCase = locale;
    }
  });

  for (const status of [undefined, null, "", 5, true, {}, ["running"], { toString: 1 }])
    test(`getStatus() returns malformed for the status ${JSON.stringify(status)}`, async () => {
      assert.is(brief(await getDocument({ jobID: "j", status })), "malformed 200");
    });
});

describe("jobID", (test) => {
  for (const [properties, jobID] of [
    ...["jobID", "id", "jobId", "job_id"].map((name) => [{ [name]: "a" }, "a"]),
    [{ job_id: "d", jobId: "c", id: "b", jobID: "a" }, "a"],
    [{ job_id: "d", jobId: "c", id: "b" }, "b"],
    [{ job_id: "d", jobId: "c" }, "c"],
    [{ jobID: "", id: "b" }, "b"],
    [{ jobID: 5, id: "b" }, "b"],
    [{ jobID: "", id: "", jobId: "", job_id: "" }, "requested"],
    [{ processID: "p" }, "requested"],
    [{ processID: "" }, "requested"],
    [{ processID: 5 }, undefined],
    [{ processId: "p", process_id: "p" }, undefined],
    [{}, undefined],
    [{ jobID: 5, id: 6 }, undefined],
    [{ jobid: "a", JobID: "a", uuid: "a" }, undefined],
    [{ jobs: [{ jobID: "a" }] }, undefined],
  ] as [object, string | undefined][])
    test(`getStatus() reads the id ${String(jobID)} from ${JSON.stringify(properties)}`, async () => {
      const result = await getDocument({ status: "error", ...properties });
      if (jobID === undefined) assert.is(brief(result), "malformed 200");
      else assert.is(result.kind === "StatusInfo" && result.jobID, jobID);
    });

  test("getStatus() returns the requested id as given, not as written in the URL", async () => {
    const result = await getStatus("https://h", "a/b c", { fetch: answering({ jobID: "", status: "running" }) });
    assert.is(result.kind === "StatusInfo" && result.jobID, "a/b c");
  });
});

describe("the optional properties", (test) => {
  for (const name of ["type", "processID", "message", "created", "started", "finished", "updated"] as const)
    test(`getStatus() keeps ${name} as sent if it is a non-empty string, and omits it otherwise`, async () => {
      for (const value of ["a", " ", "none", "2022-09-02T17:30:48.201213", "&lt;b&gt;", "日本"])
        assert.is((await read({ [name]: value }))[name], value);
      for (const value of [undefined, null, "", 0, 5, true, {}, [], ["a"]])
        assert.ok(!(name in (await read({ [name]: value }))), JSON.stringify(value));
    });

  for (const [properties, processID] of [
    [{ processID: "a", processId: "b", process_id: "c" }, "a"],
    [{ processId: "b", process_id: "c" }, "b"],
    [{ process_id: "c" }, "c"],
    [{ processID: "", processId: null, process_id: "c" }, "c"],
    [{ processID: 5, processId: ["b"] }, undefined],
    [{ processid: "a", process: "b" }, undefined],
  ] as const)
    test(`getStatus() reads the process id ${processID} from ${JSON.stringify(properties)}`, async () => {
      const info = await read(properties);
      assert.is(info.processID, processID);
      assert.is("processID" in info, processID !== undefined);
    });

  for (const sent of [0, 1e-7, 12.5, 50, 99.999, 100, "0", "1", "12.25", "007", "100.0"])
    test(`getStatus() reads the progress ${JSON.stringify(sent)}, whatever the status`, async () => {
      for (const status of Object.keys(NAMES))
        assert.is((await read({ status, progress: sent })).progress, Number(sent));
    });

  const strings = "| |-1|+5|101|100.1|5.|.5|1e1|0x10| 5|5 |5%|5,5|NaN|5\n|٥|1.2.3|Infinity".split("|");
  for (const progress of [undefined, null, -1, -0.1, 100.1, 101, 1e99, true, [], [5], {}, ...strings])
    test(`getStatus() omits the progress ${JSON.stringify(progress)}, whatever the status`, async () => {
      for (const status of Object.keys(NAMES)) assert.not("progress" in (await read({ status, progress })));
    });

  test("getStatus() returns the whole document as parsed, whatever its Content-Type", async () => {
    const ignored = { jobID: "", type: null, progress: "x", links: "none", metadata: [["a"]] };
    const document = { ...ignored, id: "x", status: "CAPTURED" };
    for (const type of ["text/html", "application/json; profile=ogc", "", "nonsense"]) {
      const fetch = answering(document, { headers: { "content-type": type } });
      assert.equal(await getStatus("https://h", "requested", { fetch }), {
        kind: "StatusInfo",
        jobID: "x",
        status: "unknown",
        links: [],
        document,
        http: { status: 200, url: "https://h/jobs/requested", headers: { "content-type": type } },
      });
    }
  });
});

describe("links", (test) => {
  for (const [sent, href] of [
    ["https://other/results?f=json#x", "https://other/results?f=json#x"],
    ["javascript:alert(1)", "javascript:alert(1)"],
    ["C+D.e-1:x", "C+D.e-1:x"],
    ["results", "https://h/jobs/results"],
    ["/results", "https://h/results"],
    ["//other/results", "//other/results"],
    ["/\\other/results", "/\\other/results"],
    ["a\\b", "a\\b"],
    ["日本", "日本"],
    ["\t//other/", "\t//other/"],
    ["\u007f", "\u007f"],
    ["/a//b", "https://h/a//b"],
    ["my results.tif", "https://h/jobs/my%20results.tif"],
    [" results", "https://h/jobs/results"],
    [" //other/", " //other/"],
    [`!"#$%&'()*+,-./0~`, `https://h/jobs/!%22#$%&'()*+,-./0~`],
    ["{a}", "https://h/jobs/%7Ba%7D"],
    ["?f=html", "https://h/jobs/requested?f=html"],
    ["#log", "https://h/jobs/requested#log"],
    ["../", "https://h/"],
    [" https://other/ ", " https://other/ "],
    ["1:2", "https://h/jobs/1:2"],
    ["a/b:c", "https://h/jobs/a/b:c"],
  ] as [string, string][])
    test(`getStatus() resolves the href ${JSON.stringify(sent)} to ${href}`, async () => {
      assert.equal((await read({ links: [{ href: sent }] })).links, [{ href }]);
    });

  for (const name of ["rel", "type", "hreflang", "title"] as const)
    test(`getStatus() keeps ${name} of a link if it is a non-empty string, and omits it otherwise`, async () => {
      const link = async (value: unknown) =>
        (await read({ links: [{ href: "https://h/", [name]: value, length: 5 }] })).links[0];
      assert.equal(await link("x"), { href: "https://h/", [name]: "x" });
      for (const value of [null, "", 5, {}, ["x"]]) assert.equal(await link(value), { href: "https://h/" });
    });

  test("getStatus() omits entries that are not links, and keeps the order of the rest", async () => {
    const hrefs = [null, "", 5, {}].map((href) => ({ href }));
    const invalid = [null, 5, "https://h/", [], ["https://h/"], {}, ...hrefs];
    const valid = ["https://h/2", "https://h/1"].map((href) => ({ rel: "self", href }));
    assert.equal((await read({ links: [...invalid, valid[0], ...invalid, valid[1]] })).links, valid);
  });

  test("getStatus() reads a single link object as a list of one", async () => {
    const links = { href: "a", rel: "self", title: "" };
    assert.equal((await read({ links })).links, [{ href: "https://h/jobs/a", rel: "self" }]);
  });

  const objects = [{}, { rel: "self" }, { href: "" }, { 0: { href: "x" }, length: 1 }];
  for (const links of [undefined, null, "", "https://h/", 5, ...objects])
    test(`getStatus() returns no links for ${JSON.stringify(links)}`, async () => {
      assert.equal((await read({ links })).links, []);
    });

  /** Reads links of a response that has this URL. */
  async function linksAt(url: string, links: unknown): Promise<StatusInfo["links"]> {
    const { body } = Response.json({ ...STATUS, links });
    const result = await getFrom(responseLike({ url, body }));
    return result.kind === "StatusInfo" ? result.links : [];
  }

  test("getStatus() resolves links against the final URL, and leaves them as sent if that is impossible", async () => {
    const moved = await linksAt("https://moved.example/api/jobs/1/", [{ href: "results" }]);
    assert.equal(moved, [{ href: "https://moved.example/api/jobs/1/results" }]);
    assert.equal(await linksAt("about:blank", [{ href: "results" }]), [{ href: "results" }]);
  });

  test("getStatus() resolves links if their number times the length of the URL is at most 1,048,576", async () => {
    for (const [count, length, resolved] of [
      [1_024, 1_024, true],
      [1_025, 1_024, false],
      [1, 1_048_576, true],
      [1, 1_048_577, false],
    ] as const) {
      const url = "https://h/jobs/".padEnd(length - 1, "x") + "/";
      const link = { href: `${resolved ? url : ""}r` };
      assert.equal(await linksAt(url, Array(count).fill({ href: "r" })), Array(count).fill(link));
      // Entries that are not links count, too.
      assert.equal(await linksAt(url, [...Array(count - 1).fill(null), { href: "r" }]), [link]);
    }
  });

  test("getStatus() takes linear time for links with long international hosts, and for long paths", async () => {
    // `new URL` would take seconds to encode these hosts.
    const host = Array.from({ length: 100_000 }, (_, i) => String.fromCodePoint(0x4e00 + (i % 20_000))).join("");
    const hrefs = [`//${host}`, ...Array(340).fill(`//${host.slice(0, 1_000)}`)];
    const paths = ["x".repeat(100_000), "../".repeat(30_000), `${" ".repeat(100_000)}\t`];
    const { links } = await read({ links: [...hrefs, ...paths].map((href) => ({ href })) });
    const resolved = [`https://h/jobs/${paths[0]}`, "https://h/", paths[2]];
    assert.equal(
      links.map(({ href }) => href),
      [...hrefs, ...resolved],
    );
  });
});
