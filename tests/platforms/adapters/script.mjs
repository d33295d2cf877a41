// Node, Deno and Bun. A request that hangs would keep the process alive.
import * as library from "ogcapi-job-status";
import { run } from "./suite.js";

const { Deno, process } = globalThis;
const [place] = Deno?.args ?? process.argv.slice(2);
console.log(JSON.stringify(await run(library, JSON.parse(place))));
(Deno ?? process).exit(0);
