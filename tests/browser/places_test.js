// Where remote ends are, by the shipped file of countries: on the overview, in Explore and on a host's
// page, with links that a person may follow.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Netflow9, address, kField, records, template } from './netflow9.js';
import { faults, log_in, open_browser, open_context, open_page } from './page.js';
import { Weir } from './weir.js';

const kHost = address('192.168.1.5');
const kFar = address('193.0.14.129'); // a root name server's, in the Netherlands
const kTemplateId = 300;
const kLinks = 'More https://example.org/?ip={address}\nscript javascript:alert({address})\n';

describe('places', () => {
  let weir, browser, context, page;
  before(async () => {
    weir = await Weir.start({
      prepare: (folder) => writeFileSync(join(folder, 'links'), kLinks),
    });
    await weir.make_admin();
    const router = new Netflow9();
    const fields = [kField.src, kField.dst, kField.bytes, kField.packets];
    await weir.send([
      router.datagram(
        template(kTemplateId, fields),
        records(kTemplateId, [kHost, kFar, 5000, 5], [kFar, kHost, 70_000, 60]),
      ),
    ]);
    await weir.until(({ flows }) => flows >= 2);
    browser = await open_browser();
    context = await open_context(browser, weir);
    await log_in(context);
    page = await open_page(context, '/?t=-1h');
  });
  after(async () => {
    await browser?.close();
    await weir?.end();
  });

  it('the overview sums by country, and a country leads to its hosts', async () => {
    const row = page.getByRole('list', { name: 'Top countries' }).getByRole('listitem').first();
    await row.filter({ hasText: 'Netherlands' }).filter({ hasText: '75.0 kB' }).waitFor();
    assert.deepEqual(await faults(page), []);
    await row.getByRole('link').first().click();
    await page.waitForURL(/\/explore/);
    assert.match(decodeURIComponent(page.url()), /country:NL/);
    await page.getByRole('row').filter({ hasText: '192.168.1.5' }).waitFor();
  });

  it("a host's page says where it is, with the user's links", async () => {
    await page.goto('/hosts/193.0.14.129');
    await page.getByText('Netherlands').waitFor();
    const link = page.getByRole('link', { name: 'More', exact: true });
    assert.equal(await link.getAttribute('href'), 'https://example.org/?ip=193.0.14.129');
    assert.equal(await link.getAttribute('rel'), 'noopener noreferrer');
    assert.equal(await page.getByRole('link', { name: 'script' }).count(), 0);
    assert.deepEqual(await faults(page), []);
    await page.goto('/hosts/192.168.1.5');
    await page.getByRole('list', { name: 'Peers' }).waitFor();
    assert.equal(await page.getByRole('link', { name: 'More', exact: true }).count(), 0);
    assert.deepEqual(context.seen.elsewhere, []);
  });

  it('the set-up page names the line that is no link', async () => {
    await page.goto('/system/setup');
    await page.getByText(/links, line 2: script javascript/).waitFor();
  });
});
