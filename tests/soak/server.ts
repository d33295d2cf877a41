/** Responds to `/jobs/{number}`, to one in three with a fault. Listens on 127.0.0.1 to 127.0.0.20, and prints its port. */
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { faultOf } from "./faults.ts";

const answer: RequestListener = (request, response) => {
  const id = request.url!.split("/").at(-1)!;
  const fault = faultOf(Number(id));
  if (fault) fault[1](`<${id}>`, response, request.socket);
  else response.setHeader("content-type", "application/json").end(JSON.stringify({ jobID: id, status: "running" }));
};

// One port on many loopback addresses: for each address, a closed connection keeps its client port busy for a minute.
// Clients that close the connection early are part of the test, so errors of a socket are ignored.
const ignore = (socket: Socket): unknown => socket.on("error", () => {});
const first = createServer(answer).on("connection", ignore);
first.listen(0, "127.0.0.1", 20_000, () => {
  const { port } = first.address() as AddressInfo;
  let waiting = 19;
  for (let host = 2; host <= 20; host++) {
    createServer(answer)
      .on("connection", ignore)
      .listen(port, `127.0.0.${host}`, 20_000, () => --waiting || console.log(port));
  }
});
