// A question that takes long: the page says how long already, and Cancel ends the work of the server,
// not only the waiting for it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { Netflow5 } from './household.js';
import { faults, log_in, open_browser, open_context, open_page } from './page.js';
import { Weir } from './weir.js';

const kFlows = 150_000; // each lies in every step of a day
const kDayMs = 86_000_000;
const kPerDatagram = 30;

// Flows of a whole day between as many pairs of ports: a chart of them by pair is work.
function day_long_flows(now) {
  const wire = new Netflow5();
  const flow = (index) => ({
    src: '192.168.1.20',
    src_port: 1_024 + (index % 60_000),
    dst: `203.0.113.${1 + Math.floor(index / 60_000)}`,
    dst_port: 443,
    in_if: 1,
    out_if: 2,
    start: now - kDayMs,
    end: now - 1_000,
    app: 'https',
    protocol: 6,
    bytes: 1_000_000 + index,
    packets: 1_000,
    flags: 0x18,
  });
  const datagrams = [];
  for (let first = 0; first < kFlows; first += kPerDatagram) {
    const flows = Array.from({ length: kPerDatagram }, (_, index) => flow(first + index));
    datagrams.push(wire.datagram(flows, now));
  }
  return datagrams;
}

describe('a question that takes long', () => {
  let weir, browser, context, page;
  before(async () => {
    weir = await Weir.start();
    await weir.make_admin();
    const now = Date.now();
    const datagrams = day_long_flows(now);
    await weir.send(datagrams);
    // Without privileges the kernel may drop some of such a burst: most of them will do.
    await weir.until(({ flows }) => flows > kFlows / 2);
    browser = await open_browser();
    context = await open_context(browser, weir);
    await log_in(context);
    const day = `${now - kDayMs}..${now}`;
    page = await open_page(context, `/explore?t=${day}&by=src,src_port,dst,dst_port&view=lines`);
  });
  after(async () => {
    await browser?.close();
    await weir?.end();
  });

  async function metric(name) {
    const text = await (await weir.ask('/metrics')).text();
    return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)[1]);
  }
  async function until_none_runs() {
    const begin = performance.now();
    while ((await metric('weir_queries_running')) > 0);
    return performance.now() - begin;
  }
  // Seconds of CPU time that the server has taken so far.
  function cpu_s() {
    const fields = readFileSync(`/proc/${weir.process.pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }
  const asking = () =>
    page
      .getByRole('status')
      .filter({ hasText: /^Asking for \d/ })
      .first();

  it('says how long it has been asked, and offers to give up', async () => {
    await asking().waitFor();
    assert.ok((await metric('weir_queries_running')) > 0);
    await asking()
      .getByText(/Asking for [2-9]/)
      .waitFor();
    assert.deepEqual(await faults(page), []);
  });

  it('Cancel ends the server’s work', async () => {
    const before_it = await metric('weir_queries_cancelled_total');
    await asking().getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('Cancelled.').waitFor();
    const took_ms = await until_none_runs();
    console.log(`# nothing runs ${Math.round(took_ms)} ms after Cancel`);
    assert.equal(await metric('weir_queries_cancelled_total'), before_it + 1);
    const [begin, cpu_before] = [performance.now(), cpu_s()];
    let pulses = 0;
    await weir.until(() => ++pulses === 3);
    const busy = (1000 * (cpu_s() - cpu_before)) / (performance.now() - begin);
    assert.ok(busy < 0.5, `${busy} of a core is busy after Cancel`);
  });

  it('it can be asked again, and leaving the page ends it as well', async () => {
    const before_it = await metric('weir_queries_cancelled_total');
    await page.getByRole('button', { name: 'Ask again' }).click();
    await asking().waitFor();
    await page.getByRole('link', { name: 'System' }).click();
    await page.getByRole('heading', { name: 'Setup' }).waitFor();
    await until_none_runs();
    assert.equal(await metric('weir_queries_cancelled_total'), before_it + 1);
    assert.deepEqual(context.seen.errors, []);
  });
});
