import { folder, serve, type Server } from "./support.ts";

/** Starts Redis, which writes each change to a file. */
export function startRedis(): Promise<Server> {
  const data = folder("redis");
  return serve((port) => ({
    command: ["redis-server", "--port", port, "--bind", "127.0.0.1", "--appendonly", "yes", "--dir", data],
    ready: ["redis-cli", "-p", port, "ping"],
  }));
}
