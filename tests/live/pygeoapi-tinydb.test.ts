import { describe } from "../support/suite.ts";
import { PYGEOAPI, testBehaviours } from "./behaviours.ts";
import { startPygeoapi } from "./servers.ts";

const server = await startPygeoapi({ version: "0.24" });
const name = "pygeoapi 0.24.0 with TinyDB";

describe(name, (test) => {
  testBehaviours(test, {
    name,
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
