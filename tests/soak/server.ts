/** Answers `/jobs/{number}`: one in three fails, each in its own way. It prints its port, on which 127.0.0.1 to 127.0.0.20 listen. */
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { faultOf } from "./faults.ts";

const answer: RequestListener = (request, response) => {
  const id = request.url!.split("/").at(-1)!;
  const fault = faultOf(Number(id));
  if (fault) fault[1](`<${id}>`, response, request.socket);
  else response.setHeader("content-type", "application/json").end(JSON.stringify({ jobID: id, status: "running" }));
};

// One port on many loopback addresses: connections that have ended keep their port of the client for a minute, for each address.
// Who stops to listen is half of what is tried here.
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
