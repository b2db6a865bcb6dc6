// NetFlow v9 datagrams as a router with templates sends them (RFC 3954), made by hand so that any of
// it can be left out or wrong.
const kTemplates = 0;
const kOptionsTemplates = 1;
const kScopeSystem = 1;
export const kField = {
  bytes: 1,
  packets: 2,
  src: 8,
  dst: 12,
  src_as: 16,
  sampler: 48,
  sampler_interval: 50,
  total_flows: 42,
};
const kOctets = 4; // of every field here

export class Netflow9 {
  // `behind_ms`: how far its clock is behind ours.
  constructor({ behind_ms = 0 } = {}) {
    this.behind_ms = behind_ms;
    this.sequence = 0;
  }

  datagram(...sets) {
    const head = Buffer.alloc(20);
    head.writeUInt16BE(9, 0);
    head.writeUInt16BE(sets.length, 2);
    head.writeUInt32BE(3_600_000, 4); // up for an hour
    head.writeUInt32BE(Math.floor((Date.now() - this.behind_ms) / 1000), 8);
    head.writeUInt32BE(this.sequence++, 12);
    return Buffer.concat([head, ...sets]);
  }
}

function words(bits, ...all) {
  const octets = Buffer.alloc((all.length * bits) / 8);
  all.forEach((word, index) => octets.writeUIntBE(word, (index * bits) / 8, bits / 8));
  return octets;
}

function set_of(id, content) {
  return Buffer.concat([words(16, id, 4 + content.length), content]);
}

export function template(id, fields) {
  return set_of(
    kTemplates,
    words(16, id, fields.length, ...fields.flatMap((field) => [field, kOctets])),
  );
}

// Options of the system: its scope, then the fields.
export function options_template(id, fields) {
  const layout = [kScopeSystem, kOctets, ...fields.flatMap((field) => [field, kOctets])];
  const content = words(16, id, 4, 4 * fields.length, ...layout);
  const padding = Buffer.alloc((4 - ((4 + content.length) % 4)) % 4);
  return set_of(kOptionsTemplates, Buffer.concat([content, padding]));
}

// Records of a template, each a value per field (per scope and field for options).
export function records(id, ...all) {
  return set_of(id, words(32, ...all.flat()));
}

export function address(text) {
  return text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}
