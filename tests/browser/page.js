// Debian's chromium, pages in it, and what is counted while they are used.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { kAdmin } from './weir.js';

const packages = createRequire(new URL('../../web/package.json', import.meta.url));
const { chromium } = packages('playwright-core');
const kAxe = readFileSync(packages.resolve('axe-core/axe.min.js'), 'utf8');
const kTags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
export const kScreen = { width: 1280, height: 800 };
const kExecutable = process.env.WEIR_CHROMIUM ?? '/usr/bin/chromium';

export function open_browser() {
  // Its own sandbox needs rights that a container or root does not have.
  return chromium.launch({
    executablePath: kExecutable,
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
}

// A context whose pages write down what they ask for and what goes wrong in them.
export async function open_context(browser, weir, options = {}) {
  const context = await browser.newContext({
    baseURL: weir.url,
    viewport: kScreen,
    ...options,
  });
  const seen = { elsewhere: [], errors: [], asked: [] };
  context.on('request', (request) => {
    seen.asked.push(request.url());
    if (!request.url().startsWith(`${weir.url}/`)) seen.elsewhere.push(request.url());
  });
  const under_way = new Set();
  context.on('request', (request) => {
    if (!request.url().endsWith('/api/v1/events')) under_way.add(request);
  });
  for (const ended of ['requestfinished', 'requestfailed'])
    context.on(ended, (request) => under_way.delete(request));
  context.on('weberror', (error) => seen.errors.push(error.error().message));
  context.on('console', (message) => {
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text()))
      seen.errors.push(message.text());
  });
  return Object.assign(context, { seen, under_way });
}

export async function log_in(context) {
  const came = await context.request.post('/api/v1/session', { data: kAdmin });
  if (came.status() !== 200) throw new Error(`login: ${came.status()} ${await came.text()}`);
}

// From the setup code to the administrator, as a person does it; leads to the setup page.
export async function become_admin(page, weir) {
  await page.getByLabel('Setup code').fill(weir.setup_code);
  await page.press_on(page.getByRole('button', { name: 'Continue' }));
  await page.getByLabel('Name').fill(kAdmin.name);
  await page.getByLabel('Password').fill(kAdmin.password);
  await page.press_on(page.getByRole('button', { name: 'Create administrator' }));
  await page.waitForURL('**/system/setup');
}

// A page whose clicks are counted.
export async function open_page(context, path) {
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.clicks = 0;
  page.press_on = async (locator) => {
    ++page.clicks;
    await locator.click();
  };
  await page.goto(path);
  return page;
}

// Until the page is drawn and no question of it is under way.
export async function settled(page) {
  await page.getByRole('heading', { level: 1 }).first().waitFor({ state: 'attached' });
  const { under_way } = page.context();
  const mine = () => [...under_way].filter((request) => request.frame().page() === page);
  for (let calm = 0; calm < 2; ++calm) {
    for (let asked = mine(); asked.length > 0; asked = mine()) {
      calm = 0;
      await Promise.all(
        asked.map((request) =>
          request
            .response()
            .then((came) => came?.finished())
            .catch(() => {}),
        ),
      );
    }
    await page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestIdleCallback(done))),
    );
  }
}

// Octets of script and of style as they came over the wire until nothing more was fetched.
export async function transfers(context, path) {
  const page = await context.newPage();
  const wire = await context.newCDPSession(page);
  await wire.send('Network.enable');
  await wire.send('Network.setCacheDisabled', { cacheDisabled: true });
  const types = new Map();
  const octets = { Script: 0, Stylesheet: 0, Font: 0 };
  wire.on('Network.responseReceived', ({ requestId, type }) => types.set(requestId, type));
  wire.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    octets[types.get(requestId)] += encodedDataLength;
  });
  await page.goto(path);
  await page.getByRole('list').first().waitFor();
  await settled(page);
  await page.close();
  return { script: octets.Script, style: octets.Stylesheet, fonts: octets.Font };
}

// What axe finds wrong: "rule: element".
export async function faults(page, rules) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(kAxe);
  const chosen = rules ? { type: 'rule', values: rules } : { type: 'tag', values: kTags };
  const found = await page.evaluate(
    (runOnly) => window.axe.run(document, { runOnly, resultTypes: ['violations'] }),
    chosen,
  );
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 160)}`);
}

// The cells of every row of a table, its texts as they are read. A table draws what is seen.
export async function cells_of(table) {
  const page = table.page();
  await page.setViewportSize({ width: kScreen.width, height: 20_000 });
  const rows = table.locator('tbody tr[aria-rowindex]');
  await rows.first().waitFor();
  const all = Number(await table.getAttribute('aria-rowcount')) - 1;
  await rows.nth(all - 1).waitFor();
  const cells = await rows.evaluateAll((rows) =>
    rows.map((row) => [...row.cells].map(({ innerText }) => innerText.trim())),
  );
  await page.setViewportSize(kScreen);
  return cells;
}

const kScale = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

// "61.2 GB", as a page writes it.
export function octets_of(text) {
  const found = /([\d.]+)\s*([kMGT]?B)\b/.exec(text);
  if (!found) throw new Error(`no amount in "${text}"`);
  return Number(found[1]) * kScale[found[2]];
}

// What a list of bars says, once it says something.
export async function rows_of(list) {
  await list.getByRole('listitem').first().waitFor();
  return list.getByRole('listitem').evaluateAll((items) =>
    items.map((item) => ({
      name: item.querySelector('a').innerText,
      value: item.querySelector('.number').innerText,
    })),
  );
}

// A page writes three digits, and asks a moment after the test did.
export function assert_about(told, expected, what) {
  const away = Math.abs(told - expected);
  if (away > expected / 100) throw new Error(`${what}: the page says ${told} for ${expected}`);
}
