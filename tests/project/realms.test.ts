import * as assert from "uvu/assert";
import vm from "node:vm";
import { Headers as UndiciHeaders, MockAgent, getGlobalDispatcher, setGlobalDispatcher } from "undici";
import { getStatus } from "../../src/get-status.ts";
import { describe } from "../runner/suite.ts";
import { STATUS as DOCUMENT, accepted, answering, brief, bytes, returning } from "../support/fetches.ts";

const STATUS = JSON.stringify(DOCUMENT);

describe("another realm", (test) => {
  const inRealm = (code: string): unknown => vm.runInNewContext(code) as unknown;

  test("getStatus() reads a response, and the guards accept a result, of another realm", async () => {
    const headers = inRealm("({ forEach(callback) { callback('1', 'X-A'); } })");
    const body = inRealm(`({ getReader() {
      const chunks = [new Uint8Array(${JSON.stringify([...bytes(STATUS)])})];
      return { read: async () => ({ done: !chunks.length, value: chunks.pop() }) };
    } })`);
    const result = await getStatus("https://h", "j", { fetch: returning({ status: 200, url: "", headers, body }) });
    assert.is(brief(result), "running");
    assert.equal(result.http?.headers, { "x-a": "1" });
    assert.equal(accepted(inRealm(`(${JSON.stringify(result)})`)), ["StatusInfo"]);
  });

  test("getStatus() accepts a URL of another realm", async () => {
    const fetch = answering("");
    const url = inRealm('({ href: "https://h/ogc", toString() { return this.href; } })');
    await getStatus(url as URL, "j", { fetch });
    assert.is(fetch.calls[0]![0], "https://h/ogc/jobs/j");
  });

  for (const code of [
    '({ "X-A": "1" })',
    '[["X-A", "1"]]',
    'new Map([["X-A", "1"]])',
    '({ forEach(callback) { callback("1", "X-A"); } })',
  ]) {
    test(`getStatus() sends the headers ${code} of another realm`, async () => {
      const fetch = answering("");
      await getStatus("https://h", "j", { fetch, headers: inRealm(code) as Record<string, string> });
      assert.equal(fetch.calls[0]![1].headers, { accept: "application/json", "x-a": "1" });
    });
  }

  test("a guard accepts http.headers of another realm, but not a Map", async () => {
    const result = await getStatus("https://h", "j", { fetch: answering(DOCUMENT) });
    for (const [code, kinds] of [
      ['({ a: "1" })', ["StatusInfo"]],
      ["new Map()", []],
    ] as const)
      assert.equal(accepted({ ...result, http: { ...result.http, headers: inRealm(code) } }), kinds);
  });
});

describe("undici", (test) => {
  test("getStatus() sends a Headers of undici", async () => {
    const fetch = answering("");
    await getStatus("https://h", "j", { fetch, headers: new UndiciHeaders({ "X-A": "1" }) });
    assert.is(fetch.calls[0]![1].headers["x-a"], "1");
  });

  test("getStatus() can be mocked by its MockAgent, and never retries", async () => {
    const before = getGlobalDispatcher();
    const agent = new MockAgent();
    agent.disableNetConnect();
    setGlobalDispatcher(agent);
    try {
      const intercept = () => agent.get("https://h").intercept({ method: "GET", path: "/jobs/j" });
      for (const status of [429, 500, 503]) {
        intercept().reply(status, "", { headers: { "retry-after": "0" } });
        assert.is(brief(await getStatus("https://h", "j")), `http ${status}`);
      }
      const refused = new Error("connect ECONNREFUSED");
      intercept().replyWithError(refused);
      const result = await getStatus("https://h", "j");
      assert.is((result.cause as Error).cause, refused);
      agent.assertNoPendingInterceptors();
    } finally {
      setGlobalDispatcher(before);
      await agent.close();
    }
  });
});
