/** Answers `/jobs/{number}`: one in three fails, each in its own way. It prints its port, on which 127.0.0.1 to 127.0.0.20 listen. */
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

const answer: RequestListener = (request, response) => {
  const id = request.url!.split("/").at(-1)!;
  const number = Number(id);
  if (number % 3) return response.setHeader("content-type", "application/json").end(JSON.stringify({ jobID: id, status: "running" }));
  switch (number / 3 % 8) {
    case 0: return response.writeHead(404).end(id);
    case 1: return response.writeHead(500).end(id);
    case 2: return response.end(`<p>${id}`);
    case 3: return request.socket.resetAndDestroy();
    case 4: return response.writeHead(200, { "content-length": "999" }).write(id, () => request.socket.destroy());
    case 5: return response.writeHead(503, { "content-length": "999" }).write(id, () => setImmediate(() => request.socket.destroy()));
    case 6: return response.writeHead(200).end("x".repeat(5_000));
    default: return undefined; // never answers
  }
};

// One port on many loopback addresses: connections that have ended keep their port of the client for a minute, for each address.
const first = createServer(answer);
first.listen(0, "127.0.0.1", 20_000, () => {
  const { port } = first.address() as AddressInfo;
  let waiting = 19;
  for (let host = 2; host <= 20; host++) {
    createServer(answer).listen(port, `127.0.0.${host}`, 20_000, () => --waiting || console.log(port));
  }
});
