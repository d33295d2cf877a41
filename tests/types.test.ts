import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe } from "./support/suite.ts";

const root = new URL("../../", import.meta.url);
const tsc = fileURLToPath(new URL("node_modules/typescript/bin/tsc", root));

function compile(project: URL): { code: number | null; out: string } {
  const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", fileURLToPath(project)], { encoding: "utf8" });
  return { code: status, out: stdout };
}

describe("the types", (test) => {
  test("valid programs compile, and each expected error occurs", () => {
    assert.deepEqual(compile(new URL("tests/types/", root)), { code: 0, out: "" });
  });

  test("programs compile with strict: false", () => {
    assert.deepEqual(compile(new URL("tests/types/loose/", root)), { code: 0, out: "" });
  });

  test("an expected error that no longer occurs is reported", () => {
    const program = readFileSync(new URL("tests/types/programs/refused.ts", root), "utf8").replace(
      'info.status = "failed"',
      "info.status",
    );
    const out = new URL(".build/refused/", root);
    mkdirSync(out, { recursive: true });
    writeFileSync(new URL("refused.ts", out), program);
    writeFileSync(
      new URL("tsconfig.json", out),
      JSON.stringify({
        extends: "../../tests/types/tsconfig.json",
        include: ["*.ts"],
      }),
    );
    const { code, out: errors } = compile(out);
    assert.notEqual(code, 0);
    assert.match(errors, /^[^\n]*error TS2578: Unused '@ts-expect-error' directive\.\n$/);
  });
});
