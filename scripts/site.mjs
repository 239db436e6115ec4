//! `node scripts/site.mjs FOLDER` adds to the browser half what is not compiled: the style sheet in one
//! file, and everything in `public`. Then it puts a Brotli version (FILE.br) beside each file that gains
//! by it, so that the server never compresses what does not change.

import { cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

const root = join(import.meta.dirname, "..");
const { browserslistToTargets, bundle } = createRequire(join(root, "end2end", "package.json"))("lightningcss");

const folder = process.argv[2];
const gains = /\.(css|js|wasm|svg|txt|html|json)$/;
// The oldest browsers with everything the pages use, written as browserslist would list them.
const browsers = ["chrome 119", "edge 119", "firefox 128", "safari 17.4", "ios_saf 17.4"];

mkdirSync(join(folder, "pkg"), { recursive: true });
const style = bundle({ filename: join(root, "style", "main.css"), minify: true, targets: browserslistToTargets(browsers) });
for (const { message, loc } of style.warnings) throw new Error(`style: ${message} (${JSON.stringify(loc)})`);
writeFileSync(join(folder, "pkg", "plumbline.css"), style.code);
cpSync(join(root, "public"), folder, { recursive: true });

for (const name of readdirSync(folder, { recursive: true })) {
  if (!gains.test(name)) continue;
  const path = join(folder, name);
  const plain = readFileSync(path);
  const small = brotliCompressSync(plain, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_LGWIN]: 22,
      [constants.BROTLI_PARAM_SIZE_HINT]: plain.length,
    },
  });
  if (small.length < plain.length * 0.95) writeFileSync(`${path}.br`, small);
  console.log(`${String(plain.length).padStart(9)} → ${String(Math.min(small.length, plain.length)).padStart(8)} bytes  ${name}`);
}
