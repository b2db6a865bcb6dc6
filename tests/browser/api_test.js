// What the pages take the API for is what this build serves.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { kept_api, served_api } from '../../web/build/api.js';

describe('the API that the pages know', () => {
  let served;
  before(async () => {
    served = await served_api();
  });
  for (const name of ['openapi.json', 'schema.d.ts']) {
    it(`${name} is that of this build (\`npm run api\` writes it)`, () => {
      assert.equal(kept_api(name), served[name]);
    });
  }
});
