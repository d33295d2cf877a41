/** tests/servers/schema.json under Ajv, and the check of `npm test` beside it. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { files, folder } from "../support/corpus.ts";
import { violations } from "../support/schema.ts";
import { describe } from "../support/suite.ts";

const here = fileURLToPath(new URL("../../../tests/properties/", import.meta.url));
const load = createRequire(`${here}package.json`);
const fc = load("fast-check");
const Ajv = load("ajv/dist/2020.js");

const json = (file: string): any => JSON.parse(readFileSync(new URL(file, folder), "utf8"));
const schema = json("schema.json");
const validate = new Ajv({ strict: true }).compile(schema);
const infos = files()
  .filter((file) => file.includes("/") && file.endsWith(".json"))
  .map((file) => [file, json(file)] as const);

describe("schema.json", (test) => {
  test("Ajv finds every file of the corpus valid", () => {
    for (const [file, info] of infos) assert.ok(validate(info), `${file}: ${JSON.stringify(validate.errors)}`);
  });

  test("Ajv and the check of `npm test` agree on files in which a member is something else", async () => {
    let refused = 0;
    await fc.assert(
      fc.property(
        fc.constantFrom(...infos.map(([, info]) => info)),
        fc.array(fc.nat(9), { maxLength: 4 }),
        fc.constantFrom(
          "kind",
          "status",
          "reason",
          "links",
          "href",
          "type",
          "method",
          "headers",
          "review",
          "x",
          "__proto__",
        ),
        fc.oneof(
          fc.constantFrom(undefined, null, "", "x", 0, 1.5, 100, 101, -1, true, [], {}, "running", "http", "GET"),
          fc.constantFrom([{ href: "x" }], [{ href: "" }], { accept: "x" }, { status: 4.5 }, { type: "x" }),
          fc.jsonValue(),
        ),
        (info: object, path: number[], name: string, value: unknown) => {
          const changed = structuredClone(info);
          const target = path.reduce((at: any, step) => {
            const inner = Object.values(at).filter((member) => typeof member === "object" && member !== null);
            return inner[step % (inner.length || 1)] ?? at;
          }, changed);
          Object.defineProperty(target, Array.isArray(target) ? 0 : name, {
            value,
            enumerable: true,
            configurable: true,
          });
          const described = JSON.parse(JSON.stringify(changed));
          const valid: boolean = validate(described);
          refused += Number(!valid);
          assert.equal(violations(schema, described).length === 0, valid);
        },
      ),
      { seed: Number(process.env["SEED"] ?? 20260101), numRuns: Number(process.env["RUNS"] ?? 2_000) },
    );
    assert.ok(refused > 0);
  });
});
