import { createServer, type Server } from "node:http";
import { connect } from "node:net";

/** A proxy for CONNECT, and the authorities of the requests that it received. */
export function createProxy(): { readonly server: Server; readonly authorities: string[] } {
  const authorities: string[] = [];
  const server = createServer().on("connect", (request, client) => {
    authorities.push(request.url ?? "");
    const { hostname, port } = new URL(`http://${request.url}`);
    const upstream = connect(Number(port), hostname, () => {
      client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      upstream.pipe(client).pipe(upstream);
    });
    for (const socket of [client, upstream]) socket.on("error", () => {});
  });
  return { server, authorities };
}
