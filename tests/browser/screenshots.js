// tests/browser/screenshots.js FOLDER writes each page with the household's two days, light and dark,
// on a desktop and on a telephone, and the pages of the first minute, into FOLDER.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { history, midnight } from './household.js';
import { write_segment } from './journal.js';
import { kScreen, log_in, open_browser, open_context, settled } from './page.js';
import { Weir } from './weir.js';

const kPages = {
  overview: '/',
  hosts: '/hosts',
  apps: '/hosts/apps',
  usage: '/hosts/usage?t=-7d',
  host: '/hosts/192.168.1.23',
  sessions: '/sessions',
  explore: '/explore',
  lines: '/explore?by=host&view=lines',
  flows: '/explore/flows?t=-1h',
  setup: '/system/setup',
  exporters: '/system/exporters',
  interfaces: '/system/interfaces',
};
const kScreens = {
  desktop: { viewport: kScreen },
  telephone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
};

const folder = process.argv[2];
mkdirSync(folder, { recursive: true });

async function picture(page, name) {
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    await settled(page);
    await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) });
  }
}

async function pictures(browser, weir, pages, prefix = '') {
  for (const [screen, options] of Object.entries(kScreens)) {
    const context = await open_context(browser, weir, options);
    if (weir.has_admin) await log_in(context);
    const page = await context.newPage();
    for (const [name, path] of Object.entries(pages)) {
      await page.goto(path);
      await settled(page);
      await picture(page, `${prefix}${name}-${screen}`);
    }
    await context.close();
  }
}

const { truth, sent } = history(midnight(1), Date.now());
const full = await Weir.start({ prepare: (data, port) => write_segment(data, sent, port) });
const empty = await Weir.start();
const demo = await Weir.start({ demo: true });
const browser = await open_browser();
try {
  await full.make_admin();
  await full.until(({ flows }) => flows >= truth.flows);
  await pictures(browser, full, kPages);
  await pictures(browser, empty, { door: '/' });
  await empty.make_admin();
  await pictures(
    browser,
    empty,
    { overview: '/', hosts: '/hosts', setup: '/system/setup' },
    'empty-',
  );
  await pictures(browser, demo, { overview: '/' }, 'demo-');
} finally {
  await browser.close();
  await full.end();
  await empty.end();
  await demo.end();
}
