// Writes x.gz and x.br beside every file of dist/, or of the folder given, that gets smaller by it:
// the server sends what is there and never compresses while it serves. Prints what each costs.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const dist = process.argv[2] ?? new URL('../dist/', import.meta.url).pathname;

for (const name of readdirSync(dist, { recursive: true })) {
  const path = join(dist, name);
  if (!statSync(path).isFile() || /\.(gz|br)$/.test(name)) continue;
  const plain = readFileSync(path);
  const gz = gzipSync(plain, { level: 9 });
  const br = brotliCompressSync(plain, {
    params: { [constants.BROTLI_PARAM_SIZE_HINT]: plain.length },
  });
  if (gz.length < plain.length) writeFileSync(`${path}.gz`, gz);
  if (br.length < plain.length) writeFileSync(`${path}.br`, br);
  console.log(`${name}  ${plain.length} B, gz ${gz.length}, br ${br.length}`);
}
