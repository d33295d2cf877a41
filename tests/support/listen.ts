import { once } from "node:events";
import type { Server as HttpServer } from "node:http";
import { createServer, type AddressInfo, type Server as TcpServer } from "node:net";

/** Starts a server on a free port of the loopback interface, and returns its root URL. */
export async function listen(server: HttpServer | TcpServer): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Runs `run` with the root URL of a server that listens in the meantime. */
export async function listening<T>(server: HttpServer, run: (url: string) => Promise<T>): Promise<T> {
  const url = await listen(server);
  try {
    return await run(url);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** The URL of a port of the loopback interface that refuses connections. */
export async function closedPort(): Promise<string> {
  const server = createServer();
  const url = await listen(server);
  await new Promise((closed) => server.close(closed));
  return url;
}
