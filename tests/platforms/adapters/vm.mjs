// A script for the edge VM. Values pass its border as JSON.
import * as library from "ogcapi-job-status";
import { run } from "./suite.js";

globalThis.runSuite = async (place) => JSON.stringify(await run(library, JSON.parse(place)));
