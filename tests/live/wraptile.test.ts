import { testLifecycle } from "./lifecycle.ts";
import { WRAPTILE, serve } from "./serve.ts";

const server = await serve("wraptile", WRAPTILE);
const inputs = (duration: number, fail: boolean) => ({ duration, fail });

testLifecycle("wraptile-0.3", { server, process: "sleep_a_while", inputs });
