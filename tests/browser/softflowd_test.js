// A real exporter watches real traffic: the page names who made it, with the octets that tcpdump saw.
// run.sh gives this script a network namespace of its own; the far end of its cable is another.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { assert_about, log_in, octets_of, open_browser, open_context, open_page } from './page.js';
import { Weir } from './weir.js';

const kNear = '192.168.77.1';
const kGate = '192.168.77.2';
const kFar = '198.51.100.7';
const kFiller = 999; // softflowd is given packets when a block of its ring is full: this fills it
const kPageOctets = 3_000_000;
const kFarName = `weir-browser-${process.pid}`;
const kCable = 'weir-veth';

const run = (command, ...args) =>
  execFileSync(command, args, { encoding: 'utf8', timeout: 30_000 });
const ip = (...args) => run('ip', ...args);

function lay_cable() {
  ip('link', 'set', 'lo', 'up');
  ip('netns', 'add', kFarName);
  ip('link', 'add', kCable, 'type', 'veth', 'peer', 'name', kCable, 'netns', kFarName);
  ip('addr', 'add', `${kNear}/24`, 'dev', kCable);
  ip('link', 'set', kCable, 'up');
  ip('-n', kFarName, 'link', 'set', 'lo', 'up');
  ip('-n', kFarName, 'addr', 'add', `${kGate}/24`, 'dev', kCable);
  ip('-n', kFarName, 'addr', 'add', `${kFar}/32`, 'dev', 'lo');
  ip('-n', kFarName, 'link', 'set', kCable, 'up');
  ip('route', 'add', kFar, 'via', kGate);
}

async function wait_until(happened) {
  while (!happened()) await new Promise((done) => setTimeout(done, 20));
}

// Octets of IPv4 packets in a capture of Ethernet, without the filler.
function octets_seen(capture) {
  let sum = 0;
  for (let at = 24; at + 16 <= capture.length;) {
    const length = capture.readUInt32LE(at + 8);
    const frame = capture.subarray(at + 16, at + 16 + length);
    at += 16 + length;
    if (frame.readUInt16BE(12) !== 0x0800) continue;
    const transport = 14 + 4 * (frame[14] & 0x0f);
    const is_filler = frame[23] === 17 && frame.readUInt16BE(transport) === kFiller;
    if (!is_filler) sum += frame.readUInt16BE(16);
  }
  return sum;
}

describe('softflowd', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-softflowd-'));
  const capture = join(folder, 'cable.pcap');
  const control = join(folder, 'softflowd.ctl');
  const running = [];
  let weir, browser, page;

  function start(command, ...args) {
    const process = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    running.push(process);
    return process;
  }
  async function said(process, words) {
    let heard = '';
    for await (const octets of process.stderr) {
      heard += octets;
      if (heard.includes(words)) return process.stderr.resume();
    }
    throw new Error(`ended without "${words}": ${heard}`);
  }
  async function end(process) {
    if (process.exitCode !== null || process.signalCode !== null) return;
    const gone = once(process, 'exit');
    process.kill('SIGTERM');
    await gone;
  }
  const ask = (what) => run('softflowctl', '-c', control, what);
  const counted = (text, what) => Number(new RegExp(`${what}: (\\d+)`).exec(text)[1]);

  before(async () => {
    lay_cable();
    weir = await Weir.start();
    await weir.make_admin();
    browser = await open_browser();
    const context = await open_context(browser, weir);
    await log_in(context);
    page = await open_page(context, '/system/setup');
  });
  after(async () => {
    await browser?.close();
    for (const process of running) await end(process);
    await weir?.end();
    ip('netns', 'del', kFarName);
    rmSync(folder, { recursive: true });
  });

  it('the setup page waits, and its lights turn good as softflowd sends', async () => {
    await page.getByText(/Nothing has reached UDP/).waitFor();
    const filter = 'tcp or udp';
    const tcpdump = start('tcpdump', '-U', '-i', kCable, '-s', '96', '-w', capture, filter);
    const target = `127.0.0.1:${weir.udp_port}`;
    const softflowd = start(
      'softflowd',
      '-d',
      '-i',
      kCable,
      '-v',
      '9',
      '-n',
      target,
      '-c',
      control,
      '-p',
      join(folder, 'pid'),
      filter,
    );
    softflowd.stderr.resume();
    await said(tcpdump, 'listening on');
    await wait_until(() => existsSync(control));
    writeFileSync(join(folder, 'page'), Buffer.alloc(kPageOctets));
    const served = start(
      'ip',
      'netns',
      'exec',
      kFarName,
      'python3',
      '-u',
      '-m',
      'http.server',
      '--bind',
      kFar,
      '--directory',
      folder,
      '8000',
    );
    await once(served.stdout, 'data');
    run('curl', '-sS', '-o', '/dev/null', `http://${kFar}:8000/page`);
    const seen = counted(ask('statistics'), 'Packets received by libpcap');
    while (counted(ask('statistics'), 'Packets processed') < seen) {
      run(
        'python3',
        '-c',
        `
import socket
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sender.bind(("${kNear}", ${kFiller}))
for _ in range(2000): sender.sendto(b"x", ("${kFar}", ${kFiller}))`,
      );
    }
    ask('expire-all');
    await end(tcpdump);
    const sender = page.getByRole('row').filter({ hasText: '127.0.0.1' });
    await sender.getByText('good').nth(3).waitFor();
    assert.equal(await sender.getByText('good').count(), 4);
  });

  it('the overview names the host, with the octets that tcpdump saw', async () => {
    await page.goto(`/?f=-port:${kFiller}`);
    const row = page.getByRole('list', { name: 'Top hosts' }).getByRole('listitem').first();
    await row.getByRole('link', { name: kNear, exact: true }).waitFor();
    const octets = octets_seen(readFileSync(capture));
    assert.ok(octets > kPageOctets);
    assert_about(octets_of(await row.innerText()), octets, kNear);
    await row.getByRole('link').click();
    await page.getByRole('list', { name: 'Peers' }).getByRole('link', { name: kFar }).waitFor();
  });
});
