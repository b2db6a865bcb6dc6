// Interfaces: named by the router's options records, their roles suggested and confirmed at a click,
// renamed by a person; the same as a file and wherever a source is chosen.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { faults, log_in, open_browser, open_context, open_page } from './page.js';
import { address, kField, Netflow9, options_template, records, template } from './netflow9.js';
import { Weir } from './weir.js';

const kFields = [kField.src, kField.dst, kField.bytes, kField.packets, 10, 14];
const kLaptop = address('192.168.1.10');
const kServer = address('203.0.113.5');
const word = (text) => Buffer.from(text).readUInt32BE(0);

describe('interfaces', () => {
  let weir, browser, context, page;
  before(async () => {
    weir = await Weir.start();
    await weir.make_admin();
    const router = new Netflow9();
    await weir.send([
      router.datagram(
        template(256, kFields),
        options_template(257, [10, 82]),
        records(257, [0, 3, word('wan0')], [0, 1, word('lan0')]),
        records(256, [kServer, kLaptop, 9_000_000, 9000, 3, 1]),
        records(256, [kLaptop, kServer, 1_000_000, 1000, 1, 3]),
      ),
    ]);
    await weir.until(({ flows }) => flows >= 2);
    browser = await open_browser();
    context = await open_context(browser, weir);
    await log_in(context);
    page = await open_page(context, '/system/interfaces?t=-1h');
  });
  after(async () => {
    await browser?.close();
    await weir?.end();
  });

  const row = (name) => page.getByRole('row').filter({ hasText: name });

  it('are called what the router says, with who said it', async () => {
    await row('wan0').getByText('options').waitFor();
    assert.match(await row('wan0').innerText(), /10\.0\s*MB/);
    assert.equal(await row('lan0').count(), 1);
    assert.deepEqual(await faults(page), []);
  });

  it('get the role that the flows suggest by one click', async () => {
    await page.getByRole('button', { name: 'wan0 is WAN' }).click();
    await page.getByRole('button', { name: 'wan0 is WAN' }).waitFor({ state: 'detached' });
    await row('wan0').getByRole('cell', { name: 'WAN', exact: true }).waitFor();
    const { interfaces } = await (await weir.ask('/api/v1/interfaces')).json();
    assert.deepEqual(
      interfaces.map(({ index, role, suggested_role }) => [index, role, suggested_role]),
      [
        [1, undefined, 'lan'],
        [3, 'wan', 'wan'],
      ],
    );
  });

  it("take a person's name and speed", async () => {
    await page.getByRole('button', { name: 'Edit wan0' }).click();
    const form = page.getByRole('form', { name: 'What wan0 is' });
    await form.getByLabel('Speed').fill('fast');
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByRole('alert').getByText('100M or 2.5G').waitFor();
    await form.getByLabel('Name').fill('<b>Uplink</b>');
    await form.getByLabel('Speed').fill('100M');
    assert.deepEqual(await faults(page), []);
    await form.getByRole('button', { name: 'Save' }).click();
    await row('<b>Uplink</b>').getByText('100 Mbit/s').waitFor();
    await row('<b>Uplink</b>').getByText('you').waitFor();
  });

  it('are named where a source is chosen, and in the file', async () => {
    const other = await open_page(context, '/?src=127.0.0.1/3');
    await other.getByText('127.0.0.1, <b>Uplink</b>').waitFor();
    await other.close();
    const csv = await (await weir.ask('/system/interfaces.csv?t=-1h')).text();
    assert.match(csv, /^exporter,exporter_name,index,name,/);
    assert.match(csv, /\n127\.0\.0\.1,,3,<b>Uplink<\/b>,person,/);
  });
});
