// Runs the demo in a pseudo terminal, which `script` of util-linux provides, and presses Ctrl-C in a watch.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";

const [demo, server] = process.argv.slice(2);
const { startServer } = await import(server);

const api = await startServer();
api.add({ id: "j", frozenAt: 42 });
api.add({ id: "short", seconds: 1 });

/** What the terminal has received, and the exit code. `press` is sent when the output matches `at`. */
function terminal(args, at, press) {
  const command = [process.execPath, demo, ...args].map((part) => `'${part}'`).join(" ");
  const child = spawn("script", ["--quiet", "--return", "--command", `stty cols 60; exec ${command}`, "/dev/null"]);
  let output = "";
  let pressed = false;
  child.stdout.on("data", (chunk) => {
    output += chunk;
    if (pressed || !at?.test(output)) return;
    pressed = true;
    child.stdin.write(press);
  });
  return new Promise((done) => child.on("close", (code) => done({ code, output })));
}

/** The lines that the terminal shows in the end. */
function screen(output) {
  const lines = output.split("\n").map((line) => line.replace(/\r$/, ""));
  return lines.map((line) => line.split("\r\x1b[K").at(-1));
}

const tests = {
  "--watch redraws one line, which never wraps, and ends with the outcome": async () => {
    const { code, output } = await terminal([api.baseUrl, "short", "--watch"]);
    assert.equal(code, 0);
    const [first = ""] = output.split("\n");
    const drawn = first.split("\r\x1b[K").slice(1);
    assert.ok(drawn.length > 1, output);
    assert.ok(drawn.every((line) => line.replace(/\r$/, "").length < 60));
    assert.match(drawn[0], /; next request in 1 s/);
    assert.match(screen(output)[0], /^\[#{20}\] 100 % {2}successful$/);
    assert.equal(screen(output)[1], "StatusInfo");
  },
  "Ctrl-C ends a watch with a complete line and the exit code 130": async () => {
    const { code, output } = await terminal([api.baseUrl, "j", "--watch"], /next request/, "\x03");
    assert.equal(code, 130);
    assert.deepEqual(screen(output), ["[########------------]  42 %  running; interrupted", ""]);
  },
  "Ctrl-C ends the embedded jobs likewise": async () => {
    const { code, output } = await terminal([], /next request/, "\x03");
    assert.equal(code, 130);
    assert.match(screen(output).at(-2), /^\[[#-]{20}\] +\d+ % {2}\w+; interrupted$/);
    assert.equal(screen(output).at(-1), "");
  },
  "without --watch nothing is redrawn": async () => {
    const { code, output } = await terminal([api.baseUrl, "j"]);
    assert.equal(code, 0);
    assert.match(output, /^StatusInfo\r\n/);
    assert.doesNotMatch(output, /\x1b/);
  },
};

let failed = 0;
for (const [name, test] of Object.entries(tests)) {
  try {
    await test();
  } catch (error) {
    failed++;
    console.log(`FAIL ${name}: ${error.stack}`);
  }
}
await api.close();
console.log(`${Object.keys(tests).length - failed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
