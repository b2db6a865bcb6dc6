// Several tabs of one browser: one event stream for all of them, and each with a source of its own.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { history, is_ours } from './household.js';
import {
  assert_about,
  log_in,
  octets_of,
  open_browser,
  open_context,
  open_page,
  settled,
} from './page.js';
import { Weir } from './weir.js';

const kTabs = 10;
const kNear = '127.0.0.1';
const kOther = '127.0.0.2';

describe('tabs', () => {
  let weir, browser, context, first;
  before(async () => {
    weir = await Weir.start();
    await weir.make_admin();
    first = history(Date.now() - 10 * 60_000, Date.now());
    await weir.send(
      first.sent.map(({ payload }) => payload),
      kNear,
    );
    await weir.until(({ flows }) => flows >= first.truth.flows);
    browser = await open_browser();
    context = await open_context(browser, weir);
    await log_in(context);
  });
  after(async () => {
    await browser?.close();
    await weir?.end();
  });

  it('ten tabs share one event stream, and all of them are told', async () => {
    const open_streams = new Set();
    const is_stream = (request) => request.url().endsWith('/api/v1/events');
    context.on('request', (request) => is_stream(request) && open_streams.add(request));
    for (const ended of ['requestfinished', 'requestfailed'])
      context.on(ended, (request) => open_streams.delete(request));
    const pages = [];
    for (let tab = 0; tab < kTabs; ++tab) pages.push(await open_page(context, '/system/setup'));
    const told = (page) => page.locator('p.counts b').nth(1);
    await Promise.all(
      pages.map((page) =>
        told(page)
          .filter({ hasText: digits(first.truth.flows) })
          .waitFor(),
      ),
    );
    assert.equal(open_streams.size, 1);
    const more = history(Date.now() - 60_000, Date.now());
    await weir.send(
      more.sent.map(({ payload }) => payload),
      kOther,
    );
    const all = digits(first.truth.flows + more.truth.flows);
    await Promise.all(pages.map((page) => told(page).filter({ hasText: all }).waitFor()));
    assert.equal(open_streams.size, 1);
    first.other = more.truth;
    await Promise.all(pages.map((page) => page.close()));
  });

  it('two tabs look through two sources, and every link keeps its own', async () => {
    const tabs = [
      { page: await open_page(context, '/'), source: kNear, truth: first.truth },
      { page: await open_page(context, '/'), source: kOther, truth: first.other },
    ];
    for (const { page, source } of tabs) {
      await page.getByRole('button', { name: /^Source/ }).click();
      await page.getByRole('link', { name: source, exact: true }).click();
      await page.waitForURL(`**/?src=${source}`);
    }
    for (const { page, source, truth } of tabs) {
      const top = truth.top(0, Infinity, ({ src, dst }) => [src, dst].filter(is_ours))[0];
      const card = page.getByRole('list', { name: 'Top hosts' });
      await card.getByRole('link', { name: top.name, exact: true }).waitFor();
      await settled(page);
      assert_about(
        octets_of(await card.getByRole('listitem').first().innerText()),
        top.bytes,
        top.name,
      );
      const links = await page
        .locator('nav a, main a[href^="/"]')
        .evaluateAll((all) => all.map(({ href }) => href));
      assert.ok(links.length > 10);
      const kept = links.filter((link) => new URL(link).searchParams.get('src') === source);
      assert.deepEqual(kept, links);
      for (const name of ['Hosts', 'Sessions', 'Explore']) {
        await page.getByRole('navigation').getByRole('link', { name, exact: true }).click();
        await page.getByRole('heading', { level: 1, name }).waitFor();
        assert.equal(new URL(page.url()).searchParams.get('src'), source);
      }
    }
  });

  it('nothing was fetched from elsewhere and nothing went wrong', () => {
    assert.deepEqual(context.seen.elsewhere, []);
    assert.deepEqual(context.seen.errors, []);
  });
});

// A count as a page may write it: with a space, a comma or nothing between thousands.
function digits(count) {
  return new RegExp(`^${String(count).replace(/\B(?=(\d{3})+$)/g, '\\D?')}$`);
}
