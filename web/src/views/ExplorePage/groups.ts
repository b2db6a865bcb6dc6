// Columns that can be grouped by, in the words of the API, and what a group is called.

import { country_text } from '../../lib/countries';
import { text } from '../../lib/i18n/text';
import { protocol_text } from '../../lib/protocols';

// The columns of the API that are dimensions, in the order in which they are offered.
export const kDimensions = [
  'host',
  'src',
  'dst',
  'app',
  'site',
  'dir',
  'protocol',
  'dst_port',
  'src_port',
  'exporter',
  'if',
  'in_if',
  'out_if',
  'locality',
  'src_country',
  'dst_country',
  'src_as',
  'dst_as',
  'next_hop',
  'tcp_flags',
  'tos',
  'vlan',
  'src_mac',
  'dst_mac',
  'icmp_type',
  'icmp_code',
  'domain',
  'direction',
  'site_evidence',
  'app_evidence',
  'sampling_rate',
  'end_reason',
  'forwarding_status',
] as const;

type Dimension = (typeof kDimensions)[number];
const is_dimension = (name: string): name is Dimension =>
  (kDimensions as readonly string[]).includes(name);

// What a page calls a column; one that this version does not know has its own name.
export function column_title(name: string): string {
  return is_dimension(name) ? text(`dim.${name}`) : name;
}

const kFlags = ['F', 'S', 'R', 'P', 'A', 'U', 'E', 'C']; // of TCP, from the lowest bit

function flags_text(flags: number): string {
  const set = kFlags.filter((_, bit) => (flags >> bit) & 1).join('');
  return set || '–';
}

// A value as people read it; empty: the exporter did not say.
export function value_text(column: string, value: string | number | boolean | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'number') {
    if (column === 'protocol') return protocol_text(value);
    if (column === 'tcp_flags') return flags_text(value);
    if (column === 'direction') return text(value === 0 ? 'way.in' : 'way.out');
    if (column.endsWith('_as')) return `AS${value}`;
  }
  if (column === 'dir' && ['in', 'out', 'local', 'transit'].includes(String(value))) {
    return text(`way.${String(value) as 'in' | 'out' | 'local' | 'transit'}`);
  }
  if (column.endsWith('_country')) return country_text(String(value));
  return String(value);
}

// The groups of these two count a flow at both its ends; one question can hold one of them.
const kEnds: readonly string[] = ['host', 'if'];

export function with_dimension(by: readonly string[], name: string): string[] {
  if (by.includes(name)) return by.filter((each) => each !== name);
  const kept = kEnds.includes(name) ? by.filter((each) => !kEnds.includes(each)) : by;
  return [...kept, name].slice(-8);
}

export function group_name(values: readonly string[]): string {
  return values.every((value) => value === '')
    ? ''
    : values.map((value) => value || '–').join(' · ');
}

// The filter words that hold for a group's value; undefined: no filter can say it.
export function term_of(column: string, value: string): string | undefined {
  if (value === '') return undefined;
  return `${column}:${/[\s"()|,]/.test(value) ? `"${value.replaceAll('"', '')}"` : value}`;
}
