import { once } from "node:events";
import type { Server as HttpServer } from "node:http";
import type { AddressInfo, Server as TcpServer } from "node:net";

/** Runs `run` with the root URL of a server that listens on loopback in the meantime. */
export async function listening(server: HttpServer | TcpServer, run: (url: string) => Promise<void>): Promise<void> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    await run(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    if ("closeAllConnections" in server) server.closeAllConnections();
    server.close();
  }
}
