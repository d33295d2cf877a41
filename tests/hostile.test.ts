import assert from "node:assert/strict";
import { getStatus, isStatusInfo } from "../src/get-status.ts";
import { answering } from "./support/stub.ts";
import { describe } from "./support/suite.ts";

describe("a hostile document", (test) => {
  test("getStatus() ignores the members of __proto__", async () => {
    const body = '{"__proto__":{"jobID":"evil","status":"failed","progress":1},"jobID":"j","status":"running"}';
    const result = await getStatus("https://h", "j", { fetch: answering(body) });
    assert.ok(result.kind === "StatusInfo");
    assert.equal(result.jobID, "j");
    assert.equal(result.status, "running");
    assert.ok(!("progress" in result));
    assert.ok(Object.hasOwn(result.document, "__proto__"));
    assert.equal(Object.getPrototypeOf(result.document), Object.prototype);
    assert.equal(Object.getPrototypeOf(result), Object.prototype);
    assert.equal(({} as { status?: string }).status, undefined);
  });

  test("getStatus() reads no member from __proto__ alone", async () => {
    const result = await getStatus("https://h", "j", {
      fetch: answering('{"__proto__":{"jobID":"evil","status":"failed"}}'),
    });
    assert.equal(result.kind === "ServerError" && result.reason, "malformed");
  });

  test("getStatus() is not confused by members with the names of a result", async () => {
    const document = {
      kind: "ServerError",
      reason: "network",
      http: { status: 1 },
      links: { length: 9 },
      document: null,
      cause: 5,
      jobID: "j",
      status: "running",
    };
    const result = await getStatus("https://h", "j", { fetch: answering(document) });
    assert.ok(isStatusInfo(result));
    assert.deepEqual(Object.keys(result), ["kind", "jobID", "status", "links", "document", "http"]);
    assert.equal(result.http.status, 200);
  });

  test("getStatus() ignores objects in place of strings, even if their toString would throw", async () => {
    const odd = { toString: 1, valueOf: 1 };
    const result = await getStatus("https://h", "j", {
      fetch: answering({ jobID: "j", status: "running", type: odd, progress: odd, links: [odd], exception: odd }),
    });
    assert.equal(result.kind, "StatusInfo");
    const other = await getStatus("https://h", "j", {
      fetch: answering({ jobID: odd, status: odd, type: odd, detail: odd }, { status: 404 }),
    });
    assert.equal(other.kind === "NotFound" && other.message, "HTTP 404");
  });

  for (const status of [200, 404, 500]) {
    test(`getStatus() survives 100,000 nested arrays in a ${status}`, async () => {
      const nested = "[".repeat(100_000) + "]".repeat(100_000);
      const plain = await getStatus("https://h", "j", { fetch: answering(nested, { status }) });
      assert.notEqual(plain.kind, "StatusInfo");
      const inside = await getStatus("https://h", "j", {
        fetch: answering(`{"jobID":"j","status":"running","x":${nested}}`, { status }),
      });
      assert.equal(inside.kind, status === 200 ? "StatusInfo" : status === 404 ? "NotFound" : "ServerError");
      const open = await getStatus("https://h", "j", { fetch: answering("[".repeat(100_000), { status }) });
      assert.notEqual(open.kind, "StatusInfo");
    });
  }

  test("getStatus() reads 100,000 links, duplicate members and huge texts", async () => {
    const links = Array.from({ length: 20_000 }, (_, i) => ({ href: `r/${i}` }));
    const many = await getStatus("https://h", "j", { fetch: answering({ jobID: "j", status: "running", links }) });
    assert.equal(many.kind === "StatusInfo" && many.links.length, 20_000);
    const twice = await getStatus("https://h", "j", {
      fetch: answering('{"jobID":"a","jobID":"b","status":"x","status":"running"}'),
    });
    assert.equal(twice.kind === "StatusInfo" && twice.jobID, "b");
    const message = "m".repeat(900_000);
    const huge = await getStatus("https://h", "j", { fetch: answering({ jobID: "j", status: "running", message }) });
    assert.equal(huge.kind === "StatusInfo" && huge.message, message);
  });

  for (const [name, entries, length, resolved] of [
    ["as many as the bound allows", 1_024, 1_024, true],
    ["one more than the bound allows", 1_025, 1_024, false],
    ["one, of a URL as long as the bound", 1, 1_048_576, true],
    ["one, of a URL longer than the bound", 1, 1_048_577, false],
  ] as const) {
    test(`getStatus() resolves relative links under a long URL: ${name}: ${resolved}`, async () => {
      const url = "https://h/jobs/".padEnd(length - 1, "x") + "/";
      const links = Array.from({ length: entries }, (_, i) => (i ? { href: "r" } : { href: "s", rel: "self" }));
      const { body, headers } = Response.json({ jobID: "j", status: "running", links });
      const result = await getStatus("https://h", "j", { fetch: async () => ({ status: 200, url, headers, body }) });
      assert.ok(result.kind === "StatusInfo");
      assert.equal(result.links.length, entries);
      assert.deepEqual(result.links[0], { href: resolved ? `${url}s` : "s", rel: "self" });
      assert.equal(result.links.at(-1)!.href, (resolved ? url : "") + (entries > 1 ? "r" : "s"));
    });
  }

  test("getStatus() counts every entry of links towards the limit, valid or not", async () => {
    const url = "https://h/jobs/".padEnd(1_023, "x") + "/";
    const links = [{ href: "r" }, ...Array.from({ length: 1_024 }, () => null)];
    const { body, headers } = Response.json({ jobID: "j", status: "running", links });
    const result = await getStatus("https://h", "j", { fetch: async () => ({ status: 200, url, headers, body }) });
    assert.deepEqual(result.kind === "StatusInfo" && result.links, [{ href: "r" }]);
  });

  test("getStatus() does not resolve a link of more than 1,024 characters", async () => {
    // Encoding a host of 300,000 different characters would take some six seconds.
    const host = Array.from({ length: 300_000 }, (_, i) => String.fromCodePoint(0x4e00 + (i % 20_000))).join("");
    const links = [{ href: `//${host}` }, { href: "x".repeat(1_024) }, { href: "x".repeat(1_025) }];
    const result = await getStatus("https://h", "j", { fetch: answering({ jobID: "j", status: "running", links }) });
    assert.deepEqual(result.kind === "StatusInfo" && result.links.map(({ href }) => href.length), [
      host.length + 2,
      "https://h/jobs/".length + 1_024,
      1_025,
    ]);
  });

  test("getStatus() reads patterns in linear time that would make a careless regular expression slow", async () => {
    const digits = `${"1".repeat(400_000)}x`;
    const scheme = `${"a".repeat(400_000)}`;
    const result = await getStatus("https://h", "j", {
      fetch: answering({
        jobID: "j",
        status: "running",
        progress: digits,
        links: [{ href: scheme }],
        type: `${"no-such-job".repeat(10_000)}!`,
      }),
    });
    assert.ok(result.kind === "StatusInfo" && !("progress" in result));
    const missing = await getStatus("https://h", "j", {
      fetch: answering({ type: `${"no-such-job".repeat(40_000)}!` }, { status: 404 }),
    });
    assert.equal(missing.kind === "NotFound" && missing.reason, "unspecified");
  });
});

describe("a secret", (test) => {
  test("getStatus() puts neither the query of the base URL nor a header into a message", async () => {
    const opts = { headers: { authorization: "Bearer secret" } };
    for (const fetch of [
      answering("", { status: 500 }),
      answering(""),
      answering("", { status: 404 }),
      () => Promise.reject(new Error("secret")),
    ]) {
      const result = await getStatus("https://h/?key=secret", "j", { ...opts, fetch });
      assert.ok(result.kind !== "StatusInfo");
      assert.doesNotMatch(result.message, /secret/);
    }
  });
});
