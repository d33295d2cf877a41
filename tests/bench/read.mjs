// Prints the outcome of each stack for each recorded response: `read.mjs <answers> <bundle>...`.
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";

const [file, ...bundles] = process.argv.slice(2);
const answers = JSON.parse(readFileSync(file, "utf8"));

function respond({ status, headers, body }) {
  const content = [204, 205, 304].includes(status) ? null : body;
  if (status >= 200 && status <= 599) return new Response(content, { status, headers });
  // The constructor of Response rejects other status codes, which servers do send.
  return Object.defineProperties(new Response(content, { headers }), {
    status: { value: status },
    ok: { value: false },
  });
}

async function outcome(create, answer) {
  try {
    const { kind, status, threw } = await create({ fetch: async () => respond(answer), baseUrl: "http://h" })("j");
    return { kind, word: status, threw: threw === true };
  } catch {
    return { kind: "exception", threw: true };
  }
}

const result = {};
for (const path of bundles) {
  const { create } = await import(pathToFileURL(path).href);
  result[basename(path, ".js")] = [];
  for (const answer of answers) result[basename(path, ".js")].push(await outcome(create, answer));
}
console.log(JSON.stringify(result));
process.exit();
