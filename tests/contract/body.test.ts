import assert from "node:assert/strict";
import { getStatus, type Result } from "../../src/get-status.ts";
import { describe } from "../runner/suite.ts";
import { brief, chunks, returning } from "../support/fetches.ts";
import { streamOf } from "../support/hostile.ts";

const DOCUMENT = '{"jobID":"j","status":"running","message":"é€😀"}';
const BYTES = new TextEncoder().encode(DOCUMENT);
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

function split(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.slice(i * size, (i + 1) * size));
}

describe("the text of the body", (test) => {
  test("getStatus() reads a body in chunks of any size, with empty ones between them", async () => {
    const nothing = new Uint8Array(0);
    for (let size = 1; size <= BYTES.length; size++) {
      const parts = split(BYTES, size).flatMap((part) => [nothing, part, nothing]);
      assert.equal((await read(chunks(parts))).message, "é€😀", `chunks of ${size}`);
    }
  });

  for (const View of [Uint8Array, Uint8ClampedArray, Int8Array, Buffer]) {
    test(`getStatus() reads chunks that are a ${View.name}`, async () => {
      for (let size = 1; size <= BYTES.length; size++) {
        const body = streamOf(split(BYTES, size).map((part) => View.from(part)));
        const response = { status: 200, url: "", headers: new Headers(), body };
        const result = await getStatus("https://h", "j", { fetch: returning(response) });
        assert.equal(result.message, "é€😀", `chunks of ${size}`);
      }
    });
  }

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
  ] as [string, number[], string][]) {
    test(`getStatus() decodes ${name} as UTF-8, whole or in chunks of any size`, async () => {
      const whole = new Uint8Array(bytes);
      assert.equal(await textOf(whole), text);
      for (let size = 1; size < bytes.length; size++) assert.equal(await textOf(chunks(split(whole, size))), text);
    });
  }

  test("getStatus() decodes UTF-8 whatever charset the Content-Type names", async () => {
    for (const charset of ["iso-8859-1", "utf-16", "windows-1252", "nonsense"]) {
      const headers = { "content-type": `application/json; charset=${charset}` };
      const result = await getStatus("https://h", "j", { fetch: async () => new Response(BYTES, { headers }) });
      assert.equal(result.message, "é€😀");
    }
  });

  test("getStatus() reads a body of null as an empty one", async () => {
    assert.equal(await textOf(null), "");
  });
});

describe("maxBytes", (test) => {
  test("getStatus() reads a body of exactly maxBytes, and does not parse one that is a byte longer", async () => {
    for (const body of [() => BYTES, () => chunks(split(BYTES, 9)), () => chunks(split(BYTES, 1))]) {
      assert.equal(brief(await read(body(), 200, BYTES.length)), "running");
      const over = await read(body(), 200, BYTES.length - 1);
      assert.deepEqual([brief(over), over.message], ["malformed 200", TOO_LARGE]);
      assert.equal(over.kind === "ServerError" && over.body, DOCUMENT.slice(0, -1));
    }
    // Not even if the first bytes are valid JSON.
    const json = '{"jobID":"j","status":"running","type":"NoSuchJob"}';
    for (const outcome of ["malformed 200", "http 400", "unspecified 404", "http 500"]) {
      const status = Number(outcome.slice(-3));
      const result = await read(`${json} `, status, json.length);
      assert.equal(brief(result), outcome);
      assert.ok(result.kind !== "StatusInfo" && result.body === json && !("exception" in result));
      assert.equal(result.message, status === 200 ? TOO_LARGE : `HTTP ${status}`);
    }
  });

  test("getStatus() does not cut a character in two", async () => {
    const bytes = new TextEncoder().encode("aé€😀");
    const expected = ["", "a", "a", "aé", "aé", "aé", "aé€", "aé€", "aé€", "aé€", "aé€😀"];
    for (const [maxBytes, text] of expected.entries()) {
      assert.equal(await textOf(bytes, maxBytes), text, `whole, ${maxBytes}`);
      assert.equal(await textOf(chunks(split(bytes, 1)), maxBytes), text, `byte by byte, ${maxBytes}`);
    }
  });

  test("getStatus() accepts only an empty body if maxBytes is 0, and counts whole bytes", async () => {
    assert.equal((await read("", 200, 0)).message, "Response body is empty");
    assert.equal((await read("a", 200, 0)).message, TOO_LARGE);
    assert.equal(await textOf("a", 0), "");
    assert.equal(await textOf("a", 1.5), "a");
    assert.equal(await textOf("ab", 1.5), "a");
    assert.equal(await textOf(chunks(["a", "b"]), 1.5), "a");
  });

  test("getStatus() reads 2 MiB by default, and everything with Infinity", async () => {
    const most = "x".repeat(2_097_152);
    // Not assert.equal, which would print the texts.
    assert.ok((await textOf(most)) === most);
    assert.ok((await textOf(`${most}y`)) === most);
    assert.equal((await read(`${most}y`)).message, TOO_LARGE);
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
      assert.equal(result.kind !== "StatusInfo" && result.body, "a".repeat(10_500));
      assert.deepEqual([pulled, cancelled], [11, 1]);
    }
  });

  test("getStatus() does not cancel a stream that it has read to its end", async () => {
    for (const status of [200, 404, 500]) {
      let cancelled = 0;
      const body = streamOf([BYTES], () => cancelled++);
      const response = { status, url: "", headers: new Headers(), body };
      await getStatus("https://h", "j", { fetch: returning(response), maxBytes: BYTES.length });
      assert.equal(cancelled, 0);
    }
  });
});

describe("a body that is cut off", (test) => {
  const cause = new TypeError("terminated");
  const cutOff = (parts: (string | Uint8Array)[]): BodyInit => chunks(parts, { error: cause });

  for (const status of [200, 201, 206]) {
    test(`getStatus() returns network with http for a ${status}`, async () => {
      for (const parts of [[], [DOCUMENT], ['{"jobID":'], ['{"type":"t"}']]) {
        const result = await read(cutOff(parts), status);
        assert.deepEqual(result, {
          kind: "ServerError",
          reason: "network",
          message: "Response body could not be read to the end: see cause",
          http: { status, url: "https://h/jobs/j", headers: { "retry-after": "5" } },
          cause,
        });
        assert.equal(result.cause, cause);
      }
    });
  }

  for (const outcome of ["http 302", "http 400", "unspecified 404", "gone 410", "http 500"]) {
    test(`getStatus() returns ${outcome}, with what had arrived`, async () => {
      for (const [body, parts] of Object.entries({
        "": [],
        "<p>503 €": ["<p>5", "03 €"],
        a: ["a", new Uint8Array([0xe2, 0x82])],
      })) {
        const result = await read(cutOff(parts), Number(outcome.slice(-3)));
        assert.equal(brief(result), outcome);
        assert.ok(result.kind !== "StatusInfo" && result.body === body && !("cause" in result));
      }
    });
  }

  test("getStatus() reads the exception if it had arrived", async () => {
    const result = await read(cutOff(['{"type":"NoSuchJob",', '"detail":"d"}']), 404);
    assert.deepEqual([brief(result), result.message], ["no-such-job 404", "d"]);
    assert.deepEqual(result.exception, { type: "NoSuchJob", detail: "d" });
  });

  test("getStatus() omits the cause if the stream errors with undefined, and cancels it if read rejects", async () => {
    const result = await read(chunks(["a"], { error: undefined }));
    assert.deepEqual([brief(result), "cause" in result], ["network 200", false]);
    let cancelled = 0;
    const reader = { read: () => Promise.reject(cause), cancel: async () => void cancelled++ };
    const response = { status: 200, url: "", headers: new Headers(), body: { getReader: () => reader } };
    await getStatus("https://h", "j", { fetch: returning(response) });
    assert.equal(cancelled, 1);
  });
});
