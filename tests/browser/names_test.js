// Names & services: a list and a services file are pasted, what is wrong in them is told while they
// are typed, and what is saved holds, in the order of the list.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { join } from 'node:path';
import { faults, log_in, open_browser, open_context, open_page } from './page.js';
import { Weir } from './weir.js';

const kList = 'Scan=remotescan|9000-9010\nNNTP=nnntp\nLater=-1\nWeb=http|443\n';
const kServices = '# ours\nremotescan 6077/tcp scan\nalone\n';
const kTutorial = new URL(
  '../seed-netflow-ntop-tutorial.txt',
  process.env.WEIR_CORPUS
    ? `file://${process.env.WEIR_CORPUS}/`
    : new URL('../../../shared/corpus/', import.meta.url),
);

describe('names and services', () => {
  let weir, browser, context, page;
  before(async () => {
    weir = await Weir.start();
    await weir.make_admin();
    browser = await open_browser();
    context = await open_context(browser, weir);
    await log_in(context);
    page = await open_page(context, '/system/names');
  });
  after(async () => {
    await browser?.close();
    await weir?.end();
  });

  const box = (name) => page.getByRole('textbox', { name, exact: true });
  const part = (name) => page.getByRole('region', { name, exact: true });
  const names = () => page.getByRole('rowheader').allInnerTexts();

  it('starts with the default list, which names no flows yet', async () => {
    await page.getByText('Flows are named by it once you save').waitFor();
    assert.equal((await names()).length, 20);
    assert.equal(await box('Protocols list').inputValue(), '');
  });

  it('tells what is wrong while the text is typed, before anything is saved', async () => {
    await box('Protocols list').fill(kList);
    await part('Protocols list').getByText('2 warnings').waitFor();
    assert.match(await part('Protocols list').innerText(), /nnntp: no service has this name/);
    assert.deepEqual(await names(), ['Scan', 'NNTP', 'Later', 'Web']);
    await box('Services').fill(kServices);
    await part('Protocols list').getByText('One warning').waitFor();
    await part('Services').getByRole('button', { name: 'Line 3' }).click();
    const chosen = await box('Services').evaluate((area) =>
      area.value.slice(area.selectionStart, area.selectionEnd),
    );
    assert.equal(chosen, 'alone');
    assert.equal((await (await weir.ask('/api/v1/protocols')).json()).own, false);
  });

  it('saves both, and shows the list in its order with what its names mean', async () => {
    for (const name of ['Services', 'Protocols list']) {
      await part(name).getByRole('button', { name: 'Save' }).click();
      await part(name).getByRole('status').waitFor();
    }
    await page.reload();
    await page.getByText('In the order of the list').waitFor();
    const rows = await page.getByRole('row').allInnerTexts();
    assert.deepEqual(
      rows.slice(1).map((row) => row.split('\t').slice(0, 2).join(' ')),
      ['Scan 6077, 9000-9010', 'NNTP none', 'Later none', 'Web 80, 443'],
    );
    assert.equal(readFileSync(join(weir.data, 'protocols.list'), 'utf8'), kList);
    assert.deepEqual(await faults(page), []);
  });

  it('refuses nonsense, and names a file that became it', async () => {
    await box('Protocols list').fill('<html>');
    await part('Protocols list').getByRole('button', { name: 'Save' }).click();
    await page.getByRole('alert').filter({ hasText: 'no line of it is an entry' }).waitFor();
    writeFileSync(join(weir.data, 'services'), Buffer.from([0, 1, 2]));
    await page.getByRole('alert').filter({ hasText: 'octets of 0' }).waitFor();
    assert.equal(await box('Services').inputValue(), kServices);
  });

  it("takes the tutorial's list as it stands", async (test) => {
    if (!existsSync(kTutorial)) return test.skip('the tutorial is not there');
    const blocks = readFileSync(kTutorial, 'utf8').split(/^```.*$/m);
    const list = blocks.find((block) => block.includes('Default ntop protocollist')).trim();
    const wanted = list
      .split('\n')
      .filter((line) => line.includes('='))
      .map((line) => line.split('=')[0]);
    await box('Protocols list').fill(list);
    await part('36 entries').waitFor();
    await part('Protocols list').getByText('One warning').waitFor();
    assert.equal(wanted.length, 36);
    assert.deepEqual(await names(), wanted);
  });
});
