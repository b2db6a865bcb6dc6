// A server that is gone for a while: what was on the page stays, says its age, and goes on by itself.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { history } from './household.js';
import { faults, log_in, open_browser, open_context, open_page, rows_of, settled } from './page.js';
import { Weir } from './weir.js';

describe('a server that is gone', () => {
  let weir, browser, context, page, before_it;
  before(async () => {
    weir = await Weir.start();
    await weir.make_admin();
    const { truth, sent } = history(Date.now() - 5 * 60_000, Date.now());
    await weir.send(sent.map(({ payload }) => payload));
    await weir.until(({ flows }) => flows >= truth.flows);
    browser = await open_browser();
    context = await open_context(browser, weir);
    await log_in(context);
    page = await open_page(context, '/?t=-1h');
    await settled(page);
    before_it = await rows_of(page.getByRole('list', { name: 'Top hosts' }));
  });
  after(async () => {
    await browser?.close();
    await weir?.end();
  });

  it('leaves its answers on the page, dimmed and with their age', async () => {
    await weir.kill();
    await page.getByText(/The server does not answer. What you see is from \d/).waitFor();
    const list = page.getByRole('list', { name: 'Top hosts' });
    assert.deepEqual(await rows_of(list), before_it);
    const opacity = await list.evaluate(
      (element) => getComputedStyle(element.closest('main > *')).opacity,
    );
    assert.ok(Number(opacity) < 1);
  });

  it('goes on by itself when it is back', async () => {
    await weir.begin();
    await page.getByText('The server does not answer.').waitFor({ state: 'hidden' });
    const { truth, sent } = history(Date.now() - 60_000, Date.now());
    const flows_before = truth.flows;
    await weir.send(
      sent.map(({ payload }) => payload),
      '127.0.0.9',
    );
    await weir.until(({ flows }) => flows >= flows_before);
    await page.locator('p.said', { hasNotText: before_it[0].value }).waitFor();
    assert.equal(await page.locator('.trouble').count(), 0);
    assert.deepEqual(await faults(page), []);
  });

  it('a page that opens meanwhile waits for it', async () => {
    const other = await open_page(context, '/system/exporters');
    await other.getByRole('link', { name: '127.0.0.9' }).waitFor();
    await weir.kill();
    await other.getByText('The server does not answer.').waitFor();
    await weir.begin();
    await other.getByText('The server does not answer.').waitFor({ state: 'hidden' });
    assert.deepEqual(context.seen.errors, []);
  });

  it('a page whose parts did not arrive is fetched again', async () => {
    const other = await open_page(context, '/');
    await settled(other);
    let refused = 0;
    await other.route('**/assets/HostsPage-*', async (route) => {
      ++refused;
      await route.abort('connectionreset');
    });
    await other.getByRole('link', { name: 'Hosts', exact: true }).first().click();
    await other.getByText('The network changed while this page came.').waitFor();
    assert.ok(refused > 0);
    await other.unroute('**/assets/HostsPage-*');
    await other.getByRole('table', { name: 'Hosts' }).waitFor();
    assert.equal(new URL(other.url()).pathname, '/hosts');
  });
});
