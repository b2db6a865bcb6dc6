// From the setup code to the first answer, in a browser, against a server that starts empty.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { octets_of, open_browser, open_context, open_page, faults } from './page.js';
import { Weir } from './weir.js';

const kPassword = 'correct horse';

describe('the first minute', () => {
  let weir, browser, context, page;
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
    await page.getByLabel('Setup code').fill(weir.setup_code);
    await page.press_on(page.getByRole('button', { name: 'Continue' }));
    await page.getByLabel('Name').fill('ada');
    await page.getByLabel('Password').fill(kPassword);
    await page.press_on(page.getByRole('button', { name: 'Create administrator' }));
    await page.waitForURL('**/system/setup');
    assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), 'Setup');
  });

  it('a wrong password is refused, the right one opens', async () => {
    await page.getByRole('button', { name: 'User' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Name').fill('ada');
    await page.getByLabel('Password').fill('wrong horse');
    await page.getByRole('button', { name: 'Sign in' }).click();
    assert.match(await page.getByRole('alert').innerText(), /wrong name or password/);
    assert.deepEqual(await faults(page), []);
    await page.getByLabel('Password').fill(kPassword);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('navigation').waitFor();
  });

  it('an overview without any flow says why and leads to the setup', async () => {
    await page.getByRole('link', { name: 'Overview', exact: true }).click();
    await page.getByText('No router sends flows to this machine yet.').waitFor();
    assert.equal(await page.getByRole('link', { name: 'Set one up' }).getAttribute('href'), '/system/setup');
    assert.deepEqual(await faults(page), []);
  });

  it('flows that come appear by themselves, as many as were sent', async () => {
    const truth = await weir.generate('--protocol', 'v9', '--flows', '20000', '--rate', '20000', '--ipv6', '0');
    const sender = [...Object.entries(truth.sources)]
      .filter(([address]) => address.startsWith('10.20.'))
      .sort(([, left], [, right]) => right.bytes - left.bytes)[0];
    const card = page.getByRole('list', { name: 'Top senders' });
    await card.getByRole('link', { name: sender[0], exact: true }).waitFor();
    assert.equal(await card.getByRole('link').first().innerText(), sender[0]);
    const told = octets_of(await card.getByRole('listitem').first().innerText());
    assert.ok(Math.abs(told - sender[1].bytes) <= sender[1].bytes / 200, `${told} for ${sender[1].bytes}`);
    const total = octets_of(await page.locator('p.said').innerText());
    assert.ok(Math.abs(total - truth.bytes) <= truth.bytes / 200, `${total} for ${truth.bytes}`);
  });

  it('nothing was fetched from elsewhere and nothing went wrong', () => {
    assert.deepEqual(context.seen.elsewhere, []);
    assert.deepEqual(context.seen.errors, []);
  });
});
