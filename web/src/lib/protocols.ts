// Names of the IP protocols that people meet; the others stay numbers.
const kNames: Record<number, string> = {
  1: 'ICMP',
  2: 'IGMP',
  6: 'TCP',
  17: 'UDP',
  41: 'IPv6',
  47: 'GRE',
  50: 'ESP',
  51: 'AH',
  58: 'ICMPv6',
  89: 'OSPF',
  103: 'PIM',
  132: 'SCTP',
};

export function protocol_text(protocol: number): string {
  return kNames[protocol] ?? String(protocol);
}
