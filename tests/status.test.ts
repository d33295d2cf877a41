import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { getStatus, type StatusInfo } from "../src/get-status.ts";
import { answering } from "./support/stub.ts";
import { describe } from "./support/suite.ts";

const REQUESTED_URL = "https://h/jobs/requested";

async function read(document: object): Promise<StatusInfo> {
  const fetch = answering(document);
  const result = await getStatus("https://h", "requested", { fetch });
  assert.equal(result.kind, "StatusInfo", JSON.stringify(result));
  assert.equal(fetch.calls.length, 1);
  return result as StatusInfo;
}

describe("a status", (test) => {
  const words: [StatusInfo["status"], string[]][] = [
    ["created", ["created"]],
    ["accepted", ["accepted", "queued", "pending"]],
    ["running", ["running", "started", "paused"]],
    ["successful", ["successful", "succeeded", "finished"]],
    ["failed", ["failed", "error", "rejected", "lost"]],
    ["dismissed", ["dismissed", "canceled", "cancelled", "deleted"]],
    [
      "unknown",
      [
        "unknown",
        "captured",
        "valid",
        "released",
        "constructor",
        "__proto__",
        "toString",
        "hasOwnProperty",
        "running ",
        " running",
        "run",
        "runningx",
        "null",
        "0",
        "running\n",
      ],
    ],
  ];
  for (const [status, list] of words) {
    for (const word of list) {
      test(`getStatus() reads ${JSON.stringify(word)} as ${status}, in any case`, async () => {
        for (const sent of [word, word.toUpperCase(), word[0]!.toUpperCase() + word.slice(1)]) {
          const info = await read({ jobID: "j", status: sent });
          assert.equal(info.status, status);
          assert.equal(info.document.status, sent);
        }
      });
    }
  }

  test("getStatus() recognises the words of the table above, and no others", () => {
    const source = readFileSync(new URL("../../src/get-status.ts", import.meta.url), "utf8");
    const table = /^const STATUS_WORDS.*? = (\[.*?^\]);$/ms.exec(source)?.[1] ?? "";
    const recognised = [...table.matchAll(/"([^"]*)"/g)].map(([, word]) => word);
    assert.deepEqual(
      recognised,
      words.filter(([status]) => status !== "unknown").flatMap(([, list]) => list),
    );
  });

  for (const status of [undefined, null, "", 5, true, {}, ["running"], { toString: 1 }]) {
    test(`getStatus() returns malformed for a document with the status ${JSON.stringify(status)}`, async () => {
      const result = await getStatus("https://h", "requested", { fetch: answering({ jobID: "j", status }) });
      assert.deepEqual(result, {
        kind: "ServerError",
        reason: "malformed",
        message: "Response body is not a job status: it has no status or no job id",
        body: JSON.stringify({ jobID: "j", status }),
        http: { status: 200, url: REQUESTED_URL, headers: { "content-type": "application/json" } },
      });
    });
  }
});

describe("an id", (test) => {
  const ids: [string, object, string | undefined][] = [
    ["jobID (1.0)", { jobID: "a" }, "a"],
    ["id (2.0 draft)", { id: "a" }, "a"],
    ["jobId", { jobId: "a" }, "a"],
    ["job_id", { job_id: "a" }, "a"],
    ["jobID before the others", { job_id: "d", jobId: "c", id: "b", jobID: "a" }, "a"],
    ["id before jobId and job_id", { job_id: "d", jobId: "c", id: "b" }, "b"],
    ["jobId before job_id", { job_id: "d", jobId: "c" }, "c"],
    ["id if jobID is empty", { jobID: "", id: "b" }, "b"],
    ["id if jobID is null", { jobID: null, id: "b" }, "b"],
    ["id if jobID is a number", { jobID: 5, id: "b" }, "b"],
    ["the requested id if jobID is empty", { jobID: "" }, "requested"],
    ["the requested id if all are empty", { jobID: "", id: "", jobId: "", job_id: "" }, "requested"],
    ["no member if all are absent", {}, undefined],
    ["no member if all are numbers", { jobID: 5, id: 6 }, undefined],
    ["no member if jobID is null", { jobID: null }, undefined],
    ["no member of another name", { jobid: "a", JobID: "a", uuid: "a" }, undefined],
  ];
  for (const [name, members, jobID] of ids) {
    test(`getStatus() reads the id from ${name}`, async () => {
      const result = await getStatus("https://h", "requested", { fetch: answering({ status: "running", ...members }) });
      if (jobID !== undefined) assert.equal(result.kind === "StatusInfo" && result.jobID, jobID);
      else assert.equal(result.kind === "ServerError" && result.reason, "malformed");
    });
  }

  test("getStatus() returns the requested id as given, not as written in the URL", async () => {
    const fetch = answering({ jobID: "", status: "running" });
    const result = await getStatus("https://h", "a/b c", { fetch });
    assert.equal(result.kind === "StatusInfo" && result.jobID, "a/b c");
  });

  test("getStatus() does not read an error envelope as a job", async () => {
    for (const envelope of [
      { status: "error", message: "Invalid API key" },
      { status: "fail", code: 401 },
      { status: "running", jobs: [{ jobID: "a" }] },
    ]) {
      const result = await getStatus("https://h", "requested", { fetch: answering(envelope) });
      assert.equal(result.kind === "ServerError" && result.reason, "malformed");
    }
  });
});

describe("the optional members", (test) => {
  for (const name of ["type", "processID", "message", "created", "started", "finished", "updated"] as const) {
    test(`getStatus() keeps ${name} as sent if it is a non-empty string`, async () => {
      for (const value of ["a", " ", "none", "2022-09-02T17:30:48.201213", "&lt;b&gt;", "日本"]) {
        assert.equal((await read({ jobID: "j", status: "running", [name]: value }))[name], value);
      }
    });
    test(`getStatus() leaves out ${name} if it is anything else`, async () => {
      for (const value of [undefined, null, "", 0, 5, true, {}, [], ["a"]]) {
        assert.ok(!(name in (await read({ jobID: "j", status: "running", [name]: value }))), JSON.stringify(value));
      }
    });
  }

  for (const [sent, progress] of [
    [0, 0],
    [100, 100],
    [50, 50],
    [12.5, 12.5],
    [1e-7, 1e-7],
    [99.999, 99.999],
    ["0", 0],
    ["1", 1],
    ["100", 100],
    ["12.5", 12.5],
    ["12.25", 12.25],
    ["007", 7],
    ["100.0", 100],
  ] as const) {
    test(`getStatus() reads the progress ${JSON.stringify(sent)} as ${progress}`, async () => {
      assert.equal((await read({ jobID: "j", status: "running", progress: sent })).progress, progress);
    });
  }

  for (const progress of [
    undefined,
    null,
    "",
    " ",
    -1,
    -0.1,
    100.1,
    101,
    1e99,
    "-1",
    "+5",
    "101",
    "100.1",
    "5.",
    ".5",
    "1e1",
    "0x10",
    " 5",
    "5 ",
    "5%",
    "50 %",
    "5,5",
    "NaN",
    "Infinity",
    "5\n",
    "٥",
    "1.2.3",
    true,
    [],
    [5],
    {},
    { value: 5 },
  ]) {
    test(`getStatus() leaves out the progress ${JSON.stringify(progress)}`, async () => {
      assert.ok(!("progress" in (await read({ jobID: "j", status: "running", progress }))));
    });
  }

  test("getStatus() leaves out a progress that JSON parses as Infinity", async () => {
    const fetch = answering('{"jobID":"j","status":"running","progress":1e999}');
    assert.ok(!("progress" in (await getStatus("https://h", "j", { fetch }))));
  });

  test("getStatus() reads a running job whose finished is null", async () => {
    assert.deepEqual(await read({ jobID: "j", status: "running", finished: null, progress: 95 }), {
      kind: "StatusInfo",
      jobID: "j",
      status: "running",
      progress: 95,
      links: [],
      document: { jobID: "j", status: "running", finished: null, progress: 95 },
      http: { status: 200, url: REQUESTED_URL, headers: { "content-type": "application/json" } },
    });
  });

  test("getStatus() returns the whole document as parsed, with members that the type does not declare", async () => {
    const document = {
      jobID: "",
      id: "x",
      status: "CAPTURED",
      type: null,
      percentCompleted: 12.5,
      metadata: { log: [["a", "b"]] },
      links: "none",
      exception: [],
      progress: "x",
      kind: "NotFound",
      http: { status: 500 },
      document: 5,
      reason: "gone",
    };
    const info = await read(document);
    assert.deepEqual(info.document, document);
    assert.equal(info.kind, "StatusInfo");
    assert.equal(info.http.status, 200);
  });

  for (const status of [200, 201, 202, 203, 206, 299]) {
    test(`getStatus() reads a status document of a ${status}`, async () => {
      const fetch = answering({ jobID: "j", status: "running" }, { status });
      const result = await getStatus("https://h", "j", { fetch });
      assert.equal(result.kind, "StatusInfo");
      assert.equal(result.http?.status, status);
    });
  }

  test("getStatus() ignores the Content-Type", async () => {
    for (const type of ["text/html", "application/xml", "application/json; profile=ogc", "", "nonsense"]) {
      const fetch = answering('{"jobID":"j","status":"running"}', { headers: { "content-type": type } });
      assert.equal((await getStatus("https://h", "j", { fetch })).kind, "StatusInfo");
    }
  });
});

describe("the links", (test) => {
  const hrefs: [string, string][] = [
    ["https://other/results?f=json#x", "https://other/results?f=json#x"],
    ["HTTPS://Other/%7e", "HTTPS://Other/%7e"],
    ["s3://bucket/key", "s3://bucket/key"],
    ["urn:ogc:def", "urn:ogc:def"],
    ["javascript:alert(1)", "javascript:alert(1)"],
    ["c+d.e-1:x", "c+d.e-1:x"],
    ["c:é", "c:é"],
    ["results", "https://h/jobs/results"],
    ["requested/results", "https://h/jobs/requested/results"],
    ["/results", "https://h/results"],
    ["//other/results", "https://other/results"],
    ["?f=html", "https://h/jobs/requested?f=html"],
    ["#log", "https://h/jobs/requested#log"],
    ["../", "https://h/"],
    [" https://other/ ", "https://other/"],
    ["1:2", "https://h/jobs/1:2"],
    ["./a:b", "https://h/jobs/a:b"],
    ["//[", "//["],
    ["http", "https://h/jobs/http"],
  ];
  for (const [sent, href] of hrefs) {
    test(`getStatus() resolves the href ${JSON.stringify(sent)} to ${href}`, async () => {
      assert.deepEqual((await read({ jobID: "j", status: "running", links: [{ href: sent }] })).links, [{ href }]);
    });
  }

  test("getStatus() resolves links against the final URL", async () => {
    const response = Response.json({ jobID: "j", status: "running", links: [{ href: "results" }] });
    Object.defineProperty(response, "url", { value: "https://moved.example/api/jobs/1/" });
    const result = await getStatus("https://h", "j", { fetch: async () => response });
    assert.equal(result.kind === "StatusInfo" && result.links[0]?.href, "https://moved.example/api/jobs/1/results");
    assert.equal(result.http?.url, "https://moved.example/api/jobs/1/");
  });

  test("getStatus() keeps an href as sent if the URL of the response cannot be a base URL", async () => {
    const response = Response.json({ jobID: "j", status: "running", links: [{ href: "results" }] });
    Object.defineProperty(response, "url", { value: "about:blank" });
    const result = await getStatus("https://h", "j", { fetch: async () => response });
    assert.equal(result.kind === "StatusInfo" && result.links[0]?.href, "results");
  });

  for (const name of ["rel", "type", "hreflang", "title"] as const) {
    test(`getStatus() keeps ${name} of a link if it is a non-empty string`, async () => {
      const link = async (value: unknown) =>
        (await read({ jobID: "j", status: "running", links: [{ href: "https://h/", [name]: value, length: 5 }] }))
          .links[0]!;
      assert.deepEqual(await link("x"), { href: "https://h/", [name]: "x" });
      for (const value of [null, "", 5, {}, ["x"]]) assert.deepEqual(await link(value), { href: "https://h/" });
    });
  }

  test("getStatus() leaves out entries that are not links, and keeps the order of the rest", async () => {
    const links = [
      null,
      5,
      "https://h/",
      [],
      ["https://h/"],
      {},
      { href: null },
      { href: "" },
      { href: 5 },
      { href: ["https://h/"] },
      { rel: "self", href: "https://h/1" },
      { href: {} },
      { rel: "self", href: "https://h/2" },
    ];
    assert.deepEqual((await read({ jobID: "j", status: "running", links })).links, [
      { href: "https://h/1", rel: "self" },
      { href: "https://h/2", rel: "self" },
    ]);
  });

  for (const links of [
    undefined,
    null,
    "",
    "https://h/",
    5,
    {},
    { rel: "self" },
    { href: "" },
    { 0: { href: "https://h/" }, length: 1 },
  ]) {
    test(`getStatus() returns no links for ${JSON.stringify(links)}`, async () => {
      assert.deepEqual((await read({ jobID: "j", status: "running", links })).links, []);
    });
  }
});

describe("a single link", (test) => {
  test("getStatus() reads a link object as a list of one (DataKaveri)", async () => {
    assert.deepEqual((await read({ jobID: "j", status: "running", links: { href: "a", rel: "self" } })).links, [
      { href: "https://h/jobs/a", rel: "self" },
    ]);
  });
});

describe("the id of the process", (test) => {
  for (const [members, processID] of [
    [{ processID: "a", processId: "b", process_id: "c" }, "a"],
    [{ processId: "b", process_id: "c" }, "b"],
    [{ process_id: "c" }, "c"],
    [{ processID: "", processId: null, process_id: "c" }, "c"],
    [{ processID: 5, processId: ["b"] }, undefined],
    [{ processid: "a", process: "b" }, undefined],
  ] as const) {
    test(`getStatus() reads ${String(processID)} from ${JSON.stringify(members)}`, async () => {
      const info = await read({ jobID: "j", status: "running", ...members });
      assert.equal(info.processID, processID);
      assert.equal("processID" in info, processID !== undefined);
    });
  }
});

describe("the exception of a failed job", (test) => {
  const exceptions: [string, unknown, object | undefined][] = [
    [
      "all of RFC 9457",
      { type: "t", title: "T", detail: "d", instance: "i", status: 400 },
      { type: "t", title: "T", detail: "d", instance: "i", status: 400 },
    ],
    ["type alone", { type: "t" }, { type: "t" }],
    ["title alone", { title: "T" }, { title: "T" }],
    ["detail alone", { detail: "d" }, { detail: "d" }],
    ["instance and status alone", { instance: "i", status: 400 }, undefined],
    ["nothing", {}, undefined],
    ["empty texts", { type: "", title: "", detail: "" }, undefined],
    ["texts of wrong types", { type: 5, title: null, detail: ["d"] }, undefined],
    ["some texts of wrong types", { type: "t", title: 5, detail: null, instance: {} }, { type: "t" }],
    ["a status as string", { type: "t", status: "400" }, { type: "t" }],
    ["a fractional status", { type: "t", status: 400.5 }, { type: "t" }],
    ["a null status", { type: "t", status: null }, { type: "t" }],
    ["extra members", { type: "t", code: "x", trace_id: "y" }, { type: "t" }],
    [
      "code and description (opengeospatial/ogcapi-processes#32)",
      { code: "1", description: "d" },
      { type: "1", detail: "d" },
    ],
    ["null", null, undefined],
    ["a text", "boom", undefined],
    ["a list", [{ type: "t" }], undefined],
    ["a number", 5, undefined],
  ];
  for (const [name, sent, exception] of exceptions) {
    test(`getStatus() reads an exception with ${name}`, async () => {
      for (const status of ["failed", "running", "captured"]) {
        const info = await read({ jobID: "j", status, exception: sent });
        assert.deepEqual(info.exception, exception);
        assert.equal("exception" in info, exception !== undefined);
      }
    });
  }
});
