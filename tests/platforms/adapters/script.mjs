// Node, Deno and Bun. A request that hangs would keep the process alive.
const { Deno, process } = globalThis;
const [place] = Deno?.args ?? process.argv.slice(2);
console.log(await runTests(JSON.parse(place)));
(Deno ?? process).exit(0);
