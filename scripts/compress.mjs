//! `node scripts/compress.mjs FOLDER` puts a Brotli version (FILE.br) beside each file that gains by it,
//! so that the server never compresses what does not change.

import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

const folder = process.argv[2];
const gains = /\.(css|js|wasm|svg|txt|html|json)$/;

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
