import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as library from "../src/get-status.ts";
import { describe } from "./support/suite.ts";

const source = readFileSync(new URL("../../src/get-status.ts", import.meta.url), "utf8");
const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));

describe("the file", (test) => {
  test("exports getStatus and the three guards, and nothing else", () => {
    assert.deepEqual(Object.keys(library).sort(), ["getStatus", "isNotFound", "isServerError", "isStatusInfo"]);
  });

  test("starts with a line that identifies a pasted copy by the version of the package", () => {
    assert.equal(source.split("\n", 1)[0], `// ${manifest.name} ${manifest.version} | MIT-0 | npm: ${manifest.name}`);
  });

  test("imports nothing, and has neither classes nor module state", () => {
    const code = source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/\/\/.*/g, "");
    assert.doesNotMatch(code, /^\s*import\b|\bimport\(|\brequire\(|\bclass\b|^(let|var)\b/m);
    assert.doesNotMatch(code, /\bany\b/);
  });

  test("exports every type that the contract lists", () => {
    const names = [...source.matchAll(/^export (?:interface|type) (\w+)/gm)].map((match) => match[1]);
    for (const name of [
      "Result",
      "StatusInfo",
      "NotFound",
      "ServerError",
      "StatusCode",
      "Exception",
      "Link",
      "Http",
      "GetStatusOptions",
      "Fetch",
    ])
      assert.ok(names.includes(name), name);
  });

  test("touches no global on import", async () => {
    const before = new Map<string, PropertyDescriptor>();
    const touched: string[] = [];
    // Not URL, which Node's own module loader reads.
    for (const name of ["fetch", "Request", "Response", "Headers", "TextDecoder", "AbortController", "AbortSignal"]) {
      const descriptor = Object.getOwnPropertyDescriptor(globalThis, name)!;
      before.set(name, descriptor);
      Object.defineProperty(globalThis, name, {
        configurable: true,
        get: () => {
          throw (touched.push(name), new Error(`${name} was read`));
        },
      });
    }
    try {
      const code = readFileSync(new URL("../src/get-status.js", import.meta.url), "utf8");
      await import(`data:text/javascript,${encodeURIComponent(code)}`);
      assert.deepEqual(touched, []);
    } finally {
      for (const [name, descriptor] of before) Object.defineProperty(globalThis, name, descriptor);
    }
  });
});
