// The questions for which people look at such a program: each by counted clicks from the overview,
// and the answer on the page compared with what the household did.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, afterEach, before, describe, it } from 'node:test';
import { history, is_ours, midnight } from './household.js';
import { write_segment } from './journal.js';
import {
  assert_about,
  octets_of,
  open_browser,
  open_context,
  open_page,
  log_in,
  rows_of,
} from './page.js';
import { Weir } from './weir.js';

const kHour = 3_600_000;
const ends = (flow) => [flow.src, flow.dst].filter(is_ours);

describe('the questions', () => {
  const { truth, sent } = history(midnight(1), Date.now());
  let weir, browser, context, page, now;
  before(async () => {
    weir = await Weir.start({ prepare: (data, port) => write_segment(data, sent, port) });
    await weir.make_admin();
    await weir.until(({ flows }) => flows >= truth.flows);
    browser = await open_browser();
    context = await open_context(browser, weir, { acceptDownloads: true });
    await log_in(context);
  });
  after(async () => {
    await browser?.close();
    await weir?.end();
  });
  afterEach(async () => {
    await page?.close();
  });

  async function open(path = '/') {
    now = Date.now();
    page = await open_page(context, path);
  }
  // The rows of a card are the first of `expected`, in that order, with those bytes.
  async function card_tells(title, expected) {
    const rows = await rows_of(page.getByRole('list', { name: title }));
    assert.ok(rows.length >= 6, `${rows.length} rows`);
    assert.deepEqual(
      rows.map(({ name }) => name),
      expected.slice(0, rows.length).map(({ name }) => name),
    );
    rows.forEach(({ value }, index) =>
      assert_about(octets_of(value), expected[index].bytes, expected[index].name),
    );
  }

  it('who are the top users: no click', async () => {
    await open();
    await card_tells('Top hosts', truth.top(now - 24 * kHour, now, ends));
    assert_about(
      octets_of(await page.locator('p.said').innerText()),
      truth.bytes_within(now - 24 * kHour, now),
      'all',
    );
    assert.equal(page.clicks, 0);
  });

  it('who sends most: no click', async () => {
    await open();
    await card_tells(
      'Top senders',
      truth.top(now - 24 * kHour, now, ({ src }) => [src].filter(is_ours)),
    );
    assert.equal(page.clicks, 0);
  });

  it('which applications are used: no click', async () => {
    await open();
    await card_tells(
      'Applications',
      truth.top(now - 24 * kHour, now, ({ app }) => [app]),
    );
    assert.equal(page.clicks, 0);
  });

  it('which hour was the busiest: no click', async () => {
    await open('/?t=yesterday');
    const hours = Array.from({ length: 24 }, (_, hour) => midnight(1) + hour * kHour).map(
      (start) => ({
        start,
        bytes: truth.bytes_within(start, start + kHour),
      }),
    );
    const { start, bytes } = hours.reduce((most, hour) => (hour.bytes > most.bytes ? hour : most));
    const sentence = page.locator('p.said', { hasText: 'Busiest was the hour from' });
    const [, hour, amount] = /hour from (\d+):00.*?\(([^)]+)\)/.exec(await sentence.innerText());
    assert.equal(Number(hour), new Date(start).getHours());
    assert_about(octets_of(amount), bytes, 'the busiest hour');
    assert.equal(page.clicks, 0);
  });

  it('what did a host do yesterday from 19:00 to 20:00, and that as a file: three clicks', async () => {
    const [from, to] = [midnight(1) + 19 * kHour, midnight(1) + 20 * kHour];
    await open();
    const host = await page
      .getByRole('list', { name: 'Top hosts' })
      .getByRole('link')
      .first()
      .innerText();
    await page.press_on(page.getByRole('link', { name: host, exact: true }).first());
    await page.waitForURL(`**/hosts/${host}`);
    await page.press_on(page.getByRole('button', { name: /^Time range/ }));
    await page.getByLabel('Or say it').fill('yesterday 19:00–20:00');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/hosts/*t=*');
    const received = truth.bytes_within(from, to, ({ dst }) => dst === host);
    const sent_by_it = truth.bytes_within(from, to, ({ src }) => src === host);
    const said = page.locator('p.said', { hasText: /received .* from/ });
    const [, down, up] = /received (.*?) and sent (.*?) from/.exec(await said.innerText());
    assert_about(octets_of(down), received, 'received');
    assert_about(octets_of(up), sent_by_it, 'sent');
    const peers = truth.top(from, to, ({ src, dst }) =>
      src === host ? [dst] : dst === host ? [src] : [],
    );
    await card_tells('Peers', peers);

    const coming = page.waitForEvent('download');
    await page.press_on(page.getByRole('link', { name: 'CSV' }));
    const file = readFileSync(await (await coming).path(), 'utf8');
    const [head, ...lines] = file
      .trim()
      .split(/\r?\n/)
      .map((line) => line.split(','));
    const column = (name) => head.indexOf(name);
    const within = truth.all.filter(
      ({ src, dst, start, end }) => (src === host || dst === host) && start < to && end >= from,
    );
    assert.equal(lines.length, within.length);
    const sum = lines.reduce((all, line) => all + Number(line[column('bytes')]), 0);
    assert.equal(
      sum,
      within.reduce((all, { bytes }) => all + bytes, 0),
    );
    assert.equal(page.clicks, 3);
  });

  it('nothing was fetched from elsewhere and nothing went wrong', () => {
    assert.deepEqual(context.seen.elsewhere, []);
    assert.deepEqual(context.seen.errors, []);
  });
});
