// Sends the same status document for every request, and prints its URL.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const body = readFileSync(process.argv[2]);
const server = createServer((_, response) =>
  response.writeHead(200, { "content-type": "application/json", "content-length": body.length }).end(body),
);
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", 4096, () => console.log(`http://127.0.0.1:${server.address().port}`));
