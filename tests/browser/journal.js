// A segment of weir's journal written by hand (src/collect/journal/segment_format.h): datagrams of
// the past, which a server takes in when it starts as those of a run that ended without a commit.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

// `datagrams`: {exporter, at (Unix ms), payload}, in the order in which they came.
export function write_segment(data, datagrams, local_port = 2055) {
  const folder = join(data, 'journal');
  mkdirSync(folder, { recursive: true });
  const head = Buffer.alloc(24);
  head.writeUInt32BE(0xa1b23c4d, 0); // nanoseconds
  head.writeUInt16BE(2, 4);
  head.writeUInt16BE(4, 6);
  head.writeUInt32BE(262_144, 16);
  head.writeUInt32BE(101, 20); // raw IP
  const records = datagrams.map((each) => record(each, local_port));
  writeFileSync(join(folder, `${'1'.padStart(20, '0')}.pcap`), Buffer.concat([head, ...records]));
}

function record({ exporter, at, payload }, local_port) {
  const length = 28 + payload.length;
  const octets = Buffer.alloc(16 + length);
  octets.writeUInt32BE(Math.floor(at / 1000), 0);
  octets.writeUInt32BE((at % 1000) * 1_000_000, 4);
  octets.writeUInt32BE(length, 8);
  octets.writeUInt32BE(length, 12);
  const ip = octets.subarray(16);
  ip.writeUInt16BE(0x4500, 0);
  ip.writeUInt16BE(length, 2);
  ip.writeUInt16BE(0x4011, 8); // 64 hops, UDP
  exporter.split('.').forEach((part, index) => ip.writeUInt8(Number(part), 12 + index));
  ip.writeUInt16BE(checksum(ip.subarray(0, 20), 0), 10);
  const udp = ip.subarray(20);
  udp.writeUInt16BE(40_000, 0);
  udp.writeUInt16BE(local_port, 2);
  udp.writeUInt16BE(udp.length, 4);
  payload.copy(udp, 8);
  const pseudo = ip.readUInt16BE(12) + ip.readUInt16BE(14) + 17 + udp.length;
  udp.writeUInt16BE(checksum(udp, pseudo) || 0xffff, 6);
  return octets;
}

// RFC 1071.
function checksum(octets, sum) {
  for (let at = 0; at < octets.length; at += 2) {
    sum += (octets[at] << 8) | (octets[at + 1] ?? 0);
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
