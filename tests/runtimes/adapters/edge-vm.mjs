// Starts the edge VM that Vercel's tools use, and evaluates a bundle in it.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [packages, bundle, faults, away, refused] = process.argv.slice(2);
const { EdgeVM } = createRequire(packages)("@edge-runtime/vm");
const vm = new EdgeVM();
vm.context.place = { faults, away, refused };
vm.evaluate(readFileSync(bundle, "utf8"));
console.log(await vm.context.outcome);
process.exit(); // the VM's own fetch keeps connections open
