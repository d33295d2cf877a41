import assert from "node:assert/strict";
import { getStatus, type Fetch, type Result } from "../src/get-status.ts";
import { answering, chunks } from "./support/stub.ts";
import { describe } from "./support/suite.ts";

const DOCUMENT = '{"jobID":"j","status":"running","message":"é€😀"}';
const BYTES = new TextEncoder().encode(DOCUMENT);

function resultOf(body: BodyInit | null, status = 200, maxBytes?: number): Promise<Result> {
  const headers = { "retry-after": "5" };
  return getStatus("https://h", "j", { fetch: async () => new Response(body, { status, headers }), maxBytes });
}

const bodyOf = (result: Result): string | undefined => (result.kind === "StatusInfo" ? undefined : result.body);

describe("the body", (test) => {
  test("getStatus() reads a body in chunks of any size", async () => {
    for (let size = 1; size <= BYTES.length; size++) {
      const parts = Array.from({ length: Math.ceil(BYTES.length / size) }, (_, i) =>
        BYTES.slice(i * size, (i + 1) * size),
      );
      const result = await resultOf(chunks(parts));
      assert.deepEqual(result.kind === "StatusInfo" && result.document, JSON.parse(DOCUMENT), `chunks of ${size}`);
    }
  });

  test("getStatus() reads a character that empty chunks and views of signed bytes split", async () => {
    const nothing = new Uint8Array(0);
    for (const view of [Uint8Array, Int8Array]) {
      for (let at = 1; at < BYTES.length; at++) {
        const parts = [new view(BYTES.slice(0, at)), nothing, new view(BYTES.slice(at))] as Uint8Array[];
        const read = async () => (parts.length ? { done: false, value: parts.shift() } : { done: true });
        const body = { getReader: () => ({ read, cancel: async () => {} }) };
        const fetch: Fetch = async () => ({ status: 200, url: "", headers: new Headers(), body });
        assert.equal((await getStatus("https://h", "j", { fetch })).message, "é€😀", `${view.name} ${at}`);
      }
    }
  });

  test("getStatus() reads empty chunks between others", async () => {
    const nothing = new Uint8Array(0);
    const result = await resultOf(chunks([nothing, BYTES.slice(0, 5), nothing, nothing, BYTES.slice(5), nothing]));
    assert.equal(result.kind, "StatusInfo");
  });

  for (const [name, bytes, text] of [
    ["nothing", [], ""],
    ["a BOM alone", [0xef, 0xbb, 0xbf], ""],
    ["a BOM and text", [0xef, 0xbb, 0xbf, 0x61], "a"],
    ["two BOMs", [0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf], "\ufeff"],
    ["half a BOM", [0xef, 0xbb], "\ufffd"],
    ["a bad byte", [0x61, 0xff, 0x62], "a\ufffdb"],
    ["Latin-1", [0x4a, 0xfc, 0x72], "J\ufffdr"],
    ["a character cut off at the end", [0x61, 0xe2, 0x82], "a\ufffd"],
    ["a surrogate half", [0xed, 0xa0, 0x80], "\ufffd\ufffd\ufffd"],
    ["an overlong slash", [0xc0, 0xaf], "\ufffd\ufffd"],
    ["UTF-16", [0xff, 0xfe, 0x7b, 0x00], "\ufffd\ufffd{\0"],
    ["a NUL", [0x61, 0x00], "a\0"],
  ] as [string, number[], string][]) {
    test(`getStatus() decodes ${name} as UTF-8, whole or byte by byte`, async () => {
      const whole = new Uint8Array(bytes);
      assert.equal(bodyOf(await resultOf(whole, 500)), text);
      assert.equal(bodyOf(await resultOf(chunks(bytes.map((byte) => new Uint8Array([byte]))), 500)), text);
    });
  }

  test("getStatus() decodes UTF-8 whatever charset the Content-Type names", async () => {
    for (const charset of ["iso-8859-1", "utf-16", "windows-1252", "nonsense"]) {
      const headers = { "content-type": `application/json; charset=${charset}` };
      const result = await getStatus("https://h", "j", { fetch: answering(BYTES, { headers }) });
      assert.equal(result.message, "é€😀");
    }
  });

  test("getStatus() keeps a BOM in the middle, even at the start of a chunk", async () => {
    assert.equal(bodyOf(await resultOf(chunks(["a", "\ufeffb"]), 500)), "a\ufeffb");
  });

  test("getStatus() reads a null body as an empty one", async () => {
    assert.equal(bodyOf(await resultOf(null, 500)), "");
    assert.equal(bodyOf(await resultOf(null)), "");
  });
});

describe("maxBytes", (test) => {
  test("getStatus() reads a body of exactly maxBytes", async () => {
    assert.equal((await resultOf(BYTES, 200, BYTES.length)).kind, "StatusInfo");
    assert.equal((await resultOf(chunks([BYTES.slice(0, 9), BYTES.slice(9)]), 200, BYTES.length)).kind, "StatusInfo");
  });

  test("getStatus() stops one byte over maxBytes, and does not parse the body", async () => {
    const result = await resultOf(BYTES, 200, BYTES.length - 1);
    assert.equal(result.kind === "ServerError" && result.reason, "malformed");
    assert.equal(bodyOf(result), DOCUMENT.slice(0, -1));
    // Even if the first bytes are valid JSON.
    for (const status of [200, 404, 400, 500]) {
      const padded = await resultOf('{"jobID":"j","status":"running","type":"NoSuchJob"} ', status, 51);
      assert.equal(bodyOf(padded), '{"jobID":"j","status":"running","type":"NoSuchJob"}');
      assert.ok(!("exception" in padded));
      assert.equal(
        "message" in padded && padded.message,
        status === 200 ? "Response body is too large (see maxBytes)" : `HTTP ${status}`,
      );
      assert.equal(
        "reason" in padded && padded.reason,
        status === 200 ? "malformed" : status === 404 ? "unspecified" : "http",
      );
    }
  });

  test("getStatus() does not split a character at maxBytes", async () => {
    const text = "aé€😀";
    const bytes = new TextEncoder().encode(text);
    const expected = ["", "a", "a", "aé", "aé", "aé", "aé€", "aé€", "aé€", "aé€"];
    for (let maxBytes = 0; maxBytes < bytes.length; maxBytes++) {
      assert.equal(bodyOf(await resultOf(bytes, 500, maxBytes)), expected[maxBytes], `whole, ${maxBytes}`);
      const bytewise = chunks([...bytes].map((byte) => new Uint8Array([byte])));
      assert.equal(bodyOf(await resultOf(bytewise, 500, maxBytes)), expected[maxBytes], `byte by byte, ${maxBytes}`);
    }
    assert.equal(bodyOf(await resultOf(bytes, 500, bytes.length)), text);
  });

  test("getStatus() accepts only an empty body if maxBytes is 0", async () => {
    assert.equal(bodyOf(await resultOf("", 200, 0)), "");
    const empty = await resultOf("", 200, 0);
    assert.equal(empty.kind === "ServerError" && empty.message, "Response body is empty");
    const over = await resultOf("a", 200, 0);
    assert.equal(over.kind === "ServerError" && over.message, "Response body is too large (see maxBytes)");
    assert.equal(bodyOf(over), "");
  });

  test("getStatus() counts whole bytes of a fractional maxBytes", async () => {
    assert.equal(bodyOf(await resultOf("ab", 500, 1.5)), "a");
    assert.equal(bodyOf(await resultOf("a", 500, 1.5)), "a");
    assert.equal(bodyOf(await resultOf(chunks(["a", "b"]), 500, 1.5)), "a");
  });

  test("getStatus() reads 1 MiB by default, and everything with Infinity", async () => {
    const mebibyte = "x".repeat(1_048_576);
    assert.equal(bodyOf(await resultOf(mebibyte, 500))?.length, 1_048_576);
    const over = await resultOf(`${mebibyte}y`);
    assert.equal(bodyOf(over), mebibyte);
    assert.equal(over.kind === "ServerError" && over.message, "Response body is too large (see maxBytes)");
    assert.equal(bodyOf(await resultOf(`${mebibyte}y`, 500, Infinity))?.length, 1_048_577);
  });

  test("getStatus() stops an endless body, and cancels the stream", async () => {
    let pulled = 0;
    let cancelled = 0;
    const endless = new ReadableStream(
      {
        pull: (controller) => (pulled++, controller.enqueue(new Uint8Array(1000).fill(97))),
        cancel: () => void cancelled++,
      },
      { highWaterMark: 0 },
    );
    const result = await resultOf(endless, 200, 10_500);
    assert.equal(bodyOf(result)?.length, 10_500);
    assert.equal(pulled, 11);
    assert.equal(cancelled, 1);
  });

  for (const [name, cancel] of [
    ["rejects", () => Promise.reject(new Error("cancel"))],
    [
      "throws",
      () => {
        throw new Error("cancel");
      },
    ],
    ["never settles", () => new Promise<never>(() => {})],
    ["returns nothing", () => undefined],
  ] as [string, () => Promise<unknown>][]) {
    test(`getStatus() does not wait for a cancel that ${name}, and ignores its outcome`, async () => {
      const unhandled: unknown[] = [];
      const listen = (error: unknown): unknown => unhandled.push(error);
      process.on("unhandledRejection", listen);
      const body = { getReader: () => ({ read: async () => ({ done: false as const, value: BYTES }), cancel }) };
      const result = await getStatus("https://h", "j", {
        fetch: async () => ({ status: 200, url: "", headers: new Headers(), body }),
        maxBytes: 10,
      });
      await new Promise((done) => setImmediate(done));
      process.off("unhandledRejection", listen);
      assert.equal(result.kind === "ServerError" && result.message, "Response body is too large (see maxBytes)");
      assert.deepEqual(unhandled, []);
    });
  }
});

describe("a body that breaks off", (test) => {
  const error = new TypeError("terminated");

  for (const status of [200, 201, 206]) {
    test(`getStatus() returns a network failure with http for a ${status} whose body breaks off`, async () => {
      for (const parts of [[], [DOCUMENT], ['{"jobID":'], ['{"type":"t"}']]) {
        assert.deepEqual(await resultOf(chunks(parts, { error }), status), {
          kind: "ServerError",
          reason: "network",
          message: "Response body could not be read to the end: see cause",
          http: { status, url: "https://h/jobs/j", headers: { "retry-after": "5" } },
          cause: error,
        });
      }
    });
  }

  for (const [status, outcome] of [
    [302, "http"],
    [400, "http"],
    [404, "unspecified"],
    [410, "gone"],
    [500, "http"],
    [503, "http"],
  ] as const) {
    test(`getStatus() returns ${outcome} for a ${status} whose body breaks off`, async () => {
      for (const [parts, body] of [
        [[], ""],
        [["<p>5", "03 €"], "<p>503 €"],
        [["a", new Uint8Array([0xe2, 0x82])], "a"],
      ] as const) {
        const result = await resultOf(chunks(parts, { error }), status);
        assert.equal("reason" in result && result.reason, outcome);
        assert.equal(bodyOf(result), body);
        assert.ok(!("cause" in result));
      }
    });
  }

  test("getStatus() reads the exception of a body that breaks off after it", async () => {
    const result = await resultOf(chunks(['{"type":"NoSuchJob",', '"detail":"d"}'], { error }), 404);
    assert.equal(result.kind === "NotFound" && result.reason, "no-such-job");
    assert.equal(result.kind === "NotFound" && result.message, "d");
    assert.deepEqual(result.exception, { type: "NoSuchJob", detail: "d" });
  });

  test("getStatus() leaves out the cause if a stream errors with undefined", async () => {
    const result = await resultOf(chunks(["a"], { error: undefined }));
    assert.equal(result.kind === "ServerError" && result.reason, "network");
    assert.ok(!("cause" in result));
  });

  test("getStatus() treats a chunk that is not a byte array as a body that broke off", async () => {
    for (const odd of ["text", 5, null, undefined, new ArrayBuffer(5), {}]) {
      const parts: unknown[] = [new Uint8Array([97]), odd];
      const body = {
        getReader: () => ({ read: async () => ({ done: false, value: parts.shift() }), cancel: async () => {} }),
      };
      const fetch = (status: number): Fetch =>
        (async () => ({ status, url: "", headers: new Headers(), body })) as unknown as Fetch;
      const result = await getStatus("https://h", "j", { fetch: fetch(500) });
      assert.equal(bodyOf(result), "a", String(odd));
      parts.push(odd);
      const broken = await getStatus("https://h", "j", { fetch: fetch(200) });
      assert.equal(broken.kind === "ServerError" && broken.reason, "network");
    }
  });
});

describe("a stub", (test) => {
  test("getStatus() accepts async () => new Response()", async () => {
    const result = await getStatus("https://h", "j", { fetch: async () => new Response("{}") });
    assert.equal(result.kind, "ServerError");
    assert.equal((await getStatus("https://h", "j", { fetch: answering(DOCUMENT) })).kind, "StatusInfo");
  });
});
