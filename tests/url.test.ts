import assert from "node:assert/strict";
import { getStatus } from "../src/get-status.ts";
import { answering, rejection } from "./support/stub.ts";
import { describe } from "./support/suite.ts";

const STATUS = { jobID: "j", status: "running" };

describe("the URL", (test) => {
  for (const [baseUrl, jobId, url] of [
    ["https://h", "j", "https://h/jobs/j"],
    ["https://h/", "j", "https://h/jobs/j"],
    ["https://h/ogc", "j", "https://h/ogc/jobs/j"],
    ["https://h/ogc/", "j", "https://h/ogc/jobs/j"],
    ["https://h/ogc///", "j", "https://h/ogc/jobs/j"],
    ["https://h/a//b/", "j", "https://h/a//b/jobs/j"],
    ["https://h//evil", "j", "https://h//evil/jobs/j"],
    ["https://h//", "j", "https://h/jobs/j"],
    ["https://h/ogc/?key=1", "j", "https://h/ogc/jobs/j?key=1"],
    ["https://h?key=1", "j", "https://h/jobs/j?key=1"],
    ["https://h/ogc?next=/a/&key=a%2Fb", "j", "https://h/ogc/jobs/j?next=/a/&key=a%2Fb"],
    ["https://h/ogc/?next=/a/", "j", "https://h/ogc/jobs/j?next=/a/"],
    ["https://h/ogc#top", "j", "https://h/ogc/jobs/j"],
    ["https://h/ogc?key=1#top", "j", "https://h/ogc/jobs/j?key=1"],
    ["HTTP://H:80/ogc", "j", "http://h/ogc/jobs/j"],
    ["https://h:8443", "j", "https://h:8443/jobs/j"],
    ["http://[::1]:8080/x", "j", "http://[::1]:8080/x/jobs/j"],
    ["https://münchen.example/", "j", "https://xn--mnchen-3ya.example/jobs/j"],
    ["https://h/a b/$&/", "j", "https://h/a%20b/$&/jobs/j"],
    ["https://h/a/../b", "j", "https://h/b/jobs/j"],
    ["https://h/user@host/", "j", "https://h/user@host/jobs/j"],
    ["https://h?mail=a@b", "j", "https://h/jobs/j?mail=a@b"],
    ["https://h/processes/echo", "j", "https://h/processes/echo/jobs/j"],
    ["https://h", "a/b", "https://h/jobs/a%2Fb"],
    ["https://h", "a%2Fb", "https://h/jobs/a%252Fb"],
    ["https://h", "urn:cw:wps:dsi:1:jobid:2", "https://h/jobs/urn%3Acw%3Awps%3Adsi%3A1%3Ajobid%3A2"],
    ["https://h", "a?b#c", "https://h/jobs/a%3Fb%23c"],
    ["https://h", "$& $1 $`", "https://h/jobs/%24%26%20%241%20%24%60"],
    ["https://h", "...", "https://h/jobs/..."],
    ["https://h", ".a", "https://h/jobs/.a"],
    ["https://h", "%2e%2e", "https://h/jobs/%252e%252e"],
    ["https://h", " ", "https://h/jobs/%20"],
    ["https://h", "\t\n\\", "https://h/jobs/%09%0A%5C"],
    ["https://h", "日本 😀", "https://h/jobs/%E6%97%A5%E6%9C%AC%20%F0%9F%98%80"],
    ["https://h", "(it's)!*~_", "https://h/jobs/(it's)!*~_"],
    ["https://h", "__proto__", "https://h/jobs/__proto__"],
  ] as const) {
    test(`getStatus() requests ${url} for ${JSON.stringify(jobId)} of ${baseUrl}`, async () => {
      for (const base of [baseUrl, new URL(baseUrl)]) {
        const fetch = answering(STATUS);
        const result = await getStatus(base, jobId, { fetch });
        assert.deepEqual(
          fetch.calls.map(([asked]) => asked),
          [url],
        );
        assert.equal(result.http?.url, url);
        // URL parsing does not change the URL any further when it is sent.
        assert.equal(new URL(url).href, url);
      }
    });
  }

  test("getStatus() does not modify a URL that it is given", async () => {
    const base = new URL("https://h/ogc/?key=1#top");
    await getStatus(base, "j", { fetch: answering(STATUS) });
    assert.equal(base.href, "https://h/ogc/?key=1#top");
  });

  test("getStatus() trims 1,000,000 slashes at the end, and none elsewhere, in linear time", async () => {
    // In quadratic time, this would take longer than a test file may.
    const slashes = "/".repeat(1_000_000);
    const fetch = answering(STATUS);
    await getStatus(`https://h/ogc${slashes}`, "j", { fetch });
    await getStatus(`https://h/ogc${slashes}x`, "j", { fetch });
    await getStatus(`https://h/${"/x".repeat(30_000)}`, "j", { fetch });
    assert.equal(fetch.calls[0]![0], "https://h/ogc/jobs/j");
    assert.equal(fetch.calls[1]![0], `https://h/ogc${slashes}x/jobs/j`);
    assert.equal(fetch.calls.length, 3);
  });
});

describe("an older platform", (test) => {
  test("getStatus() needs neither URL.parse nor URL.canParse, which browsers of 2022 lack", async () => {
    const names = ["parse", "canParse"];
    const before = names.map((name) => Object.getOwnPropertyDescriptor(URL, name));
    try {
      for (const name of names) Reflect.deleteProperty(URL, name);
      const fetch = answering({ ...STATUS, links: [{ href: "results" }, { href: "//[" }] });
      const result = await getStatus("https://h", "j", { fetch });
      assert.deepEqual(result.kind === "StatusInfo" && result.links.map(({ href }) => href), [
        "https://h/jobs/results",
        "//[",
      ]);
      assert.ok((await rejection(getStatus("h", "j", { fetch }))) instanceof TypeError);
    } finally {
      names.forEach((name, i) => before[i] && Object.defineProperty(URL, name, before[i]));
    }
  });
});

describe("an unusable baseUrl or jobId", (test) => {
  const jobIds: [string, unknown][] = [
    ["empty", ""],
    ["a dot segment", "."],
    ["two dots", ".."],
    ["a lone high surrogate", "a\ud800"],
    ["a lone low surrogate", "\udc00b"],
    ["undefined", undefined],
    ["null", null],
    ["a number", 5],
    ["a bigint", 5n],
    ["a symbol", Symbol("j")],
    ["an object", { toString: () => "j" }],
    ["a String object", new String("j")],
    ["an array", ["j"]],
    ["an object without a prototype", Object.create(null)],
  ];
  for (const [name, jobId] of jobIds) {
    test(`getStatus() rejects a jobId that is ${name}, and sends nothing`, async () => {
      const fetch = answering(STATUS);
      const error = await rejection(getStatus("https://h", jobId as string, { fetch }));
      assert.ok(error instanceof TypeError);
      assert.equal(error.message, 'getStatus: jobId must be a well-formed string other than "", "." and ".."');
      assert.equal(error.cause, undefined);
      assert.deepEqual(fetch.calls, []);
    });
  }

  const baseUrls: [string, unknown][] = [
    ["empty", ""],
    ["relative", "/ogc"],
    ["without a scheme", "h/ogc"],
    ["ftp", "ftp://h/"],
    ["file", "file:///etc"],
    ["data", "data:application/json,{}"],
    ["javascript", "javascript:alert(1)"],
    ["blob", "blob:https://h/1"],
    ["with a user", "https://secret@h/"],
    ["with a password", "https://user:secret@h/"],
    ["with only a password", "https://:secret@h/"],
    ["of no valid host", "https://secret secret/"],
    ["of a wrong port", "https://h:secret/"],
    ["undefined", undefined],
    ["null", null],
    ["a number", 5],
    ["a symbol", Symbol("u")],
    ["an object", {}],
    ["an object without a prototype", Object.create(null)],
    ["a URL object of another scheme", new URL("ftp://h/?secret")],
    ["a URL object with credentials", new URL("https://user:secret@h/")],
  ];
  for (const [name, baseUrl] of baseUrls) {
    test(`getStatus() rejects a baseUrl that is ${name}, without repeating it`, async () => {
      const fetch = answering(STATUS);
      const error = await rejection(getStatus(baseUrl as string, "j", { fetch }));
      assert.ok(error instanceof TypeError);
      const problem = /with (a|only a)|with credentials/.test(name)
        ? "must not contain credentials: send an Authorization header instead"
        : "must be an absolute http: or https: URL";
      assert.equal(error.message, `getStatus: baseUrl ${problem}`);
      assert.equal(error.cause, undefined);
      assert.doesNotMatch(String(error.stack), /secret/);
      assert.deepEqual(fetch.calls, []);
    });
  }

  test("getStatus() never throws synchronously", async () => {
    const calls = [
      () => getStatus("x", "j"),
      () => getStatus("https://h", ""),
      () => getStatus("https://h", "j", { fetch: 5 as never }),
      () => getStatus("https://h", "j", null as never),
      () =>
        getStatus("https://h", "j", {
          get fetch(): never {
            throw new TypeError("getter");
          },
        }),
    ];
    for (const call of calls) assert.ok((await rejection(call())) instanceof TypeError);
  });
});
