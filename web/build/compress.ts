/**
 * Writes beside each file of `dist` what it is in brotli and in gzip, where that is worth a request's while. The
 * gateway has all of them in its binary and chooses what a browser accepts; it compresses nothing itself.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** The share of its size that a file must lose. */
const WORTHWHILE = 0.1;

const dist = join(import.meta.dirname, '../dist');
const encodings = [
  {
    suffix: 'br',
    encode: (file: Buffer) =>
      promisify(brotliCompress)(file, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: file.length } }),
  },
  { suffix: 'gz', encode: (file: Buffer) => promisify(gzip)(file, { level: constants.Z_BEST_COMPRESSION }) },
];

for (const entry of await readdir(dist, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const path = join(entry.parentPath, entry.name);
  const file = await readFile(path);
  for (const { suffix, encode } of encodings) {
    const encoded = await encode(file);
    if (encoded.length <= file.length * (1 - WORTHWHILE)) await writeFile(`${path}.${suffix}`, encoded);
  }
}
