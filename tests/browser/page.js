// Debian's chromium, pages in it, and what is counted while they are used.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const packages = createRequire(new URL('../../web/package.json', import.meta.url));
const { chromium } = packages('playwright-core');
const kAxe = readFileSync(packages.resolve('axe-core/axe.min.js'), 'utf8');
const kRules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const kExecutable = process.env.WEIR_CHROMIUM ?? '/usr/bin/chromium';

export function open_browser() {
  // Its own sandbox needs rights that a container or root does not have.
  return chromium.launch({ executablePath: kExecutable, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

// A context whose pages write down what they ask for and what goes wrong in them.
export async function open_context(browser, weir, options = {}) {
  const context = await browser.newContext({ baseURL: weir.url, viewport: { width: 1280, height: 800 }, ...options });
  const seen = { elsewhere: [], errors: [], asked: [] };
  context.on('request', (request) => {
    seen.asked.push(request.url());
    if (!request.url().startsWith(`${weir.url}/`)) seen.elsewhere.push(request.url());
  });
  context.on('weberror', (error) => seen.errors.push(error.error().message));
  context.on('console', (message) => {
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) seen.errors.push(message.text());
  });
  return Object.assign(context, { seen });
}

export async function log_in(context, name = 'ada', password = 'correct horse') {
  const came = await context.request.post('/api/v1/session', { data: { name, password } });
  if (came.status() !== 200) throw new Error(`login: ${came.status()} ${await came.text()}`);
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

// Octets of JavaScript as they came over the wire until the network was idle.
export async function script_octets(context, path) {
  const page = await context.newPage();
  const wire = await context.newCDPSession(page);
  await wire.send('Network.enable');
  await wire.send('Network.setCacheDisabled', { cacheDisabled: true });
  const scripts = new Set();
  let octets = 0;
  wire.on('Network.responseReceived', ({ requestId, type }) => type === 'Script' && scripts.add(requestId));
  wire.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) octets += encodedDataLength;
  });
  await page.goto(path);
  await page.getByRole('navigation').waitFor();
  await page.waitForLoadState('load');
  await page.evaluate(() => new Promise((done) => requestIdleCallback(done)));
  await page.close();
  return { octets, scripts: scripts.size };
}

// What axe finds wrong: "rule: element".
export async function faults(page) {
  await page.evaluate(kAxe);
  const found = await page.evaluate((rules) => window.axe.run(document, { runOnly: rules }), kRules);
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 160)}`);
}

const kScale = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

// "61.2 GB", as a page writes it.
export function octets_of(text) {
  const found = /([\d.]+)\s*([kMGT]?B)\b/.exec(text);
  if (!found) throw new Error(`no amount in "${text}"`);
  return Number(found[1]) * kScale[found[2]];
}
