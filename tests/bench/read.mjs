// Prints what each stack returns for each recorded response: `read.mjs <responses> <bundle>...`.
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";

const [file, ...bundles] = process.argv.slice(2);
const responses = JSON.parse(readFileSync(file, "utf8"));

function respond({ status, headers, body }) {
  const content = [204, 205, 304].includes(status) ? null : body;
  if (status >= 200 && status <= 599) return new Response(content, { status, headers });
  // The constructor of Response rejects other status codes, which servers do send.
  return Object.defineProperties(new Response(content, { headers }), {
    status: { value: status },
    ok: { value: false },
  });
}

async function outcome(create, response) {
  try {
    const returned = await create({ fetch: async () => respond(response), baseUrl: "http://h" })("j");
    if (returned === "NotFound" || returned === "ServerError") return { kind: "error" };
    return { kind: "document", id: returned?.jobID, status: returned?.status };
  } catch {
    return { kind: "exception" };
  }
}

const result = {};
for (const path of bundles) {
  const { create } = await import(pathToFileURL(path).href);
  const outcomes = [];
  for (const response of responses) outcomes.push(await outcome(create, response));
  result[basename(path, ".js")] = outcomes;
}
console.log(JSON.stringify(result));
process.exit();
