// Each fault that a set-up can have is made for real, and the setup page says the sentence for it by
// itself, beside the lights of who sends; where the fault ends, the sentence goes.
import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { history, Netflow5 } from './household.js';
import { write_segment } from './journal.js';
import { address, kField, Netflow9, options_template, records, template } from './netflow9.js';
import { faults, log_in, open_browser, open_context, open_page } from './page.js';
import { Weir } from './weir.js';

const kMinute = 60_000;
const kFlows = 30; // of a NetFlow v5 datagram
const kFlow = [kField.src, kField.dst, kField.bytes, kField.packets];
const kRecord = [address('192.168.1.20'), address('203.0.113.9'), 1_000, 10];
const [good, wait, bad] = ['good', 'waiting', 'trouble']; // lights

describe('faults', () => {
  let weir, browser, context, page;
  before(async () => {
    weir = await Weir.start();
    await weir.make_admin();
    browser = await open_browser();
    context = await open_context(browser, weir);
    await log_in(context);
    page = await open_page(context, '/system/setup');
  });
  after(async () => {
    await browser?.close();
    await weir?.end();
  });

  const finding = (sentence, on = page) =>
    on
      .getByRole('list', { name: 'What is missing' })
      .getByRole('listitem')
      .filter({ hasText: sentence });
  // The page says it, and the time from the fault to that is told.
  async function says(make_fault, sentence, hint, on = page) {
    const begin = performance.now();
    await make_fault();
    const said = finding(sentence, on);
    await said.waitFor();
    console.log(`# after ${Math.round(performance.now() - begin)} ms: ${await said.innerText()}`);
    assert.ok((await said.innerText()).includes(hint));
    return said;
  }
  const gone = (sentence) => finding(sentence).waitFor({ state: 'detached' });
  async function lights(sender, expected, on = page) {
    const row = on.getByRole('row').filter({ hasText: sender });
    const shown = row.getByRole('cell');
    for (const [index, light] of expected.entries())
      await shown
        .nth(1 + index)
        .getByText(light)
        .waitFor();
  }

  it('S2: nothing has come; the test packet that it proposes shows that packets get here', async () => {
    const silence = `Nothing has reached UDP ${weir.udp_port} yet.`;
    const { address } = await (await weir.ask('/api/v1/diagnosis')).json();
    await says(() => {}, silence, `nc -u -w1 ${address} ${weir.udp_port}`);
    assert.deepEqual(await faults(page), []);
    const test_packet = Buffer.from('test\n');
    await says(
      () => weir.send([test_packet], '127.0.2.1'),
      `What 127.0.2.1 sends to UDP ${weir.udp_port} is no flow data: it begins 746573740a, which looks like text.`,
      'If this was your test packet, packets get here.',
    );
    await gone(silence);
  });

  it('S1: a port that another program has is named with its holder, and taken once it is free', async () => {
    const holder = dgram.createSocket('udp4').bind(0, '0.0.0.0');
    await once(holder, 'listening');
    const { port } = holder.address();
    const name = readFileSync('/proc/self/comm', 'utf8').trim();
    const taken = `UDP ${port} is used by ${name} (process ${process.pid}).`;
    await says(
      async () => {
        await page.getByLabel('Another UDP port').fill(String(port));
        await page.getByRole('button', { name: 'Listen', exact: true }).click();
      },
      taken,
      'It is tried again every 5 seconds.',
    );
    const listed = page.getByRole('listitem').filter({ hasText: `UDP ${port} ` });
    await listed.getByText('taken').waitFor();
    holder.close();
    await gone(taken);
    await listed.getByText('taken').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: `Stop listening on UDP ${port}` }).click();
  });

  it('S5: what is no flow data is shown with how it begins and what that looks like', async () => {
    const rtp = Buffer.from('80e0000100000000deadbeef', 'hex');
    await says(
      () => weir.send([rtp], '127.0.5.1'),
      `What 127.0.5.1 sends to UDP ${weir.udp_port} is no flow data: it begins 80e0000100000000, which looks like RTP.`,
      'NetFlow v5, v9 and IPFIX are read, on any port.',
    );
    await lights('127.0.5.1', [good, bad, wait, wait]);
  });

  it('S6: sFlow is known and not read yet', async () => {
    const sflow = Buffer.alloc(28);
    sflow.writeUInt32BE(5, 0);
    sflow.writeUInt32BE(1, 4);
    await says(
      () => weir.send([sflow], '127.0.6.1'),
      `127.0.6.1 sends sFlow to UDP ${weir.udp_port}; sFlow is not read yet.`,
      'If it can send NetFlow or IPFIX, choose that.',
    );
  });

  it('S7: data whose template has not come is kept, and counts once it has', async () => {
    const router = new Netflow9();
    const early = [1, 2, 3].map(() => router.datagram(records(256, kRecord, kRecord)));
    const sentence =
      'Data from 127.0.7.1 arrives, its template has not. Routers repeat it every 30 s to 30 min; 3 sets are kept meanwhile.';
    await says(() => weir.send(early, '127.0.7.1'), sentence, 'Nothing is lost while it waits.');
    await lights('127.0.7.1', [good, good, wait, wait]);
    await weir.send([router.datagram(template(256, kFlow))], '127.0.7.1');
    await gone(sentence);
    await lights('127.0.7.1', [good, good, good, good]);
    const flows = page.getByRole('row').filter({ hasText: '127.0.7.1' }).getByRole('cell').nth(5);
    assert.equal(await flows.innerText(), '6');
  });

  it('S9: a template without bytes names what it lacks', async () => {
    const router = new Netflow9();
    const fields = [kField.src, kField.dst, kField.packets];
    const [src, dst, , packets] = kRecord;
    await says(
      () =>
        weir.send(
          [router.datagram(template(256, fields), records(256, [src, dst, packets]))],
          '127.0.9.1',
        ),
      'Template 256 of 127.0.9.1 has no bytes.',
      'Its flows count as 0 bytes on every page.',
    );
    await lights('127.0.9.1', [good, good, bad, good]);
  });

  it('S10: a sampler without its rate asks for it, until the options tell it', async () => {
    const router = new Netflow9();
    const fields = [...kFlow, kField.sampler];
    const sentence =
      '127.0.10.1 names a sampler but not its rate: if it looks at 1 packet in N, its numbers are N times too small until the rate is known.';
    await says(
      () =>
        weir.send(
          [router.datagram(template(256, fields), records(256, [...kRecord, 3]))],
          '127.0.10.1',
        ),
      sentence,
      'set exporters.sampling',
    );
    const sampler = [kField.sampler, kField.sampler_interval];
    await weir.send(
      [router.datagram(options_template(257, sampler), records(257, [0, 3, 100]))],
      '127.0.10.1',
    );
    await gone(sentence);
  });

  it('S11: a clock that is hours behind is told with its error, and that it may be the zone', async () => {
    const router = new Netflow9({ behind_ms: 239 * kMinute });
    await says(
      () => weir.send([router.datagram(template(256, kFlow), records(256, kRecord))], '127.0.11.1'),
      'The clock of 127.0.11.1 is 3 h 59 min behind (time zone?).',
      'Give it an NTP server.',
    );
  });

  it('S12: what was lost on the way is told by the exporter’s own count, with every sum too', async () => {
    const { truth, sent } = history(Date.now() - 10 * kMinute, Date.now());
    const [lost] = sent.splice(sent.length >> 1, 1);
    const gap = lost.payload.readUInt16BE(2);
    const percent = (100 * gap) / truth.flows;
    await says(
      () =>
        weir.send(
          sent.map(({ payload }) => payload),
          '127.0.12.1',
        ),
      `${percent.toFixed(1)} % of what 127.0.12.1 sent in the last hour did not get here: ${gap} of ${truth.flows} by its own count.`,
      'UDP is dropped by busy routers and links',
    );
    const overview = await open_page(context, '/?src=127.0.12.1');
    await overview.locator('p.said').getByText(`${gap} records were lost on the way`).waitFor();
    await overview.getByRole('link', { name: 'where' }).click();
    const row = overview.getByRole('row').filter({ hasText: '127.0.12.1' });
    await row.getByText(`${percent.toFixed(percent < 9.95 ? 1 : 0)} %`, { exact: true }).waitFor();
    await overview.close();
  });

  describe('of an exporter that has sent for a while, and of this machine', () => {
    let other, other_page;
    const statistics = new Netflow9().datagram(
      options_template(257, [kField.total_flows]),
      records(257, [0, 12]),
    );
    before(async () => {
      other = await Weir.start({
        config: 'receive.buffer = "64KiB"\n',
        prepare: (data, port) =>
          write_segment(
            data,
            [{ exporter: '127.0.8.1', at: Date.now() - 3 * kMinute, payload: statistics }],
            port,
          ),
      });
      await other.make_admin();
      const other_context = await open_context(browser, other);
      await log_in(other_context);
      other_page = await open_page(other_context, '/system/setup');
    });
    after(() => other?.end());

    it('S8: statistics and no flows for minutes: no monitor is attached', async () => {
      await says(
        () => {},
        '127.0.8.1 exports its statistics but no flows.',
        'Attach the flow monitor to an interface.',
        other_page,
      );
      await lights('127.0.8.1', [good, good, bad, wait], other_page);
    });

    it('S12: what this machine dropped is told apart, to the datagram', async () => {
      const router = new Netflow5();
      const flows = history(Date.now() - 10 * kMinute, Date.now()).truth.all.slice(0, kFlows);
      const burst = Array.from({ length: 400 }, () => router.datagram(flows, Date.now()));
      const sentence = new RegExp(
        `This machine dropped (\\d+) datagrams of UDP ${other.udp_port} because the socket's buffer of 64 KiB was full\\.`,
      );
      const said = await says(
        async () => {
          other.process.kill('SIGSTOP');
          await other.send(burst, '127.0.12.1');
          other.process.kill('SIGCONT');
          await other.until(({ datagrams }) => datagrams > 0); // the next one carries the count
          await other.send([router.datagram(flows, Date.now())], '127.0.12.1');
        },
        sentence,
        'net.core.rmem_max',
        other_page,
      );
      const [, dropped] = sentence.exec(await said.innerText());
      const { ports } = await (await other.ask('/api/v1/diagnosis')).json();
      assert.equal(ports[0].datagrams + Number(dropped), burst.length + 1);
      const [all, lost] = [burst.length + 1, dropped].map((datagrams) => datagrams * flows.length);
      await finding(`did not get here: ${lost} of ${all} by its own count.`, other_page).waitFor();
    });
  });

  it('nothing was fetched from elsewhere and nothing went wrong', async () => {
    assert.deepEqual(await faults(page), []);
    assert.deepEqual(context.seen.elsewhere, []);
    assert.deepEqual(context.seen.errors, []);
  });
});
