// A `weir serve` of this build on free ports of loopback, and what can be asked of it without a page.
import { spawn } from 'node:child_process';
import dgram from 'node:dgram';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const kBuild = resolve(process.env.WEIR_BUILD ?? 'build/release');
const kStartMs = 30_000;
export const kAdmin = { name: 'ada', password: 'correct horse' };

async function free_tcp_port() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

export async function free_udp_port() {
  const socket = dgram.createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}

export class Weir {
  // `prepare` is given the data folder before the first start; `config` is its weir.toml; `demo` starts
  // `weir serve --demo`.
  static async start({ prepare, config = '', demo = false } = {}) {
    const weir = new Weir();
    weir.is_demo = demo;
    weir.folder = mkdtempSync(join(tmpdir(), 'weir-browser-'));
    weir.data = join(weir.folder, 'data');
    weir.http_port = await free_tcp_port();
    weir.udp_port = await free_udp_port();
    // A demo that is left goes on as a server that reads weir.toml beside it.
    const listen = `listen = ["127.0.0.1:${weir.udp_port}"]\n`;
    if (demo) {
      writeFileSync(join(weir.folder, 'weir.toml'), `data = "left"\n${listen}`);
      await weir.begin();
      return weir;
    }
    mkdirSync(weir.data);
    writeFileSync(join(weir.folder, 'weir.toml'), config);
    // What is set here can be changed while it runs, unlike what the command line says.
    writeFileSync(join(weir.data, 'settings.toml'), listen);
    prepare?.(weir.data, weir.udp_port);
    await weir.begin();
    return weir;
  }

  get url() {
    return `http://127.0.0.1:${this.http_port}`;
  }

  // Starts the process over the same folder and ports, and waits until it says that it is up.
  async begin() {
    const { http_port } = this;
    const command = ['serve', '-n', '--data', this.data, '--http', `127.0.0.1:${http_port}`];
    command.push(...(this.is_demo ? ['--demo'] : ['--config', join(this.folder, 'weir.toml')]));
    this.process = spawn(join(kBuild, 'weir'), command, { cwd: this.folder });
    this.said = '';
    const up = new Promise((done, failed) => {
      const timer = setTimeout(() => failed(new Error(`not up in time:\n${this.said}`)), kStartMs);
      const hear = (octets) => {
        this.said += octets;
        const is_up =
          /weir is up/.test(this.said) &&
          (this.has_admin || this.is_demo || /setup code is/.test(this.said));
        if (is_up) done(clearTimeout(timer));
      };
      this.process.stdout.on('data', hear);
      this.process.stderr.on('data', hear);
      this.process.on('exit', (code) =>
        failed(new Error(`weir ended with ${code}:\n${this.said}`)),
      );
    });
    await up;
  }

  get setup_code() {
    return /setup code is (\S+)/.exec(this.said)[1];
  }

  // Asks the API, as the administrator where there is one.
  async ask(path, { method = 'GET', body } = {}) {
    const headers = { ...(this.cookie ? { Cookie: this.cookie, 'X-Weir-CSRF': this.csrf } : {}) };
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    const came = await fetch(`${this.url}${path}`, {
      method,
      headers,
      body: body && JSON.stringify(body),
    });
    if (!came.ok) throw new Error(`${method} ${path}: ${came.status} ${await came.text()}`);
    return came;
  }

  async make_admin() {
    const body = { code: this.setup_code, name: kAdmin.name, password: kAdmin.password };
    const came = await this.ask('/api/v1/setup', { method: 'POST', body });
    this.has_admin = true;
    this.cookie = came.headers.getSetCookie()[0].split(';')[0];
    this.csrf = (await came.json()).csrf;
  }

  // Datagrams as an exporter at `from` sends them.
  async send(datagrams, from = '127.0.0.1') {
    const socket = dgram.createSocket('udp4').bind(0, from);
    await once(socket, 'listening');
    for (const octets of datagrams) {
      await new Promise((done, failed) =>
        socket.send(octets, this.udp_port, '127.0.0.1', (error) =>
          error ? failed(error) : done(),
        ),
      );
    }
    socket.close();
  }

  // The pulse of the server until `holds` says yes to one.
  async until(holds) {
    const given_up = AbortSignal.timeout(kStartMs);
    const came = await fetch(`${this.url}/api/v1/events`, {
      headers: { Cookie: this.cookie },
      signal: given_up,
    });
    let heard = '';
    for await (const octets of came.body) {
      heard += Buffer.from(octets).toString();
      const events = heard.split('\n\n');
      heard = events.pop();
      for (const event of events) {
        const data = /^data: (.*)$/m.exec(event);
        if (data && holds(JSON.parse(data[1]))) return;
      }
    }
    throw new Error('the event stream ended');
  }

  async kill() {
    this.process.removeAllListeners('exit');
    const gone = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await gone;
  }

  async end() {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const gone = new Promise((done) => this.process.on('exit', done));
      this.process.kill('SIGTERM');
      await gone;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
