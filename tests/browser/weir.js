// A `weir serve` of this build on free ports of loopback, and what can be asked of it without a page.
import { execFile, spawn } from 'node:child_process';
import dgram from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const kBuild = resolve(process.env.WEIR_BUILD ?? 'build/release');
const kStartMs = 30_000;

async function free_tcp_port() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

async function free_udp_port() {
  const socket = dgram.createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}

export class Weir {
  // `prepare` is given the data folder before the first start.
  static async start({ prepare } = {}) {
    const weir = new Weir();
    weir.folder = mkdtempSync(join(tmpdir(), 'weir-browser-'));
    weir.data = join(weir.folder, 'data');
    weir.http_port = await free_tcp_port();
    weir.udp_port = await free_udp_port();
    prepare?.(weir.data, weir.udp_port);
    await weir.begin();
    return weir;
  }

  get url() {
    return `http://127.0.0.1:${this.http_port}`;
  }

  // Starts the process over the same folder and ports, and waits until it says that it is up.
  async begin() {
    const { http_port, udp_port } = this;
    const command = ['serve', '--data', this.data, '--http', `127.0.0.1:${http_port}`, '--listen', `127.0.0.1:${udp_port}`];
    this.process = spawn(join(kBuild, 'weir'), command, { cwd: this.folder });
    this.said = '';
    const up = new Promise((done, failed) => {
      const timer = setTimeout(() => failed(new Error(`not up in time:\n${this.said}`)), kStartMs);
      const hear = (octets) => {
        this.said += octets;
        const is_up = /weir is up/.test(this.said) && (this.has_admin || /setup code is/.test(this.said));
        if (is_up && !/segments? .*replay/.test('')) done(clearTimeout(timer));
      };
      this.process.stdout.on('data', hear);
      this.process.stderr.on('data', hear);
      this.process.on('exit', (code) => failed(new Error(`weir ended with ${code}:\n${this.said}`)));
    });
    await up;
  }

  get setup_code() {
    return /setup code is (\S+)/.exec(this.said)[1];
  }

  async kill() {
    const gone = once(this.process, 'exit');
    this.process.removeAllListeners('exit');
    this.process.kill('SIGKILL');
    await gone.catch(() => {});
  }

  async end() {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const gone = new Promise((done) => this.process.on('exit', done));
      this.process.kill('SIGTERM');
      await gone;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  // Answers of `weir query` as JSON.
  async query(...args) {
    const { stdout } = await promisify(execFile)(join(kBuild, 'weir'), ['query', '--data', this.data, '--format', 'json', ...args], { maxBuffer: 1 << 26 });
    return JSON.parse(stdout);
  }

  // Has weir-generate send, and reads the truth it writes.
  async generate(...args) {
    const totals = join(this.folder, 'totals.json');
    await promisify(execFile)(join(kBuild, 'weir-generate'), ['--to', `127.0.0.1:${this.udp_port}`, '--totals', totals, ...args]);
    return JSON.parse(readFileSync(totals, 'utf8'));
  }
}
