// The main path without a mouse: overview, host, its sessions, another range, a filter, a chart. What
// has the focus is always seen.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { history, is_ours } from './household.js';
import {
  cells_of,
  faults,
  log_in,
  open_browser,
  open_context,
  open_page,
  settled,
} from './page.js';
import { Weir } from './weir.js';

const kMinute = 60_000;
const kMostTabs = 120;

describe('the keyboard alone', () => {
  const { truth, sent } = history(Date.now() - 30 * kMinute, Date.now());
  let weir, browser, context, page;
  before(async () => {
    weir = await Weir.start();
    await weir.make_admin();
    await weir.send(sent.map(({ payload }) => payload));
    await weir.until(({ flows }) => flows >= truth.flows);
    browser = await open_browser();
    context = await open_context(browser, weir);
    await log_in(context);
    page = await open_page(context, '/');
    await settled(page);
  });
  after(async () => {
    await browser?.close();
    await weir?.end();
  });

  const press = (key) => page.keyboard.press(key);
  const has_focus = (locator) => locator.evaluateAll((all) => all.includes(document.activeElement));
  // Presses Tab until it is there; every place on the way can be seen.
  async function tab_to(locator) {
    await locator.first().waitFor({ state: 'attached' });
    for (let tabs = 0; tabs < kMostTabs; ++tabs) {
      await press('Tab');
      const unseen = await page.evaluate(() => {
        const at = document.activeElement;
        const outlined = (each) =>
          each && getComputedStyle(each).outlineStyle !== 'none' && each.offsetWidth > 1;
        const around = at.closest('form');
        return at === document.body || outlined(at) || outlined(around) ? '' : at.outerHTML;
      });
      assert.equal(unseen, '');
      if (await has_focus(locator)) return;
    }
    assert.fail(`no Tab leads to ${locator}`);
  }
  const link = (name) => page.getByRole('link', { name, exact: true });

  it('the first Tab offers to skip the header, on any page', async () => {
    for (const path of ['/', '/hosts?t=-1h']) {
      await page.goto(path);
      await settled(page);
      await tab_to(link('Skip to the content'));
      await press('Enter');
      assert.ok(await has_focus(page.getByRole('main')));
      assert.equal(new URL(page.url()).pathname + new URL(page.url()).search, path);
    }
    await page.goto('/');
    await settled(page);
  });

  it('from the overview to the busiest host and its sessions', async () => {
    const [top] = truth.top(0, Infinity, ({ src, dst }) => [src, dst].filter(is_ours));
    await tab_to(page.getByRole('list', { name: 'Top hosts' }).getByRole('link'));
    await press('Enter');
    await page.waitForURL(`**/hosts/${top.name}`);
    const table = page.getByRole('table', { name: 'Sessions' });
    await table.getByText('active').first().waitFor({ state: 'attached' });
    const total = table.getByRole('columnheader', { name: 'Total' });
    await tab_to(total.getByRole('button'));
    await press('Enter');
    await total.and(page.locator('[aria-sort="descending"]')).waitFor();
    await press('Space');
    await total.and(page.locator('[aria-sort="ascending"]')).waitFor();
  });

  it('another range: by its key, and by saying it', async () => {
    await press('1');
    await page.waitForURL('**/hosts/*t=-1h*');
    const range = page.getByRole('button', { name: /^Time range/ });
    await page.goto(page.url()); // from the top again
    await settled(page);
    await tab_to(range);
    await press('Enter');
    await tab_to(page.getByLabel('Or say it'));
    await page.keyboard.type('last 20 minutes');
    await press('Enter');
    await page.waitForURL('**/hosts/*t=-20m*');
    assert.ok(await has_focus(range));
    await press('u'); // back
    await page.waitForURL('**/hosts/*t=-1h*');
  });

  it('a filter, and all sessions that pass it', async () => {
    await press('/');
    assert.ok(await has_focus(page.getByRole('combobox', { name: 'Filter' })));
    await page.keyboard.type('port:53');
    await press('Enter');
    await page.waitForURL('**f=port:53*');
    await tab_to(page.getByRole('table', { name: 'Sessions' }).getByRole('link'));
    const rows = await cells_of(page.getByRole('table', { name: 'Sessions' }));
    assert.ok(rows.length > 0);
    assert.deepEqual(
      rows.filter(([, server]) => !server.endsWith(':53')),
      [],
    );
    await page.goto('/?f=port:53');
    await settled(page);
    await tab_to(page.getByRole('navigation').getByRole('link', { name: 'Sessions' }));
    await press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Sessions' }).waitFor();
  });

  it('from row to row, and what a row is about', async () => {
    await page.goto('/hosts?t=-1h');
    const hosts = page.getByRole('table', { name: 'Hosts' });
    const rows = await cells_of(hosts);
    const row = (index) => hosts.locator(`tbody tr[aria-rowindex="${index + 2}"]`);
    await press('j');
    assert.ok(await has_focus(row(0)));
    await press('j');
    await press('j');
    await press('k');
    assert.ok(await has_focus(row(1)));
    await press('Enter');
    await page.waitForURL(`**/hosts/${rows[1][0]}?t=-1h`);
    await page.goBack();
    await row(0).waitFor();
    for (const [key, term] of [
      ['x', `-host:${rows[0][0]}`],
      ['f', `host:${rows[1][0]}`],
    ]) {
      await press('j'); // from nowhere to the first, then on
      await press(key);
      await page.waitForURL(`**f=${term}*`);
      await page.goBack();
      await row(rows.length - 1).waitFor();
    }
  });

  it('a sheet says what the keys do', async () => {
    await press('?');
    const sheet = page.getByRole('dialog', { name: 'Keys' });
    await sheet.getByText('next row, row before').waitFor();
    assert.deepEqual(await faults(page), []);
    await press('Escape');
    await sheet.waitFor({ state: 'detached' });
  });

  it('a chart: its moments are spoken, and a part of it is chosen', async () => {
    await page.goto('/?t=-30m');
    await settled(page);
    const chart = page.getByRole('slider', { name: 'Traffic in and out' });
    await tab_to(chart);
    await press('ArrowLeft');
    const spoken = await chart.getAttribute('aria-valuetext');
    assert.match(spoken, /: In .*bit\/s, .*Out/);
    for (let step = 0; step < 4; ++step) await press('Shift+ArrowLeft');
    await press('Enter');
    await page.waitForURL('**/?t=*..*');
    await press('t');
    await page.getByRole('region', { name: 'Traffic in and out' }).waitFor();
    assert.deepEqual(context.seen.errors, []);
  });
});
