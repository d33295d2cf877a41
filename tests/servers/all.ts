import type { Answer } from "./answer.ts";
import { ecmwf } from "./ecmwf.ts";
import { madeUp } from "./made-up.ts";
import { others } from "./others.ts";
import { pygeoapi } from "./pygeoapi.ts";
import { standard } from "./standard.ts";
import { weaver } from "./weaver.ts";
import { wraptile } from "./wraptile.ts";
import { zoo } from "./zoo.ts";

/** Every recorded answer. */
export const answers: readonly Answer[] = [
  ...standard,
  ...pygeoapi,
  ...weaver,
  ...zoo,
  ...ecmwf,
  ...others,
  ...wraptile,
  ...madeUp,
];
