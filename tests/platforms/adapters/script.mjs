// Node, Deno and Bun.
import * as library from "ogcapi-job-status";
import { run } from "./suite.js";

const [place] = globalThis.Deno?.args ?? process.argv.slice(2);
console.log(JSON.stringify(await run(library, JSON.parse(place))));
