// The questions for which people look at such a program: each by counted clicks from the overview,
// and the answer on the page compared with what the household did. What a host is doing now is asked
// in first_minute_test.js and softflowd_test.js, of flows that just came.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, afterEach, before, describe, it } from 'node:test';
import { history, is_ours, midnight } from './household.js';
import { write_segment } from './journal.js';
import {
  assert_about,
  cells_of,
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
  const first_host = () =>
    page.getByRole('list', { name: 'Top hosts' }).getByRole('link').first().innerText();
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

  // A download of a page as rows of texts, its head aside.
  async function file_of(link) {
    const coming = page.waitForEvent('download');
    await page.press_on(link);
    const text = readFileSync(await (await coming).path(), 'utf8');
    const [head, ...lines] = text
      .trim()
      .split(/\r?\n/)
      .map((line) => line.split(','));
    return lines.map((line) => Object.fromEntries(head.map((name, at) => [name, line[at]])));
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

  it('which hour of yesterday was the busiest: two clicks', async () => {
    await open();
    await page.press_on(page.getByRole('button', { name: /^Time range/ }));
    await page.press_on(page.getByRole('link', { name: /^Yesterday/ }));
    await page.waitForURL('**/?t=yesterday');
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
    assert.equal(page.clicks, 2);
  });

  it('which hours are busy: no click', async () => {
    await open();
    const day = (new Date(midnight(1)).getDay() + 6) % 7;
    const hours = page
      .getByRole('grid', { name: 'Busy hours, last 7 days' })
      .locator(`[data-cell^="${day}-"]`);
    await hours.first().waitFor();
    const titles = await hours.evaluateAll((cells) => cells.map(({ title }) => title));
    assert.equal(titles.length, 24);
    titles.forEach((title, hour) => {
      const start = midnight(1) + hour * kHour;
      assert_about(octets_of(title), truth.bytes_within(start, start + kHour), title);
    });
    assert.equal(page.clicks, 0);
  });

  it('what did a host do yesterday from 19:00 to 20:00, and that as a file: three clicks', async () => {
    const [from, to] = [midnight(1) + 19 * kHour, midnight(1) + 20 * kHour];
    await open();
    const host = await first_host();
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

    const lines = await file_of(page.getByRole('link', { name: 'CSV' }));
    const within = truth.all.filter(
      ({ src, dst, start, end }) => (src === host || dst === host) && start < to && end >= from,
    );
    const ends_of = ({ src, src_port, dst, dst_port, protocol }) =>
      [protocol, ...[`${src}:${src_port}`, `${dst}:${dst_port}`].sort()].join(' ');
    const told = lines.map((line) =>
      ends_of({
        protocol: line.protocol,
        src: line.client,
        src_port: line.client_port,
        dst: line.server,
        dst_port: line.server_port,
      }),
    );
    assert.deepEqual(new Set(told), new Set(within.map(ends_of)));
    const sum = lines.reduce(
      (all, line) => all + Number(line.sent_bytes) + Number(line.received_bytes),
      0,
    );
    assert.equal(
      sum,
      within.reduce((all, { bytes }) => all + bytes, 0),
    );
    assert.equal(page.clicks, 3);
  });

  // A list as the page has it whole is what `truth` has, all of it, in its order.
  async function table_tells(label, column, expected) {
    const rows = await cells_of(page.getByRole('table', { name: label }));
    assert.deepEqual(
      rows.map(([name]) => name),
      expected.map(({ name }) => name),
    );
    rows.forEach((row, index) =>
      assert_about(octets_of(row[column]), expected[index].bytes, expected[index].name),
    );
  }

  it('all users, and the same as a file: two clicks', async () => {
    await open();
    await page.press_on(page.getByRole('link', { name: 'Hosts', exact: true }));
    const hosts = truth.top(now - 24 * kHour, now, ends);
    await table_tells('Hosts', 1, hosts);
    const lines = await file_of(page.getByRole('link', { name: 'CSV' }));
    const sums = new Map();
    for (const { host, bytes } of lines) sums.set(host, (sums.get(host) ?? 0) + Number(bytes));
    assert.equal(sums.size, hosts.length);
    for (const { name, bytes } of hosts) assert_about(sums.get(name), bytes, name);
    assert.equal(page.clicks, 2);
  });

  it('how much each host used each day of the month, down and up, and that as a file: three clicks', async () => {
    await open();
    await page.press_on(page.getByRole('link', { name: 'Hosts', exact: true }));
    await page.press_on(page.getByRole('link', { name: 'Usage', exact: true }));
    await page.waitForURL('**/hosts/usage');
    const today = new Date(now);
    const month = new Date(today.getFullYear(), today.getMonth(), 1).getTime();
    const hosts = truth.top(month, now, ends);
    await table_tells('Usage', 1, hosts);
    const days = [midnight(1), midnight(0)].filter((day) => day >= month);
    const used = (host, from, to) => ({
      in: truth.bytes_within(from, to, ({ dst }) => dst === host),
      out: truth.bytes_within(from, to, ({ src }) => src === host),
    });
    const about = (cell, bytes, what) =>
      cell === '' ? assert.equal(bytes, 0, what) : assert_about(octets_of(cell), bytes, what);
    const rows = await cells_of(page.getByRole('table', { name: 'Usage' }));
    for (const [host, , down, up, ...of_days] of rows) {
      const all = used(host, month, now);
      about(down, all.in, `${host} down`);
      about(up, all.out, `${host} up`);
      days.forEach((day, index) => {
        const of_day = used(host, day, Math.min(now, day + 24 * kHour));
        about(of_days[index], of_day.in + of_day.out, `${host} ${new Date(day)}`);
      });
    }
    const lines = await file_of(page.getByRole('link', { name: 'CSV' }));
    for (const { time, host, dir, bytes } of lines) {
      const day = Number(time);
      assert.ok(days.includes(day), time);
      assert_about(Number(bytes), used(host, day, Math.min(now, day + 24 * kHour))[dir], host);
    }
    assert.equal(page.clicks, 3);
  });

  it('all senders: one click', async () => {
    await open();
    await page.press_on(page.getByRole('link', { name: /^all.*Top senders$/ }));
    await table_tells(
      'Hosts',
      3,
      truth.top(now - 24 * kHour, now, ({ src }) => [src].filter(is_ours)),
    );
    assert.equal(page.clicks, 1);
  });

  it('all applications: one click', async () => {
    await open();
    await page.press_on(page.getByRole('link', { name: /^all.*Applications$/ }));
    await table_tells(
      'Groups',
      1,
      truth.top(now - 24 * kHour, now, ({ app }) => [app]),
    );
    assert.equal(page.clicks, 1);
  });

  it('nothing was fetched from elsewhere and nothing went wrong', () => {
    assert.deepEqual(context.seen.elsewhere, []);
    assert.deepEqual(context.seen.errors, []);
  });
});
