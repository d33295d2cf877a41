// Generates the client of hey-api: `hey-api.mjs <OpenAPI document> <folder>`.
import process from "node:process";
import { createClient } from "@hey-api/openapi-ts";

const [input, output] = process.argv.slice(2);
await createClient({
  input,
  output,
  plugins: ["@hey-api/client-fetch", "@hey-api/sdk", "@hey-api/typescript"],
  logs: { level: "silent" },
});
