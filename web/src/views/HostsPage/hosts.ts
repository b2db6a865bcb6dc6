// Which hosts are listed, and by what they are ranked.
import type { Sort } from '../../lib/url';
import type { Split } from '../../lib/series';

export type Side = 'local' | 'internet' | 'all';
export type Weight = 'in' | 'out' | 'both';

// The head that is sorted says which direction counts: what the chart shows, too.
export function weight_of(sort: readonly Sort[]): Weight {
  const column = sort[0]?.column;
  return column === 'in' || column === 'out' ? column : 'both';
}

export function side_of(view: string): Side {
  return view === 'internet' || view === 'all' ? view : 'local';
}

// What is asked so that both directions of each host can be told: local hosts are seen from
// themselves; of others, what they sent us came in and what they got went out.
export function local_part(metric: string, top: number) {
  return { by: ['host', 'dir'], metric: [metric, 'flows'], top };
}
export function remote_part(end: 'src' | 'dst', metric: string, top: number) {
  return {
    by: [end],
    metric: [metric, 'flows'],
    filter: end === 'src' ? 'dir:in' : 'dir:out',
    top,
  };
}

export interface HostRow extends Split {
  local: boolean;
  flows: number;
}

export function host_rows(
  splits: readonly Split[],
  flows: readonly Split[],
  local: boolean,
): HostRow[] {
  const counts = new Map(flows.map(({ name, both }) => [name, both]));
  return splits.map((split) => ({ ...split, local, flows: counts.get(split.name) ?? 0 }));
}
