import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe } from "../runner/suite.ts";

const root = new URL("../../../", import.meta.url);
const programs = new URL("tests/platforms/types/", root);

function compile(project: URL): string {
  const tsc = fileURLToPath(new URL("node_modules/typescript/bin/tsc", root));
  return spawnSync(process.execPath, [tsc, "-p", fileURLToPath(project)], { encoding: "utf8" }).stdout;
}

describe("the types", (test) => {
  test("valid programs compile, and each expected error occurs", () => {
    assert.equal(compile(programs), "");
  });

  test("programs compile with strict: false", () => {
    assert.equal(compile(new URL("loose/", programs)), "");
  });

  test("an expected error that does not occur is reported", () => {
    const program = readFileSync(new URL("programs/refused.ts", programs), "utf8");
    const out = new URL(".build/refused/", root);
    mkdirSync(out, { recursive: true });
    writeFileSync(new URL("refused.ts", out), program.replace('info.status = "failed"', "info.status"));
    const config = { extends: "../../tests/platforms/types/tsconfig.json", include: ["*.ts"] };
    writeFileSync(new URL("tsconfig.json", out), JSON.stringify(config));
    assert.match(compile(out), /^[^\n]*error TS2578: Unused '@ts-expect-error' directive\.\n$/);
  });
});
