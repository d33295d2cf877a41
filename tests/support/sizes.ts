/** The size of the library, and bundles, by the esbuild of a private package. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const source = fileURLToPath(new URL("../../../src/get-status.ts", import.meta.url));

export async function sizesOf(privatePackage: string) {
  const { build, transform } = createRequire(join(privatePackage, "package.json"))("esbuild");
  const options = { minify: true, format: "esm", target: "es2022" };
  const bundle = async (contents: string): Promise<string> => {
    // package.json says that the file has no side effects. Here, it has to show that.
    const pasted = { ignoreAnnotations: true, bundle: true, write: false, logLevel: "error" };
    const stdin = { contents, resolveDir: privatePackage };
    return (await build({ ...options, ...pasted, stdin })).outputFiles[0].text;
  };
  const gzip = (code: string): number => gzipSync(code, { level: 9 }).length;
  const { code } = await transform(readFileSync(source, "utf8"), { ...options, loader: "ts" });
  return {
    /** Minified and compressed, in bytes; `rest` is what a bundle keeps of the file if nothing is imported. */
    sizes: {
      module: gzip(code),
      getStatus: gzip(await bundle(`export { getStatus } from ${JSON.stringify(source)};`)),
      rest: await bundle(`import ${JSON.stringify(source)};`),
    },
    build: (entry: string, outfile: string): Promise<void> =>
      build({ ...options, entryPoints: [entry], outfile, bundle: true, conditions: ["browser"], logLevel: "error" }),
  };
}
