// The demo in a browser: nobody asks for a code, a banner says that nothing is true, the pages say
// what the generator says, and one click leaves.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  assert_about,
  faults,
  octets_of,
  open_browser,
  open_context,
  open_page,
  rows_of,
  settled,
} from './page.js';
import { Weir } from './weir.js';

const kHourMs = 3_600_000;
const kTellingMs = 120_000; // the router tells of a flow within this

function sums_by(rows, key) {
  const sums = new Map();
  for (const row of rows) sums.set(row[key], (sums.get(row[key]) ?? 0) + row.bytes);
  return [...sums].sort(([, one], [, other]) => other - one);
}

describe('the demo', () => {
  let weir, browser, context, page, cells, applications, hours, range;
  before(async () => {
    weir = await Weir.start({ demo: true });
    const told = JSON.parse(readFileSync(join(weir.data, 'totals.json'), 'utf8'));
    const to = Math.floor((told.until - kTellingMs) / kHourMs) * kHourMs;
    const inside = ({ time }) => time >= told.from && time < to;
    cells = told.truth.cells.filter(inside);
    applications = told.truth.applications.filter(inside);
    hours = told.truth.hours.filter(inside);
    const minute = (time) => `${new Date(time).toISOString().slice(0, 16)}Z`;
    range = `${minute(told.from)}..${minute(to)}`;
    await all_read(told);
    browser = await open_browser();
    context = await open_context(browser, weir);
    page = await open_page(context, `/?t=${range}`);
  });
  // The past lies in a journal, which is read while the server already answers.
  async function all_read({ from, truth }) {
    let flows = 0;
    while (flows < truth.flows) {
      const came = await weir.ask(`/api/v1/query?range=${from - kHourMs}..now&metric=flows`);
      ({ flows } = (await came.json()).totals);
    }
  }

  after(async () => {
    await browser?.close();
    await weir?.end();
  });

  it('opens without a code and says that it is one', async () => {
    const banner = page.getByRole('complementary', { name: 'Demo' });
    await banner.getByText('This household does not exist').waitFor();
    await settled(page);
    assert.deepEqual(await faults(page), []);
    await page.getByRole('link', { name: 'System' }).click();
    await banner.waitFor();
    assert.equal(await page.getByLabel('Another UDP port').count(), 0);
    assert.deepEqual(await faults(page), []);
  });

  it('the cards say what the generator says, by host and by application', async () => {
    await page.goto(`/?t=${range}`);
    const hosts = sums_by(cells, 'host').slice(0, 7);
    const told = await rows_of(page.getByRole('list', { name: 'Top hosts' }));
    assert.deepEqual(
      told.map(({ name }) => name),
      hosts.map(([host]) => host),
    );
    told.forEach(({ value }, index) => assert_about(octets_of(value), hosts[index][1], 'host'));
    const apps = new Map(sums_by(applications, 'app'));
    const bars = await rows_of(page.getByRole('list', { name: 'Applications' }));
    assert.ok(bars.length >= 5);
    for (const { name, value } of bars) assert_about(octets_of(value), apps.get(name), name);
  });

  it('the table behind the page is the generator’s to the octet, by host, application and hour', async () => {
    const csv = async (query) => {
      const came = await context.request.get(`/api/v1/query?range=${range}&top=10000&${query}`);
      assert.equal(came.status(), 200);
      return (await came.json()).rows;
    };
    const key = ({ time, host, app, dir }) => [time, host, app, dir].join(' ');
    const shown = (await csv('by=host,app,dir&step=1h&metric=bytes')).filter(({ bytes }) => bytes);
    assert.deepEqual(
      new Map(shown.map((row) => [key(row), row.bytes]).sort()),
      new Map(cells.map((row) => [key(row), row.bytes]).sort()),
    );
    const by_hour = await csv('step=1h&metric=bytes');
    assert.deepEqual(
      by_hour.map(({ time, bytes }) => [time, bytes]),
      hours.map(({ time, bytes }) => [time, bytes]),
    );
  });

  it('goes on: new flows appear by themselves', async () => {
    await page.goto('/sessions');
    await page.getByRole('table', { name: 'Sessions' }).getByText('active').first().waitFor();
  });

  it('one click leaves, to the first set-up of a Weir without data', async () => {
    page.clicks = 0;
    await page.press_on(page.getByRole('button', { name: 'Leave the demo' }));
    await page.getByLabel('Setup code').waitFor({ timeout: 30_000 });
    assert.equal(page.clicks, 1);
    assert.equal(await page.getByText('This household does not exist').count(), 0);
    assert.deepEqual(context.seen.elsewhere, []);
    assert.deepEqual(context.seen.errors, []);
  });
});
