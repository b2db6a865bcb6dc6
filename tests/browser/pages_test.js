// Each page without data, with data and in trouble, light and dark: axe finds nothing, nothing runs
// off the side of a narrow screen, and what is fetched for the first page stays small.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { history } from './household.js';
import {
  faults,
  log_in,
  open_browser,
  open_context,
  open_page,
  settled,
  transfers,
} from './page.js';
import { Weir } from './weir.js';

const kPages = [
  '/',
  '/hosts',
  '/hosts/apps',
  '/hosts/usage',
  '/hosts/192.168.1.23',
  '/traffic/sites',
  '/sessions',
  '/sessions/recent',
  '/explore',
  '/explore?view=table',
  '/explore/flows',
  '/system/setup',
  '/system/exporters',
  '/system/interfaces',
  '/system/names',
  '/nowhere',
];
const kNarrow = { width: 320, height: 640 };
const kMostScript = 75 * 1024; // octets as they come over the wire
const kMostStyle = 12 * 1024;

describe('the pages', () => {
  let empty, full, browser;
  before(async () => {
    const { truth, sent } = history(Date.now() - 30 * 60_000, Date.now());
    [empty, full] = await Promise.all([Weir.start(), Weir.start()]);
    await Promise.all([empty.make_admin(), full.make_admin()]);
    await full.send(sent.map(({ payload }) => payload));
    await full.until(({ flows }) => flows >= truth.flows);
    browser = await open_browser();
  });
  after(async () => {
    await browser?.close();
    await empty?.end();
    await full?.end();
  });

  async function look_at_all(weir, refuse = false) {
    const context = await open_context(browser, weir);
    await log_in(context);
    if (refuse) {
      const body = JSON.stringify({
        error: { where: 'query', what: 'the store is out of order', hint: 'try again' },
      });
      await context.route(/\/api\/v1\/(?!session|events|setup)/, (route) =>
        route.fulfill({ status: 500, contentType: 'application/json', body }),
      );
    }
    const page = await context.newPage();
    const found = [];
    for (const path of kPages) {
      await page.goto(path);
      await settled(page);
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme });
        // What a scheme changes is colours; everything else is looked at once.
        const rules = colorScheme === 'dark' ? ['color-contrast'] : undefined;
        found.push(
          ...(await faults(page, rules)).map((fault) => `${path} ${colorScheme} ${fault}`),
        );
      }
    }
    await context.close();
    if (!refuse) assert.deepEqual(context.seen.errors, []);
    assert.deepEqual(context.seen.elsewhere, []);
    assert.deepEqual(found, []);
  }

  it('axe finds nothing without data, and a narrow screen is not scrolled sideways', () =>
    look_at_all(empty));
  it('the same with data', () => look_at_all(full));
  it('the same in trouble', () => look_at_all(full, true));

  it('the first page takes little script, little style, no font, and all of it from here', async () => {
    const context = await open_context(browser, full);
    await log_in(context);
    const { script, style, fonts } = await transfers(context, '/');
    console.log(`# script ${script} octets, style ${style} octets`);
    assert.ok(script > 0 && script <= kMostScript, `${script} octets of script`);
    assert.ok(style > 0 && style <= kMostStyle, `${style} octets of style`);
    assert.equal(fonts, 0);
    assert.deepEqual(context.seen.elsewhere, []);
    await context.close();
  });

  it('every page links to its rows as CSV and as JSON', async () => {
    const context = await open_context(browser, full);
    await log_in(context);
    const page = await context.newPage();
    for (const path of kPages.filter((each) => each !== '/nowhere')) {
      await page.goto(path);
      const files = page.getByRole('group', { name: 'This page as a file' });
      for (const [name, type] of [
        ['CSV', 'text/csv'],
        ['JSON', 'application/json'],
      ]) {
        const url = await files.getByRole('link', { name, exact: true }).getAttribute('href');
        const came = await context.request.get(url);
        assert.equal(came.status(), 200, url);
        assert.ok(came.headers()['content-type'].startsWith(type), url);
        const body = await came.text();
        if (name === 'JSON') assert.equal(typeof JSON.parse(body), 'object', url);
        // No session may be active any more, and nothing names this household's sites.
        else
          assert.ok(
            body.trim().split('\n').length >
              (['/sessions', '/traffic/sites'].includes(path) ? 0 : 1),
            `${url}: ${body}`,
          );
      }
    }
    await context.close();
  });

  it('a name is text wherever it stands', async () => {
    const context = await open_context(browser, full);
    await log_in(context);
    const page = await open_page(context, '/hosts/%3Cimg%20src=x%20onerror=window.hit=1%3E');
    await settled(page);
    await page.getByText('<img src=x onerror=window.hit=1>').first().waitFor();
    await page.goto('/?f=%3Cimg%20src=x%20onerror=window.hit=1%3E');
    await settled(page);
    assert.equal(await page.evaluate(() => window.hit), undefined);
    assert.equal(await page.locator('img[src=x]').count(), 0);
    await context.close();
  });
});
