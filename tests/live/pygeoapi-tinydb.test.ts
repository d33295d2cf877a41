import { describe } from "../support/suite.ts";
import { PYGEOAPI, testBehaviours } from "./behaviours.ts";
import { startPygeoapi } from "./servers.ts";

const server = await startPygeoapi({ version: "0.24" });

describe("pygeoapi 0.24.0 with TinyDB", (test) => {
  testBehaviours(test, {
    ...PYGEOAPI,
    server,
    backend: {
      name: "the server",
      stop: () => server.stop("SIGKILL"),
      restart: () => server.restart(),
      down: "ServerError network: Request failed: see cause",
    },
  });
});
