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
  { app: 'quic', port: 443, protocol: kUdp, weight: 25, bytes: 900_000, ms: 90_000 },
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
    const bytes = Math.max(
      60,
      Math.round(service.bytes * spread * (service.bytes > 1000 ? host.scale : 1)),
    );
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
    const { service } = each;
    const flow = (bytes, src, src_port, dst, dst_port, in_if, out_if) => {
      const octets = Math.max(40, Math.round(bytes * share));
      return {
        src,
        src_port,
        dst,
        dst_port,
        in_if,
        out_if,
        start: each.told,
        end: until,
        app: service.app,
        protocol: service.protocol,
        bytes: octets,
        packets: Math.ceil(octets / 1200),
        flags: service.protocol === kTcp ? 0x18 : 0,
      };
    };
    const flows = [
      flow(each.up, each.client, each.client_port, each.server, service.port, kLocal, kWan),
      flow(each.down, each.server, service.port, each.client, each.client_port, kWan, kLocal),
    ];
    each.told = until;
    return flows;
  }
}

// What the flows add up to, as the pages are asked it.
export class Truth {
  constructor() {
    this.bytes = 0;
    this.flows = 0;
    this.all = [];
  }

  add(flow) {
    this.bytes += flow.bytes;
    ++this.flows;
    this.all.push(flow);
  }

  // Names and their bytes in from … to, largest first; `names_of` a flow gives those it counts for.
  top(from, to, names_of) {
    const sums = new Map();
    for (const flow of this.all) {
      const bytes = share_within(flow, from, to);
      if (bytes > 0)
        for (const name of names_of(flow)) sums.set(name, (sums.get(name) ?? 0) + bytes);
    }
    return [...sums]
      .map(([name, bytes]) => ({ name, bytes }))
      .sort((left, right) => right.bytes - left.bytes);
  }

  bytes_within(from, to, holds = () => true) {
    let sum = 0;
    for (const flow of this.all) if (holds(flow)) sum += share_within(flow, from, to);
    return sum;
  }
}

export const is_ours = (address) => address.startsWith('192.168.1.');

// A flow's bytes are spread evenly over its time.
function share_within(flow, from, to) {
  if (flow.start === flow.end) return flow.start >= from && flow.start < to ? flow.bytes : 0;
  const inside = Math.min(flow.end, to) - Math.max(flow.start, from);
  return (flow.bytes * Math.max(0, inside)) / (flow.end - flow.start);
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
    flows.forEach((flow, index) =>
      put_record(octets, 24 + 48 * index, flow, (time) => uptime + time - now),
    );
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

// What the router at 192.168.1.1 sent from `start` to `end`: the datagrams, with what they add up to,
// and the conversations that go on.
export function history(start, end) {
  const household = new Household();
  const wire = new Netflow5();
  const truth = new Truth();
  const sent = [];
  for (let minute = start; minute + kMinute <= end; minute += kMinute) {
    const flows = household.minute(minute);
    flows.forEach((flow) => truth.add(flow));
    for (const payload of wire.datagrams(flows, minute + kMinute)) {
      sent.push({ exporter: '192.168.1.1', at: minute + kMinute, payload });
    }
  }
  return { truth, sent, going: household.running };
}

// Local midnight, so many days ago.
export function midnight(days_ago = 0) {
  const day = new Date();
  day.setHours(0, 0, 0, 0);
  day.setDate(day.getDate() - days_ago);
  return day.getTime();
}
