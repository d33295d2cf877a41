import * as assert from "uvu/assert";
import vm from "node:vm";
import { getStatus } from "../../src/get-status.ts";
import { describe } from "../runner/suite.ts";
import { STATUS, accepted, answering, brief, bytes, getFrom, responseLike, streamOf } from "../support/fetches.ts";

const inRealm = (code: string) => vm.runInNewContext(`(${code})`) as never;
const FOR_EACH = '{ forEach(callback) { callback("1", "X-A"); } }';

describe("in another realm, as under Jest", (test) => {
  test("getStatus() reads a response, and the guards accept its result", async () => {
    const document = [...bytes(JSON.stringify(STATUS))];
    const body = streamOf([inRealm(`new Uint8Array(${JSON.stringify(document)})`)]);
    const result = await getFrom(responseLike({ headers: inRealm(FOR_EACH), body }));
    assert.is(brief(result), "running");
    assert.equal(result.http?.headers, { "x-a": "1" });
    assert.equal(accepted(inRealm(JSON.stringify(result))), ["StatusInfo"]);
    const withHeaders = (headers: unknown): object => ({ ...result, http: { ...result.http, headers } });
    assert.equal(accepted(withHeaders(inRealm('{ a: "1" }'))), ["StatusInfo"]);
    assert.equal(accepted(withHeaders(inRealm("new Map()"))), []);
  });

  for (const headers of ['{ "X-A": "1" }', '[["X-A", "1"]]', 'new Map([["X-A", "1"]])', FOR_EACH])
    test(`getStatus() takes a URL and the headers ${headers}`, async () => {
      const fetch = answering("");
      const url = inRealm('{ href: "https://h/ogc", toString() { return this.href; } }');
      await getStatus(url, "j", { fetch, headers: inRealm(headers) });
      const [requested, init] = fetch.calls[0]!;
      assert.equal([requested, init.headers], ["https://h/ogc/jobs/j", { accept: "application/json", "x-a": "1" }]);
    });
});
