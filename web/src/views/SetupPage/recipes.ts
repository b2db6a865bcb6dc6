// How to make a router send its flows here. `{C}` is this machine's address, `{P}` the port.

export interface Recipe {
  id: 'dd_wrt' | 'openwrt' | 'linux';
  title: string;
  lines: { text: string; why: string }[];
  kind: 'commands' | 'steps';
  undo: string;
  limits: string; // what this exporter cannot tell
}

export const kRecipes: readonly Recipe[] = [
  {
    id: 'dd_wrt',
    title: 'DD-WRT',
    kind: 'steps',
    lines: [
      {
        text: 'Services → Services → RFlow / MACupd → RFlow: Enable',
        why: 'the router then describes its traffic',
      },
      { text: 'Server IP: {C}', why: 'this machine' },
      { text: 'Port: {P}', why: 'a port that Weir listens on' },
      {
        text: 'Interface: LAN & WLAN',
        why: 'every device of the network, not only the router itself',
      },
      { text: 'Apply Settings', why: 'it begins at once' },
    ],
    undo: 'RFlow: Disable, then Apply Settings.',
    limits:
      'Addresses, ports and bytes (NetFlow v5). No IPv6; what two devices of the same switch send each other is not seen.',
  },
  {
    id: 'openwrt',
    title: 'OpenWrt',
    kind: 'commands',
    lines: [
      {
        text: 'opkg update && opkg install softflowd',
        why: 'on 25.12 and later: apk add softflowd',
      },
      { text: "uci set softflowd.@softflowd[0].enabled='1'", why: 'start it with the router' },
      { text: "uci set softflowd.@softflowd[0].interface='br-lan'", why: 'where all devices pass' },
      { text: "uci set softflowd.@softflowd[0].host_port='{C}:{P}'", why: 'this machine' },
      { text: "uci set softflowd.@softflowd[0].export_version='9'", why: 'IPv6 needs version 9' },
      { text: "uci set softflowd.@softflowd[0].track_ipv6='1'", why: 'off by default' },
      {
        text: "uci set softflowd.@softflowd[0].timeout='maxlife=60'",
        why: 'report long transfers every minute',
      },
      {
        text: 'uci delete softflowd.@softflowd[0].sampling_rate',
        why: 'the package looks at one packet in 100 otherwise',
      },
      { text: 'uci commit softflowd', why: '' },
      { text: '/etc/init.d/softflowd enable && /etc/init.d/softflowd restart', why: '' },
    ],
    undo: '/etc/init.d/softflowd stop && /etc/init.d/softflowd disable',
    limits:
      'With flow offloading on, most of the traffic bypasses it: switch that off under Network → Firewall.',
  },
  {
    id: 'linux',
    title: 'Linux',
    kind: 'commands',
    lines: [
      { text: 'sudo apt-get install softflowd', why: 'or your distribution’s package' },
      {
        text: 'sudo softflowd -i eth0 -n {C}:{P} -v 9 -t maxlife=60 -t expint=10',
        why: 'eth0: the card towards your network',
      },
    ],
    undo: 'sudo softflowctl shutdown',
    limits: 'Sees what passes this card. Sampling off, IPv4 and IPv6.',
  },
];

export function filled(line: string, address: string, port: number): string {
  return line.replaceAll('{C}', address).replaceAll('{P}', String(port));
}

// An IPv6 address with a port stands in brackets.
export function with_port(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
