// Opens the page in Chromium, and prints its final text.
import { createRequire } from "node:module";

const [packages, executablePath, url] = process.argv.slice(2);
const { chromium } = createRequire(packages)("playwright-core");
const browser = await chromium.launch({
  executablePath,
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
  ],
});
try {
  console.log(`Chromium ${browser.version()}`);
  const page = await browser.newPage();
  page.on("pageerror", (error) => console.log(`page error: ${error.message}`));
  await page.goto(url);
  await page.waitForSelector("#done", { timeout: 60_000 });
  console.log(await page.evaluate("document.body.textContent"));
} finally {
  await browser.close();
}
