// Which website: a DNS server's query log names what a host asked for, the AS the rest; the Overview, the
// page of sites and the host's own say so, with what they know it by.
import assert from 'node:assert/strict';
import { appendFileSync, writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { join } from 'node:path';
import { address, kField, Netflow9, records, template } from './netflow9.js';
import { faults, log_in, open_browser, open_context, open_page } from './page.js';
import { Weir } from './weir.js';

const [kHost, kAsked, kUnasked] = ['192.168.1.5', '198.51.100.7', '198.51.100.8'];
const kTemplate = template(256, [
  kField.src,
  kField.dst,
  kField.bytes,
  kField.packets,
  kField.src_as,
]);
const from = (server, bytes, as) => [address(server), address(kHost), bytes, 10, as];

describe('sites', () => {
  let weir, browser, page, log;
  before(async () => {
    weir = await Weir.start({
      config: 'sites.logs = ["queries.log"]\n',
    });
    log = join(weir.folder, 'queries.log');
    await weir.make_admin();
    browser = await open_browser();
    const context = await open_context(browser, weir);
    await log_in(context);
    page = await open_page(context, '/');
  });
  after(async () => {
    await browser?.close();
    await weir?.end();
  });

  const region = (name) =>
    page.locator('section').filter({ has: page.getByRole('heading', { level: 2, name }) });
  const known = async (name, count) => {
    const metrics = await (await weir.ask('/metrics')).text();
    return new RegExp(`^${name} ${count}$`, 'm').test(metrics);
  };
  async function becomes(what) {
    const end = Date.now() + 20_000;
    while (!(await what())) {
      assert.ok(Date.now() < end, String(what));
      await new Promise((done) => setTimeout(done, 50));
    }
  }

  it('shows no card while nothing has a site', async () => {
    const router = new Netflow9();
    await weir.send([
      router.datagram(kTemplate),
      router.datagram(records(256, from(kUnasked, 1, 64500))), // its AS is heard of
    ]);
    await weir.until(({ flows }) => flows >= 1);
    await page.reload();
    await region('Applications').getByRole('listitem').first().waitFor();
    assert.equal(await region('Top sites').count(), 0);
  });

  it('names the sites on the Overview, with what it knows them by', async () => {
    writeFileSync(log, `dnsmasq[1]: 7 ${kHost}/4000 query[A] www.example.org from ${kHost}\n`);
    appendFileSync(log, `dnsmasq[1]: 7 ${kHost}/4000 reply www.example.org is <CNAME>\n`);
    appendFileSync(log, `dnsmasq[1]: 7 ${kHost}/4000 reply edge.example.net is ${kAsked}\n`);
    await becomes(() => known('weir_sites_pairs', 1));
    await becomes(() => known('weir_sites_as_numbers', 1));
    const router = new Netflow9();
    await weir.send([
      router.datagram(kTemplate),
      router.datagram(records(256, from(kAsked, 900_000, 64500), from(kUnasked, 100_000, 64500))),
    ]);
    await weir.until(({ flows }) => flows >= 3);
    await page.reload();
    const rows = region('Top sites').getByRole('listitem');
    await rows.nth(1).waitFor();
    const shown = (await rows.allInnerTexts()).map((row) => row.split(/\s+/).slice(0, 2).join(' '));
    assert.deepEqual(shown, ['www.example.org DNS', 'AS64500 AS']);
    assert.deepEqual(await faults(page), []);
  });

  it('shows all of them on their page, one click away', async () => {
    await region('Top sites').getByRole('link', { name: 'Top sites' }).click();
    await page.waitForURL('**/traffic/sites');
    const rows = page.getByRole('table', { name: 'Sites' }).getByRole('row');
    await rows.nth(2).waitFor();
    const shown = (await rows.allInnerTexts()).slice(1).map((row) => row.split('\t').slice(0, 2));
    assert.deepEqual(shown, [
      ['www.example.org', 'DNS'],
      ['AS64500', 'AS'],
    ]);
    assert.deepEqual(await faults(page), []);
    const file = await weir.ask('/traffic/sites.csv?f=site:example.org+evidence:dns');
    assert.match(await file.text(), /^site,site_evidence,dir,.*\nwww\.example\.org,dns,in,900000,/);
  });

  it("names them on the host's page and in the explorer", async () => {
    await page.goto(`/hosts/${kHost}`);
    const site = region('Sites').getByRole('link', { name: 'www.example.org' });
    await site.waitFor();
    assert.deepEqual(await faults(page), []);
    await site.click();
    await page.waitForURL('**/explore?**');
    await page.getByRole('table').getByText(kHost).first().waitFor();
    assert.match(page.url(), /f=host:192\.168\.1\.5\+site:www\.example\.org/);
  });
});
