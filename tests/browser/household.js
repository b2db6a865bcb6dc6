// The flows of a household whose answers are known: what its router would report as NetFlow v5, both
// directions of each conversation, long ones once a minute. The same seed makes the same flows.
import { Seeded } from './seeded.js';

const kMinute = 60_000;
const kReport = 60_000; // the router's active timeout
const kTcp = 6;
const kUdp = 17;

// Busiest first; `hours` are those in which it is used, `weight` how often, `scale` how much.
export const kHosts = [
  { address: '192.168.1.20', name: 'television', hours: [17, 24], weight: 6, scale: 60 },
  { address: '192.168.1.23', name: 'desktop', hours: [8, 23], weight: 9, scale: 12 },
  { address: '192.168.1.31', name: 'laptop', hours: [7, 22], weight: 8, scale: 8 },
  { address: '192.168.1.5', name: 'storage', hours: [1, 4], weight: 3, scale: 40, sends: true },
  { address: '192.168.1.42', name: 'telephone', hours: [6, 24], weight: 10, scale: 2 },
  { address: '192.168.1.43', name: 'tablet', hours: [16, 21], weight: 6, scale: 5 },
  { address: '192.168.1.60', name: 'camera', hours: [0, 24], weight: 2, scale: 3, sends: true },
  { address: '192.168.1.61', name: 'thermostat', hours: [0, 24], weight: 1, scale: 0.01 },
  { address: '192.168.1.70', name: 'printer', hours: [9, 18], weight: 1, scale: 0.1 },
];
const kServices = [
  { app: 'https', port: 443, protocol: kTcp, weight: 50, bytes: 400_000, ms: 20_000 },
  { app: 'https', port: 443, protocol: kUdp, weight: 25, bytes: 900_000, ms: 90_000 },
  { app: 'dns', port: 53, protocol: kUdp, weight: 40, bytes: 300, ms: 30 },
  { app: 'http', port: 80, protocol: kTcp, weight: 6, bytes: 80_000, ms: 3_000 },
  { app: 'imaps', port: 993, protocol: kTcp, weight: 4, bytes: 60_000, ms: 400_000 },
  { app: 'ssh', port: 22, protocol: kTcp, weight: 1, bytes: 200_000, ms: 600_000 },
  { app: 'ntp', port: 123, protocol: kUdp, weight: 3, bytes: 152, ms: 20 },
];
const kLocal = 1; // interfaces of the router
const kWan = 2;

function weighted(random, all) {
  let at = random.below(all.reduce((sum, { weight }) => sum + weight, 0));
  return all.find(({ weight }) => (at -= weight) < 0);
}

export class Household {
  constructor(seed = 1) {
    this.random = new Seeded(seed);
    this.peers = Array.from({ length: 60 }, (_, index) => ({
      address: `${[34, 52, 104, 142, 151, 185, 198, 203][index % 8]}.${(index * 37) % 200}.${(index * 91) % 250}.${(index * 13) % 250}`,
      weight: Math.ceil(200 / (index + 1)),
    }));
    this.running = []; // conversations that go on
  }

  // The flow records that the router ends in the minute from `start`.
  minute(start) {
    const hour = new Date(start).getHours();
    for (const host of kHosts) {
      const [from, to] = host.hours;
      const often = hour >= from && hour < to ? host.weight : host.weight * 0.05;
      let begins = Math.floor(often) + (this.random.below(1000) < (often % 1) * 1000 ? 1 : 0);
      for (; begins > 0; --begins) this.begin(host, start + this.random.below(kMinute));
    }
    const flows = [];
    const end = start + kMinute;
    this.running = this.running.filter((each) => {
      while (each.told < each.end) {
        const next = Math.min(each.told + kReport, each.end);
        if (next > end) return true;
        flows.push(...this.report(each, next));
      }
      return false;
    });
    return flows.sort((left, right) => left.end - right.end);
  }

  begin(host, at) {
    const { random } = this;
    const service = weighted(random, kServices);
    const spread = Math.exp((random.below(4000) - 2000) / 1000);
    const length = Math.min(40 * kMinute, Math.max(1, Math.round(service.ms * spread)));
    const bytes = Math.max(60, Math.round(service.bytes * spread * (service.bytes > 1000 ? host.scale : 1)));
    this.running.push({
      client: host.address,
      client_port: 32768 + random.below(28000),
      server: service.app === 'dns' ? '9.9.9.9' : weighted(random, this.peers).address,
      service,
      start: at,
      told: at,
      end: at + length,
      down: host.sends ? Math.ceil(bytes * 0.05) : bytes,
      up: host.sends ? bytes : Math.ceil(bytes * 0.06) + 40,
    });
  }

  // Both directions of a conversation since it was last reported.
  report(each, until) {
    const share = (until - each.told) / (each.end - each.start);
    const times = { start: each.told, end: until };
    const { service } = each;
    const flow = (bytes, ends) => {
      const octets = Math.max(40, Math.round(bytes * share));
      return { ...ends, ...times, app: service.app, protocol: service.protocol, bytes: octets, packets: Math.ceil(octets / 1200), flags: service.protocol === kTcp ? 0x18 : 0 };
    };
    each.told = until;
    return [
      flow(each.up, { src: each.client, src_port: each.client_port, dst: each.server, dst_port: service.port, in_if: kLocal, out_if: kWan }),
      flow(each.down, { src: each.server, src_port: service.port, dst: each.client, dst_port: each.client_port, in_if: kWan, out_if: kLocal }),
    ];
  }
}

// What the flows add up to, as the pages are asked it.
export class Truth {
  constructor() {
    this.bytes = 0;
    this.flows = 0;
    this.hosts = new Map(); // address → {in, out}
    this.apps = new Map();
    this.all = [];
  }

  add(flow) {
    this.bytes += flow.bytes;
    ++this.flows;
    const ours = flow.src.startsWith('192.168.1.') ? flow.src : flow.dst;
    const host = this.hosts.get(ours) ?? { in: 0, out: 0 };
    host[ours === flow.src ? 'out' : 'in'] += flow.bytes;
    this.hosts.set(ours, host);
    this.apps.set(flow.app, (this.apps.get(flow.app) ?? 0) + flow.bytes);
    this.all.push(flow);
  }

  top_hosts(weight = ({ in: down, out: up }) => down + up) {
    return [...this.hosts].sort(([, left], [, right]) => weight(right) - weight(left)).map(([address]) => address);
  }

  top_apps() {
    return [...this.apps].sort(([, left], [, right]) => right - left).map(([app]) => app);
  }

  // Bytes of the flows that `holds` says yes to in from … to, spread evenly over each flow's time.
  bytes_within(from, to, holds = () => true) {
    let sum = 0;
    for (const flow of this.all) {
      if (flow.end < from || flow.start >= to || !holds(flow)) continue;
      const length = Math.max(1, flow.end - flow.start);
      const inside = Math.min(flow.end, to) - Math.max(flow.start, from);
      sum += flow.start === flow.end ? flow.bytes : (flow.bytes * Math.max(0, inside)) / length;
    }
    return sum;
  }
}

// NetFlow v5 datagrams of an exporter that started `kUptime` before its first one.
export class Netflow5 {
  constructor(sequence = 0) {
    this.sequence = sequence;
  }

  datagrams(flows, now) {
    const all = [];
    for (let first = 0; first < flows.length; first += 30) {
      all.push(this.datagram(flows.slice(first, first + 30), now));
    }
    return all;
  }

  datagram(flows, now) {
    const uptime = 86_400_000;
    const octets = Buffer.alloc(24 + 48 * flows.length);
    octets.writeUInt16BE(5, 0);
    octets.writeUInt16BE(flows.length, 2);
    octets.writeUInt32BE(uptime, 4);
    octets.writeUInt32BE(Math.floor(now / 1000), 8);
    octets.writeUInt32BE((now % 1000) * 1_000_000, 12);
    octets.writeUInt32BE(this.sequence, 16);
    this.sequence = (this.sequence + flows.length) >>> 0;
    flows.forEach((flow, index) => put_record(octets, 24 + 48 * index, flow, (time) => uptime + time - now));
    return octets;
  }
}

function put_record(octets, at, flow, uptime_of) {
  put_address(octets, at, flow.src);
  put_address(octets, at + 4, flow.dst);
  octets.writeUInt16BE(flow.in_if, at + 12);
  octets.writeUInt16BE(flow.out_if, at + 14);
  octets.writeUInt32BE(flow.packets, at + 16);
  octets.writeUInt32BE(flow.bytes, at + 20);
  octets.writeUInt32BE(uptime_of(flow.start), at + 24);
  octets.writeUInt32BE(uptime_of(flow.end), at + 28);
  octets.writeUInt16BE(flow.src_port, at + 32);
  octets.writeUInt16BE(flow.dst_port, at + 34);
  octets.writeUInt8(flow.flags, at + 37);
  octets.writeUInt8(flow.protocol, at + 38);
}

function put_address(octets, at, text) {
  text.split('.').forEach((part, index) => octets.writeUInt8(Number(part), at + index));
}
