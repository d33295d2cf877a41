// Starts the Worker in workerd.
import { readFileSync } from "node:fs";
import { Miniflare } from "miniflare";

const [file, compatibilityDate, body] = process.argv.slice(2);
const script = readFileSync(file, "utf8");
const miniflare = new Miniflare({ modules: true, script, compatibilityDate });
const response = await miniflare.dispatchFetch("https://edge.example/", { method: "POST", body });
console.log(await response.text());
await miniflare.dispose();
