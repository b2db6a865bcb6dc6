// Columns that can be grouped by, in the words of the API, and what a group is called.

// The columns of the API that are dimensions, in the order in which they are offered.
export const kDimensions = [
  'host',
  'src',
  'dst',
  'app',
  'dir',
  'protocol',
  'dst_port',
  'src_port',
  'exporter',
  'if',
  'in_if',
  'out_if',
  'locality',
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
  'sampling_rate',
  'end_reason',
  'forwarding_status',
] as const;

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
