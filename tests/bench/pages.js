// The pages' own times in Debian's chromium: the first flow, a table of 10,000 hosts, charts of many
// points. usage: WEIR_BUILD=build/release $(tools/node.sh) tests/bench/pages.js
// Exit status 1: a target was missed.
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Netflow5 } from '../browser/household.js';
import { log_in, open_browser, open_context, settled } from '../browser/page.js';
import { Seeded } from '../browser/seeded.js';
import { Weir } from '../browser/weir.js';

const kWeb = fileURLToPath(new URL('../../web/', import.meta.url));
const kHosts = 10_000;
const kTurns = 20;
const kPerDatagram = 30;
const kDayMs = 86_400_000;

const missed = [];
function row(...cells) {
  console.log(`| ${cells.join(' | ')} |`);
}
function tell(what, figures, most) {
  const sorted = [...figures].sort((left, right) => left - right);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  const median = at(0.5);
  const limits = Object.entries(most).map(([which, limit]) => {
    const value = { median, p95: at(0.95), worst: sorted.at(-1) }[which];
    if (value > limit) missed.push(`${what}: ${which} ${value.toFixed(1)}, to be at most ${limit}`);
    return `${which} ≤ ${limit}`;
  });
  const digits = (value) => value.toFixed(value < 100 ? 1 : 0);
  row(what, digits(median), digits(at(0.95)), digits(sorted.at(-1)), limits.join(', ') || '–');
}

function flow(dst, bytes, end, app_port = 443) {
  return {
    src: '203.0.113.9',
    src_port: app_port,
    dst,
    dst_port: 40_000,
    in_if: 2,
    out_if: 1,
    start: end - 1_000,
    end,
    protocol: 6,
    bytes,
    packets: Math.ceil(bytes / 1200),
    flags: 0x18,
  };
}

// From the datagram that holds the first flow ever to the sum on the overview.
async function first_flow(browser) {
  const times = [];
  const random = new Seeded(1);
  for (let turn = 0; turn < 7; ++turn) {
    const weir = await Weir.start();
    try {
      await weir.make_admin();
      const context = await open_context(browser, weir);
      await log_in(context);
      const page = await context.newPage();
      await page.goto('/');
      await page.getByText('No router sends flows to this machine yet.').waitFor();
      await page.waitForTimeout(random.below(1000)); // whatever is done once a second
      const now = Date.now();
      await weir.send([new Netflow5().datagram([flow('192.168.1.20', 1e6, now)], now)]);
      const shown = await page.waitForFunction(
        () => /1\.00\sMB/.test(document.querySelector('p.said')?.innerText ?? '') && Date.now(),
        undefined,
        { polling: 'raf' },
      );
      times.push((await shown.jsonValue()) - now);
      await context.close();
    } finally {
      await weir.end();
    }
  }
  tell('first flow received → its bytes on the overview, ms', times, { worst: 2_000 });
}

async function send_hosts(weir) {
  const now = Date.now();
  const random = new Seeded(2);
  const wire = new Netflow5();
  const flows = Array.from({ length: kHosts }, (_, index) =>
    flow(
      `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`,
      1_000 + random.below(1e9),
      now - random.below(kDayMs - 60_000),
    ),
  );
  const datagrams = [];
  for (let first = 0; first < kHosts; first += kPerDatagram)
    datagrams.push(wire.datagram(flows.slice(first, first + kPerDatagram), now));
  await weir.send(datagrams);
  await weir.until(({ flows: stored }) => stored >= kHosts);
}

// Runs in the page: milliseconds from each change until it is painted, and of each frame of scrolling.
function measure_table(turns) {
  const painted = async (change) => {
    const begin = performance.now();
    change();
    await new Promise((drawn) => requestAnimationFrame(drawn));
    await new Promise((after) => {
      const channel = new MessageChannel();
      channel.port1.onmessage = after;
      channel.port2.postMessage(0);
    });
    return performance.now() - begin;
  };
  const heads = [...document.querySelectorAll('th button')];
  const box = document.querySelector('[role=combobox]');
  const type = (letter) => {
    box.value += letter;
    box.dispatchEvent(new InputEvent('input', { data: letter, bubbles: true }));
  };
  const scroll = async () => {
    const frames = [];
    let last = await new Promise((drawn) => requestAnimationFrame(drawn));
    for (let frame = 0; frame < 100; ++frame) {
      window.scrollBy(0, 700);
      const now = await new Promise((drawn) => requestAnimationFrame(drawn));
      frames.push(now - last);
      last = now;
    }
    window.scrollTo(0, 0);
    return frames;
  };
  return (async () => {
    const [sort, keys] = [[], []];
    for (let turn = 0; turn < turns; ++turn)
      sort.push(await painted(() => heads[turn % heads.length].click()));
    box.focus();
    for (let turn = 0; turn < turns; ++turn) keys.push(await painted(() => type('10.0'[turn % 4])));
    const frames = await scroll();
    return { sort, keys, frames, nodes: document.querySelectorAll('*').length };
  })();
}

async function hosts_table(browser) {
  const weir = await Weir.start();
  try {
    await weir.make_admin();
    await send_hosts(weir);
    const context = await open_context(browser, weir);
    await log_in(context);
    const page = await context.newPage();
    const wire = await context.newCDPSession(page);
    for (const rate of [1, 4]) {
      await wire.send('Emulation.setCPUThrottlingRate', { rate });
      await page.goto('/');
      await settled(page);
      const fcp = await page.evaluate(
        () => performance.getEntriesByName('first-contentful-paint')[0].startTime,
      );
      tell(`overview, first contentful paint, ×${rate}, ms`, [fcp], {
        worst: rate === 1 ? 250 : 900,
      });
      await page.goto('/hosts');
      await page.locator(`table[aria-rowcount="${kHosts + 1}"]`).waitFor();
      await settled(page);
      const { sort, keys, frames, nodes } = await page.evaluate(measure_table, kTurns);
      const most = rate === 1 ? { median: 33 } : { median: 80, p95: 150 };
      tell(`10,000 hosts, sort: click → paint, ×${rate}, ms`, sort, most);
      tell(
        `10,000 hosts, a letter in the filter → paint, ×${rate}, ms`,
        keys,
        rate === 1 ? {} : { median: 50, p95: 100 },
      );
      tell(
        `10,000 hosts, a frame while scrolling, ×${rate}, ms`,
        frames,
        rate === 1 ? { worst: 34 } : {},
      );
      if (rate === 1) tell('10,000 hosts, elements in the document', [nodes], { worst: 1_500 });
    }
    await context.close();
  } finally {
    await weir.end();
  }
}

const kTypes = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

async function charts(browser) {
  const folder = mkdtempSync(join(tmpdir(), 'weir-charts-'));
  const { build } = await import(createRequire(join(kWeb, 'package.json')).resolve('vite'));
  await build({
    configFile: join(kWeb, 'vite.config.ts'),
    root: join(kWeb, 'bench'),
    logLevel: 'error',
    build: { outDir: folder, emptyOutDir: true },
  });
  const server = http.createServer(({ url }, answer) => {
    const path = url === '/' ? '/index.html' : url;
    answer.setHeader('Content-Type', kTypes[extname(path)] ?? 'application/octet-stream');
    createReadStream(join(folder, path))
      .on('error', () => answer.writeHead(404).end())
      .pipe(answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    await page.waitForFunction(() => 'chart' in window);
    const run = (layers, points) =>
      page.evaluate(([of, long]) => window.chart(of, long), [layers, points]);
    const line = await run(1, 100_000);
    tell('a line of 100,000 points, draw, ms', [line.draw], { worst: 100 });
    tell('a line of 100,000 points, hover, ms', line.hover, { median: 17 });
    tell('a line of 100,000 points, zoom, ms', line.zoom, {});
    const stack = await run(10, 2_000);
    tell('10 stacked layers of 2,000 points, draw, ms', [stack.draw], {});
    tell('10 stacked layers of 2,000 points, zoom, ms', stack.zoom, { median: 40 });
    tell('10 stacked layers of 2,000 points, hover, ms', stack.hover, {});
    await page.close();
  } finally {
    server.close();
    rmSync(folder, { recursive: true });
  }
}

const browser = await open_browser();
try {
  row('what', 'median', 'p95', 'worst', 'to be');
  row('---', '---', '---', '---', '---');
  await first_flow(browser);
  await hosts_table(browser);
  await charts(browser);
} finally {
  await browser.close();
}
for (const failure of missed) console.log(`missed: ${failure}`);
process.exitCode = missed.length > 0 ? 1 : 0;
