import * as assert from "uvu/assert";
import { getStatus, type Fetch, type Result } from "../../src/get-status.ts";
import { describe } from "../runner/suite.ts";
import { STATUS, answering, brief, bytes, chunks, getFrom, responseLike, streamOf } from "../support/fetches.ts";
import { HOSTILE } from "../support/hostile.ts";

const DOCUMENT = '{"jobID":"j","status":"running","message":"é€😀"}';
const BYTES = bytes(DOCUMENT);
const TOO_LARGE = "Response body is too large (see maxBytes)";

function read(body: BodyInit | null, status = 200, maxBytes?: number): Promise<Result> {
  const headers = { "retry-after": "5" };
  return getStatus("https://h", "j", { fetch: async () => new Response(body, { status, headers }), maxBytes });
}

/** The body of a 500, which is returned as it was read. */
async function textOf(body: BodyInit | null, maxBytes?: number): Promise<string | undefined> {
  const result = await read(body, 500, maxBytes);
  return result.kind === "ServerError" ? result.body : undefined;
}

const RUNNING = JSON.stringify(STATUS);
const NO_RESPONSE = "fetch did not return a Response with a readable body: see cause";

function split(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.slice(i * size, (i + 1) * size));
}

describe("the text of the body", (test) => {
  for (const View of [Uint8Array, Uint8ClampedArray, Int8Array])
    test(`getStatus() reads chunks of any size that are a ${View.name}, with empty ones between them`, async () => {
      for (let size = 1; size <= BYTES.length; size++) {
        const parts = split(BYTES, size).flatMap((part) => [View.of(), View.from(part), View.of()]);
        assert.is((await getFrom(responseLike({ body: streamOf(parts) }))).message, "é€😀", `chunks of ${size}`);
      }
    });

  for (const [name, bytes, text] of [
    ["nothing", [], ""],
    ["a BOM", [0xef, 0xbb, 0xbf], ""],
    ["a BOM and text", [0xef, 0xbb, 0xbf, 0x61], "a"],
    ["two BOMs", [0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf], "\ufeff"],
    ["a BOM in the middle", [0x61, 0xef, 0xbb, 0xbf, 0x62], "a\ufeffb"],
    ["half a BOM", [0xef, 0xbb], "\ufffd"],
    ["an invalid byte", [0x61, 0xff, 0x62], "a\ufffdb"],
    ["Latin-1", [0x4a, 0xfc, 0x72], "J\ufffdr"],
    ["a character cut off at the end", [0x61, 0xe2, 0x82], "a\ufffd"],
    ["half a surrogate pair", [0xed, 0xa0, 0x80], "\ufffd\ufffd\ufffd"],
    ["an overlong slash", [0xc0, 0xaf], "\ufffd\ufffd"],
    ["UTF-16", [0xff, 0xfe, 0x7b, 0x00], "\ufffd\ufffd{\0"],
    ["a NUL", [0x61, 0x00], "a\0"],
    ["a character whose second byte is 0x80", [0xe2, 0x80, 0xa6], "…"],
    ["ASCII around the limits of a byte", [0x7e, 0x7f, 0xc2, 0x80], "~\u007f\u0080"],
  ] as [string, number[], string][])
    test(`getStatus() decodes ${name} as UTF-8, whole or in chunks of any size`, async () => {
      const whole = new Uint8Array(bytes);
      assert.is(await textOf(whole), text);
      for (let size = 1; size < bytes.length; size++) assert.is(await textOf(chunks(split(whole, size))), text);
    });

  test("getStatus() decodes UTF-8 whatever charset the Content-Type names", async () => {
    for (const charset of ["iso-8859-1", "utf-16", "windows-1252", "nonsense"]) {
      const headers = { "content-type": `application/json; charset=${charset}` };
      assert.is((await getFrom(new Response(BYTES, { headers }))).message, "é€😀");
    }
  });
});

describe("maxBytes", (test) => {
  test("getStatus() reads a body of exactly maxBytes, and does not parse one that is a byte longer", async () => {
    for (const body of [() => BYTES, () => chunks(split(BYTES, 9)), () => chunks(split(BYTES, 1))]) {
      assert.is(brief(await read(body(), 200, BYTES.length)), "running");
      const over = await read(body(), 200, BYTES.length - 1);
      assert.equal([brief(over), over.message], ["malformed 200", TOO_LARGE]);
      assert.is(over.kind === "ServerError" && over.body, DOCUMENT.slice(0, -1));
    }
    // Not even if the first bytes are valid JSON.
    const json = '{"jobID":"j","status":"running","type":"NoSuchJob"}';
    for (const outcome of ["malformed 200", "http 400", "unspecified 404", "http 500"]) {
      const status = Number(outcome.slice(-3));
      const result = await read(`${json} `, status, json.length);
      assert.is(brief(result), outcome);
      assert.ok(result.kind !== "StatusInfo" && result.body === json && !("exception" in result));
      assert.is(result.message, status === 200 ? TOO_LARGE : `HTTP ${status}`);
    }
  });

  test("getStatus() does not cut a character in two", async () => {
    const bytes = new TextEncoder().encode("aé€😀");
    const expected = ["", "a", "a", "aé", "aé", "aé", "aé€", "aé€", "aé€", "aé€", "aé€😀"];
    for (const [maxBytes, text] of expected.entries()) {
      assert.is(await textOf(bytes, maxBytes), text, `whole, ${maxBytes}`);
      assert.is(await textOf(chunks(split(bytes, 1)), maxBytes), text, `byte by byte, ${maxBytes}`);
    }
  });

  test("getStatus() accepts only an empty body if maxBytes is 0, and counts whole bytes", async () => {
    assert.is((await read("", 200, 0)).message, "Response body is empty");
    assert.is((await read("a", 200, 0)).message, TOO_LARGE);
    assert.is(await textOf("a", 0), "");
    assert.is(await textOf("a", 1.5), "a");
    assert.is(await textOf("ab", 1.5), "a");
    assert.is(await textOf(chunks(["a", "b"]), 1.5), "a");
  });

  test("getStatus() reads 2 MiB by default, and everything with Infinity", async () => {
    const most = "x".repeat(2_097_152);
    // Not assert.equal, which would print the texts.
    assert.ok((await textOf(most)) === most);
    assert.ok((await textOf(`${most}y`)) === most);
    assert.is((await read(`${most}y`)).message, TOO_LARGE);
    assert.ok((await textOf(`${most}y`, Infinity)) === `${most}y`);
  });

  test("getStatus() stops reading when the limit is exceeded, and cancels the stream once", async () => {
    for (const status of [200, 404, 500]) {
      let [pulled, cancelled] = [0, 0];
      const endless = new ReadableStream(
        { pull: (to) => (pulled++, to.enqueue(new Uint8Array(1_000).fill(97))), cancel: () => void cancelled++ },
        { highWaterMark: 0 },
      );
      const result = await read(endless, status, 10_500);
      assert.is(result.kind !== "StatusInfo" && result.body, "a".repeat(10_500));
      assert.equal([pulled, cancelled], [11, 1]);
    }
  });

  test("getStatus() does not cancel a stream that it has read to its end", async () => {
    for (const status of [200, 404, 500]) {
      let cancelled = 0;
      const body = streamOf([BYTES], () => cancelled++);
      await getFrom(responseLike({ status, body }), { maxBytes: BYTES.length });
      assert.is(cancelled, 0);
    }
  });
});

describe("a body that is cut off", (test) => {
  const cause = new TypeError("terminated");
  const cutOff = (parts: (string | Uint8Array)[]): BodyInit => chunks(parts, { error: cause });

  for (const status of [200, 201, 206])
    test(`getStatus() returns network with http for a ${status}`, async () => {
      for (const parts of [[], [DOCUMENT], ['{"jobID":'], ['{"type":"t"}']]) {
        const result = await read(cutOff(parts), status);
        assert.equal(result, {
          kind: "ServerError",
          reason: "network",
          message: "Response body could not be read to the end: see cause",
          http: { status, url: "https://h/jobs/j", headers: { "retry-after": "5" } },
          cause,
        });
        assert.is(result.cause, cause);
      }
    });

  for (const outcome of ["http 302", "http 400", "unspecified 404", "gone 410", "http 500"])
    test(`getStatus() returns ${outcome}, with what had arrived`, async () => {
      for (const [body, parts] of Object.entries({
        "": [],
        "<p>503 €": ["<p>5", "03 €"],
        a: ["a", new Uint8Array([0xe2, 0x82])],
      })) {
        const result = await read(cutOff(parts), Number(outcome.slice(-3)));
        assert.is(brief(result), outcome);
        assert.ok(result.kind !== "StatusInfo" && result.body === body && !("cause" in result));
      }
    });

  test("getStatus() reads the exception if it had arrived", async () => {
    const result = await read(cutOff(['{"type":"NoSuchJob",', '"detail":"d"}']), 404);
    assert.equal([brief(result), result.message], ["no-such-job 404", "d"]);
    assert.equal(result.exception, { type: "NoSuchJob", detail: "d" });
  });
});

describe("a hostile fetch", (test) => {
  for (const hostile of HOSTILE)
    test(`getStatus() returns a result for ${hostile.name}`, async () => {
      for (const status of [200, 404, 500]) {
        let cancelled = 0;
        const fetch = (async () => hostile.respond(status, () => cancelled++)) as Fetch;
        const result = await getStatus("https://h", "j", { fetch, maxBytes: 1_000 });
        const ofStatus = status === 200 ? "malformed 200" : status === 404 ? "unspecified 404" : "http 500";
        const cutOff = status === 200 ? "network 200" : ofStatus;
        const [outcome, message] = {
          failed: ["network -", "Request failed: see cause"],
          "no Response": ["network -", NO_RESPONSE],
          "cut off": [cutOff, "Response body could not be read to the end: see cause"],
          "too large": [ofStatus, "Response body is too large (see maxBytes)"],
        }[hostile.outcome]!;
        assert.is(brief(result), outcome);
        const said = result.message?.replace(/: ERR_\w+$/, ": see cause"); // an error of the engine may have a code
        assert.is(said, outcome === ofStatus && status !== 200 ? `HTTP ${status}` : message);
        if (hostile.outcome === "no Response")
          assert.match(String(result.cause), /^TypeError\b|^Error: \w+ was called$/);
        if (hostile.outcome === "cut off" && status !== 200)
          assert.is(result.kind !== "StatusInfo" && result.body, "start");
        assert.is(cancelled, Number(hostile.cancels));
      }
    });

  for (const [name, properties, text] of [
    ["status", { status: "200" }, "Response.status must be an integer"],
    ["url", { url: 5 }, "Response.url must be a string"],
    ["header value", { headers: new Map([["x", 5]]) }, "Response.headers must hold strings"],
    ["header name", { headers: new Map([[5, "x"]]) }, "Response.headers must hold strings"],
    ["bodyUsed", { bodyUsed: true }, "Response.body must be an unread stream"],
    ["reader", { body: { getReader: () => ({}) } }, "Response.body must be an unread stream"],
    ["chunk", { body: streamOf(["text"]) }, "a chunk of Response.body must be a byte array"],
  ] as const)
    test(`getStatus() says in a TypeError what is wrong with a ${name} for which nothing is thrown`, async () => {
      const result = await getFrom(responseLike(properties));
      assert.ok(result.kind === "ServerError" && result.cause instanceof TypeError);
      assert.is(result.cause.message, `getStatus: ${text}`);
      assert.is("http" in result, name === "chunk");
    });

  test("getStatus() ignores that a forEach catches what its callback throws", async () => {
    const forEach = (callback: (value: unknown, name: string) => void): void => {
      try {
        callback(5, "x");
      } catch {}
    };
    assert.is((await getFrom(responseLike({ headers: { forEach } }))).message, NO_RESPONSE);
  });

  test("getStatus() cancels the stream if the signal aborts and the fetch ignores it", async () => {
    for (const reason of ["stop", new DOMException("late", "TimeoutError")]) {
      const abort = new AbortController();
      let cancelled = 0;
      const read = (): Promise<object> => (abort.abort(reason), Promise.reject(new Error("x")));
      const body = { getReader: () => ({ read, cancel: async () => void cancelled++ }) };
      await getFrom(responseLike({ body }), { signal: abort.signal }).catch(() => {});
      assert.is(cancelled, 1);
    }
  });

  test("getStatus() returns network if the Response was read in part", async () => {
    let cancelled = 0;
    const part = new Response(new ReadableStream({ pull: (to) => to.enqueue(BYTES), cancel: () => void cancelled++ }));
    const reader = part.body!.getReader();
    await reader.read();
    reader.releaseLock();
    assert.is((await getFrom(part)).message, NO_RESPONSE);
    assert.is(cancelled, 1);
  });

  test("getStatus() reads each property of a response once", async () => {
    const reads: string[] = [];
    const proxy = new Proxy(new Response(RUNNING), {
      get(target, name) {
        if (name !== "then") reads.push(String(name));
        return Reflect.get(target, name, target) as unknown;
      },
    });
    assert.is(brief(await getFrom(proxy)), "running");
    assert.equal(reads.sort(), ["body", "bodyUsed", "headers", "status", "url"]);
  });

  test("getStatus() keeps the headers beside one named __proto__, and the prototype of the record", async () => {
    const headers = new Map(Object.entries({ a: "1", ["__proto__"]: "x", constructor: "2" }));
    const { http } = await getFrom(responseLike({ headers }));
    assert.is(http!.headers["a"] + http!.headers["constructor"]!, "12");
    assert.is(Object.getPrototypeOf(http!.headers), Object.prototype);
  });
});

describe("a hostile document", (test) => {
  const getJson = (body: string | object, status = 200): Promise<Result> =>
    getStatus("https://h", "j", { fetch: answering(body, { status }) });

  test("getStatus() reads nothing from __proto__, and changes no prototype", async () => {
    const proto = '"__proto__":{"jobID":"evil","status":"failed","progress":1}';
    const result = await getJson(`{${proto},"jobID":"j","status":"running"}`);
    assert.ok(result.kind === "StatusInfo");
    assert.equal([result.jobID, result.status, "progress" in result], ["j", "running", false]);
    assert.ok(Object.hasOwn(result.document, "__proto__"));
    for (const value of [result, result.document]) assert.is(Object.getPrototypeOf(value), Object.prototype);
    assert.is(({} as { status?: string }).status, undefined);
    assert.is(brief(await getJson(`{${proto}}`)), "malformed 200");
  });

  test("getStatus() is not confused by properties with the names of a result", async () => {
    const names = { kind: "ServerError", reason: "network", http: { status: 1 }, document: null, cause: 5, body: "x" };
    const result = await getJson({ ...names, links: { length: 9 }, jobID: "j", status: "running" });
    assert.is(brief(result), "running");
    assert.equal(Object.keys(result).sort(), ["document", "http", "jobID", "kind", "links", "status"]);
    assert.is(result.http?.status, 200);
  });

  test("getStatus() ignores objects in place of strings, even if their toString would throw", async () => {
    const odd = { toString: 1, valueOf: 1 };
    const fields = { type: odd, progress: odd, links: [odd], exception: odd };
    assert.is(brief(await getJson({ jobID: "j", status: "running", ...fields })), "running");
    const other = await getJson({ jobID: odd, status: odd, type: odd, detail: odd, error: odd, code: odd }, 404);
    assert.equal([brief(other), other.message], ["unspecified 404", "HTTP 404"]);
  });

  for (const status of [200, 404, 500])
    test(`getStatus() reads 100,000 nested arrays of a ${status} without recursion`, async () => {
      const nested = "[".repeat(100_000) + "]".repeat(100_000);
      for (const body of [nested, nested.slice(1), `{"detail":${nested}}`, `{"error":${nested}}`])
        assert.is.not((await getJson(body, status)).kind, "StatusInfo");
      const inside = await getJson(`{"jobID":"j","status":"running","x":${nested}}`, status);
      assert.is(inside.kind === "StatusInfo", status === 200);
    });

  test("getStatus() takes linear time for strings that make a careless regular expression slow", async () => {
    // In quadratic time, this would take longer than a test file may.
    const result = await getJson({ jobID: "j", status: "running", progress: `${"1".repeat(400_000)}x` });
    assert.ok(result.kind === "StatusInfo" && !("progress" in result));
    const missing = await getJson({ type: `${"no-such-job".repeat(40_000)}!` }, 404);
    assert.is(brief(missing), "unspecified 404");
  });

  test("getStatus() repeats neither the query of the base URL, nor a header, nor a cause in a message", async () => {
    for (const fetch of [
      answering("", { status: 500 }),
      answering("", { status: 404 }),
      answering(""),
      answering("<p>"),
      () => Promise.reject(new Error("secret")),
      async () => new Response(chunks([], { error: new Error("secret") })),
    ]) {
      const headers = { authorization: "Bearer secret" };
      const result = await getStatus("https://h/?key=secret", "j", { headers, fetch });
      assert.ok(result.kind !== "StatusInfo");
      assert.not.match(result.message, /secret/);
    }
  });
});
