// npm run api: src/api/openapi.json and src/api/schema.d.ts as the program in WEIR_BUILD
// (build/release) serves its API. Nobody edits them by hand.
import { readFileSync, writeFileSync } from 'node:fs';
import openapi_types, { astToString } from 'openapi-typescript';
import { Weir } from '../../tests/browser/weir.js';

const folder = new URL('../src/api/', import.meta.url);
const kBanner = '// Made of openapi.json by `npm run api`; not to be edited.\n';

// The texts of both files, by their names.
export async function served_api() {
  const weir = await Weir.start();
  try {
    await weir.make_admin();
    const served = await (await weir.ask('/api/v1/openapi.json')).json();
    return {
      'openapi.json': `${JSON.stringify(served, null, 1)}\n`,
      'schema.d.ts': kBanner + astToString(await openapi_types(structuredClone(served))),
    };
  } finally {
    await weir.end();
  }
}

export function kept_api(name) {
  return readFileSync(new URL(name, folder), 'utf8');
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  for (const [name, text] of Object.entries(await served_api())) {
    writeFileSync(new URL(name, folder), text);
  }
}
