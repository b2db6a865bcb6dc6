// From the setup code to the first answer, in a browser, against a server that starts empty.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { history, is_ours } from './household.js';
import { kField, Netflow9, template } from './netflow9.js';
import {
  assert_about,
  become_admin,
  cells_of,
  faults,
  octets_of,
  open_browser,
  open_context,
  open_page,
  rows_of,
} from './page.js';
import { free_udp_port, kAdmin, Weir } from './weir.js';

describe('the first minute', () => {
  let weir, browser, context, page, household;
  before(async () => {
    weir = await Weir.start();
    browser = await open_browser();
    context = await open_context(browser, weir);
    page = await open_page(context, '/');
  });
  after(async () => {
    await browser?.close();
    await weir?.end();
  });

  it('a wrong setup code is refused in words', async () => {
    await page.getByLabel('Setup code').fill('AAAA-AA');
    await page.press_on(page.getByRole('button', { name: 'Continue' }));
    assert.match(await page.getByRole('alert').innerText(), /expected the setup code/);
    assert.deepEqual(await faults(page), []);
  });

  it('the right one leads to an administrator and to the setup page', async () => {
    await become_admin(page, weir);
    assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), 'Setup');
  });

  it('a wrong password is refused, the right one opens', async () => {
    await page.getByRole('button', { name: 'User' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Name').fill(kAdmin.name);
    await page.getByLabel('Password').fill('wrong horse');
    await page.getByRole('button', { name: 'Sign in' }).click();
    assert.match(await page.getByRole('alert').innerText(), /wrong name or password/);
    assert.deepEqual(await faults(page), []);
    await page.getByLabel('Password').fill(kAdmin.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('navigation').waitFor();
  });

  it('an overview without any flow says why and leads to the setup', async () => {
    await page.getByRole('link', { name: 'Overview', exact: true }).click();
    await page.getByText('No router sends flows to this machine yet.').waitFor();
    assert.equal(
      await page.getByRole('link', { name: 'Set one up' }).getAttribute('href'),
      '/system/setup',
    );
    assert.deepEqual(await faults(page), []);
  });

  it('flows that come appear by themselves, as many as were sent', async () => {
    household = history(Date.now() - 10 * 60_000, Date.now());
    const { truth, sent } = household;
    await weir.send(sent.map(({ payload }) => payload));
    const hosts = truth.top(0, Infinity, ({ src, dst }) => [src, dst].filter(is_ours));
    const card = page.getByRole('list', { name: 'Top hosts' });
    await card.getByRole('link', { name: hosts[0].name, exact: true }).waitFor();
    await page.locator('p.said', { hasText: hosts[0].name }).waitFor();
    const told = await rows_of(card);
    assert.deepEqual(
      told.map(({ name }) => name),
      hosts.slice(0, 7).map(({ name }) => name),
    );
    told.forEach(({ value }, index) =>
      assert_about(octets_of(value), hosts[index].bytes, hosts[index].name),
    );
    assert_about(octets_of(await page.locator('p.said').innerText()), truth.bytes, 'all');
  });

  it('the busiest host is doing what it is doing: one click', async () => {
    page.clicks = 0;
    const top = page.getByRole('list', { name: 'Top hosts' }).getByRole('link').first();
    const host = await top.innerText();
    await page.press_on(top);
    const table = page.getByRole('table', { name: 'Sessions' });
    await table.getByText('active').first().waitFor({ state: 'attached' });
    assert.equal(page.clicks, 1);
    const rows = await cells_of(table);
    const going = household.going.filter(
      ({ client, start, told }) => client === host && told > start,
    );
    assert.ok(going.length > 0);
    for (const { client, client_port, server, service } of going) {
      const [names] = rows.filter(([from]) => from.endsWith(`${client}:${client_port}`));
      assert.ok(names, `${client}:${client_port} is not listed`);
      assert.match(names[0], /^active/);
      assert.equal(names[1], `${server}:${service.port}`);
      const bytes = household.truth.all
        .filter((flow) => [flow.src_port, flow.dst_port].includes(client_port))
        .filter((flow) => [flow.src, flow.dst].every((end) => [client, server].includes(end)))
        .reduce((sum, flow) => sum + flow.bytes, 0);
      assert_about(octets_of(names[4]), bytes, `${client}:${client_port}`);
    }
  });

  async function name_exporter(button, name) {
    await page.goto('/system/setup');
    await page.getByRole('row').getByRole('button', { name: button }).click();
    await page.getByLabel('Name of this exporter').fill(name);
    await page.getByRole('table').getByRole('button', { name: 'Save' }).click();
    await page.getByRole('row').filter({ hasText: name }).waitFor();
  }

  it('an exporter is given a name, and the name is text wherever it stands', async () => {
    const name = '<img src=x onerror=window.hit=1>';
    await name_exporter('name it', name);
    await page.getByRole('row').getByRole('button', { name: 'change' }).click();
    await page.getByLabel('Its local network').fill('192.168.1.0 255.255.255.0');
    await page.getByRole('table').getByRole('button', { name: 'Save' }).click();
    await page.getByRole('row').filter({ hasText: '192.168.1.0/24' }).waitFor();
    await page.goto('/system/exporters');
    await page.getByRole('link', { name, exact: true }).waitFor();
    await page.goto('/');
    await page.getByRole('button', { name: /^Source/ }).click();
    await page.getByRole('link', { name: `${name} 127.0.0.1` }).click();
    await page.getByRole('button', { name: `Source: ${name}` }).waitFor();
    const late = new Netflow9({ behind_ms: 7_200_000 });
    await weir.send([late.datagram(template(256, [kField.src, kField.bytes]))]);
    await page.goto('/system/setup');
    await page.getByText(`The clock of ${name} is 2 h 0 min behind`).waitFor();
    assert.equal(await page.evaluate(() => window.hit), undefined);
    assert.equal(await page.locator('img[src=x]').count(), 0);
    assert.deepEqual(await faults(page), []);
  });

  it('a name that is a formula is text in a file, too', async () => {
    const name = "=cmd|' /C calc'!A0";
    await name_exporter('change', name);
    await page.goto('/system/exporters');
    const coming = page.waitForEvent('download');
    await page.getByRole('link', { name: 'CSV' }).click();
    const file = readFileSync(await (await coming).path(), 'utf8');
    assert.ok(file.includes(`127.0.0.1,'${name},`), file);
    const typed = await context.request.get('/system/exporters.csv');
    assert.ok((await typed.text()).includes(`127.0.0.1,'${name},`));
  });

  it('an exporter is refused, what it sends is turned away and counted, and it is taken again', async () => {
    await page.goto('/system/exporters');
    const who = page.locator('section', { hasText: 'Who may send' });
    await who.getByText('Nobody was turned away').waitFor();
    await page.getByText('details').click();
    await page.getByRole('button', { name: 'Take nothing from it any more' }).click();
    await page.getByRole('button', { name: 'Take its flows again' }).waitFor();
    assert.equal(await who.getByRole('textbox', { name: 'Refused' }).inputValue(), '127.0.0.1/32');
    await weir.send([household.sent.at(-1).payload]);
    await who.getByText('One datagram turned away').waitFor();
    assert.deepEqual(await faults(page), []);
    await who.getByRole('button', { name: 'Allow 127.0.0.1' }).click();
    await page.getByRole('button', { name: 'Take nothing from it any more' }).waitFor();
    assert.equal(await who.getByRole('textbox', { name: 'Refused' }).inputValue(), '');
  });

  it('a port is opened and closed while the server runs', async () => {
    const port = String(await free_udp_port());
    await page.goto('/system/setup');
    await page.getByLabel('Another UDP port').fill(port);
    await page.getByRole('button', { name: 'Listen', exact: true }).click();
    const close = page.getByRole('button', { name: `Stop listening on UDP ${port}` });
    await close.click();
    await close.waitFor({ state: 'hidden' });
    assert.deepEqual(await faults(page), []);
  });

  it('nothing was fetched from elsewhere and nothing went wrong', () => {
    assert.deepEqual(context.seen.elsewhere, []);
    assert.deepEqual(context.seen.errors, []);
  });
});
