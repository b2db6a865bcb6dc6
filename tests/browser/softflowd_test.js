// The whole way with a real exporter: setup code, administrator, a setup page that waits, softflowd
// starts, and the pages name who made real traffic and what it is doing, with the octets that tcpdump
// saw. run.sh gives this script a network namespace of its own; the far end of its cable is another.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  assert_about,
  become_admin,
  octets_of,
  open_browser,
  open_context,
  open_page,
} from './page.js';
import { Weir } from './weir.js';

const kNear = '192.168.77.1';
const kGate = '192.168.77.2';
const kFar = '198.51.100.7';
const kFiller = 999; // softflowd is given packets when a block of its ring is full: this fills it
const kPageOctets = 3_000_000;
const kServed = 8000;
const kUrl = `http://${kFar}:${kServed}/page`;
const kDripping = 8001;
const kFarName = `weir-browser-${process.pid}`;
const kCable = 'weir-veth';

const run = (command, ...args) =>
  execFileSync(command, args, { encoding: 'utf8', timeout: 30_000 });
const ip = (...args) => run('ip', ...args);

function lay_cable() {
  ip('link', 'set', 'lo', 'up');
  ip('netns', 'add', kFarName);
  ip('link', 'add', kCable, 'type', 'veth', 'peer', 'name', kCable, 'netns', kFarName);
  ip('link', 'set', kCable, 'addrgenmode', 'none'); // no address of its own that comes later
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

// Octets of the IPv4 packets of a capture of Ethernet, by the port at our end. Without the filler.
function octets_by_port(capture) {
  const sums = new Map();
  for (let at = 24; at + 16 <= capture.length;) {
    const length = capture.readUInt32LE(at + 8);
    const frame = capture.subarray(at + 16, at + 16 + length);
    at += 16 + length;
    if (frame.readUInt16BE(12) !== 0x0800) continue;
    const transport = 14 + 4 * (frame[14] & 0x0f);
    const is_ours = frame.subarray(26, 30).join('.') === kNear;
    const port = frame.readUInt16BE(transport + (is_ours ? 0 : 2));
    if (port !== kFiller) sums.set(port, (sums.get(port) ?? 0) + frame.readUInt16BE(16));
  }
  return sums;
}

const filler = (turns) => `
import itertools, socket, time
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sender.bind(("${kNear}", ${kFiller}))
for _ in ${turns}:
    for _ in range(2000): sender.sendto(b"x", ("${kFar}", ${kFiller}))
    time.sleep(0.05)`;

const kDrip = `
import socket, time
server = socket.create_server(("${kFar}", ${kDripping}))
print("listening", flush=True)
connection, _ = server.accept()
while True:
    connection.sendall(bytes(1000))
    time.sleep(0.02)`;

describe('softflowd', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-softflowd-'));
  const capture = join(folder, 'cable.pcap');
  const control = join(folder, 'softflowd.ctl');
  const running = [];
  let weir, browser, page, going, closed_port;

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
    // Chromium breaks off what it fetches while the network changes.
    await wait_until(() => JSON.parse(ip('-j', 'link', 'show', kCable))[0].operstate === 'UP');
    weir = await Weir.start();
    browser = await open_browser();
    page = await open_page(await open_context(browser, weir), '/');
  });
  after(async () => {
    await browser?.close();
    going?.destroy();
    for (const process of running) await end(process);
    await weir?.end();
    ip('netns', 'del', kFarName);
    rmSync(folder, { recursive: true });
  });

  // tcpdump and softflowd on our end of the cable, a web server at the other.
  async function watch() {
    const filter = 'tcp or udp';
    const tcpdump = start('tcpdump', '-U', '-i', kCable, '-s', '96', '-w', capture, filter);
    const to = `127.0.0.1:${weir.udp_port}`;
    const often = ['-t', 'maxlife=1', '-t', 'expint=1']; // what goes on is reported each second
    const files = ['-c', control, '-p', join(folder, 'pid'), ...often];
    start('softflowd', '-d', '-i', kCable, '-v', '9', '-n', to, ...files, filter).stderr.resume();
    await said(tcpdump, 'listening on');
    await wait_until(() => existsSync(control));
    writeFileSync(join(folder, 'page'), Buffer.alloc(kPageOctets));
    const server = ['python3', '-u', '-m', 'http.server'];
    const where = ['--bind', kFar, '--directory', folder, String(kServed)];
    const served = start('ip', 'netns', 'exec', kFarName, ...server, ...where);
    await once(served.stdout, 'data');
    return tcpdump;
  }

  // softflowd has seen and exported all traffic so far, and tcpdump has written it.
  async function settle(tcpdump) {
    const seen = counted(ask('statistics'), 'Packets received by libpcap');
    while (counted(ask('statistics'), 'Packets processed') < seen) {
      run('python3', '-c', filler('range(1)'));
    }
    ask('expire-all');
    await end(tcpdump);
  }

  it('from the setup code to a setup page that waits', async () => {
    await become_admin(page, weir);
    await page.getByText(`Nothing has reached UDP ${weir.udp_port} yet.`).waitFor();
    assert.equal(await page.getByRole('row').getByText('waiting').count(), 4);
    await page.getByRole('button', { name: 'Linux', exact: true }).click();
    assert.match(await page.locator('pre').innerText(), /softflowd -i eth0 -n \S+:\d+ -v 9/);
  });

  it('its lights turn good as softflowd sends', async () => {
    const tcpdump = await watch();
    closed_port = Number(run('curl', '-sS', '-o', '/dev/null', '-w', '%{local_port}', kUrl));
    await settle(tcpdump);
    const sender = page.getByRole('row').filter({ hasText: '127.0.0.1' });
    await sender.getByText('good').nth(3).waitFor();
    await page.getByText('Everything works').waitFor();
  });

  it('the overview names the host, with the octets that tcpdump saw', async () => {
    await page.goto(`/?t=-1h&f=-port:${kFiller}`);
    const row = page.getByRole('list', { name: 'Top hosts' }).getByRole('listitem').first();
    await row.getByRole('link', { name: kNear, exact: true }).waitFor();
    const octets = [...octets_by_port(readFileSync(capture)).values()].reduce((a, b) => a + b);
    assert.ok(octets > kPageOctets);
    assert_about(octets_of(await row.innerText()), octets, kNear);
    assert_about(octets_of(await page.locator('p.said').innerText()), octets, 'all');
  });

  it('what it is doing now is one click away, beside what it did', async () => {
    const dripping = start('ip', 'netns', 'exec', kFarName, 'python3', '-c', kDrip);
    await once(dripping.stdout, 'data');
    going = net.connect(kDripping, kFar).resume();
    await once(going, 'connect');
    start('python3', '-c', filler('itertools.count()'));
    page.clicks = 0;
    await page.press_on(
      page.getByRole('list', { name: 'Top hosts' }).getByRole('link', { name: kNear, exact: true }),
    );
    const sessions = page.getByRole('table', { name: 'Sessions' }).getByRole('row');
    const between = (port) => sessions.filter({ hasText: `${kNear}:${port}` });
    await between(going.localPort)
      .filter({ hasText: 'active' })
      .filter({ hasText: `${kFar}:${kDripping}` })
      .waitFor();
    assert.equal(page.clicks, 1);
    const ended = between(closed_port).filter({ hasText: 'ended' }).getByRole('cell');
    assert.equal(await ended.nth(1).innerText(), `${kFar}:${kServed}`);
    const seen = octets_by_port(readFileSync(capture)).get(closed_port);
    assert_about(octets_of(await ended.nth(4).innerText()), seen, `${kNear}:${closed_port}`);
    await page.getByRole('list', { name: 'Peers' }).getByRole('link', { name: kFar }).waitFor();
  });
});
