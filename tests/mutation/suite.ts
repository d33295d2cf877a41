/** Runs the tests of `contract/` in one process until one of them fails: Stryker runs this program for each mutant. */
import { readdirSync } from "node:fs";
import { runSuites } from "../runner/suite.ts";

Object.assign(globalThis, { PLACE: { runtime: "Node" } });
const folder = new URL("../contract/", import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith(".test.js"));

async function load(): Promise<void> {
  for (const file of files) await import(new URL(file, folder).href);
}

const { defined, passed } = await runSuites(load, ({ failures }) => {
  failures.set = () => process.exit(1);
});
process.exit(passed === defined && defined > 0 ? 0 : 1);
