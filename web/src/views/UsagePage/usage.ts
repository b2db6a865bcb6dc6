// How much each host used in each period.
import type { Row } from '../../api/client';

export const kPeriods = ['hour', 'day', 'week', 'month'] as const;
export type Period = (typeof kPeriods)[number];
export type Way = 'both' | 'in' | 'out';

export type Amounts = Record<Way, number>;
export interface UsageRow extends Amounts {
  name: string;
  periods: Map<number, Amounts>; // by their begin, Unix ms
}
export interface Usage {
  hosts: UsageRow[];
  begins: number[]; // of the periods in which any host used something, earliest first
}

const nothing = (): Amounts => ({ both: 0, in: 0, out: 0 });

function add(to: Amounts, row: Row, metric: string): void {
  const amount = Number(row[metric] ?? 0);
  if (row['dir'] === 'in') to.in += amount;
  if (row['dir'] === 'out') to.out += amount;
  to.both += amount;
}

export function usage_of(rows: readonly Row[], metric: string): Usage {
  const hosts = new Map<string, UsageRow>();
  const begins = new Set<number>();
  for (const row of rows) {
    const name = String(row['host'] ?? '');
    const begin = Number(row['time']);
    begins.add(begin);
    let host = hosts.get(name);
    if (!host) hosts.set(name, (host = { name, ...nothing(), periods: new Map() }));
    let period = host.periods.get(begin);
    if (!period) host.periods.set(begin, (period = nothing()));
    add(host, row, metric);
    add(period, row, metric);
  }
  return { hosts: [...hosts.values()], begins: [...begins].sort((left, right) => left - right) };
}

const kShortestMs: Record<Period, number> = { hour: 36e5, day: 828e5, week: 6e8, month: 24e8 };
export const kColumnsMost = 62; // two months of days

// The periods of which a range makes no more columns than a table can have.
export function periods_of(length_ms: number): Period[] {
  return kPeriods.filter((period) => length_ms / kShortestMs[period] <= kColumnsMost);
}

// The one the URL names where the range allows it; else the shortest from a day on that it allows.
export function period_of(by: readonly string[], allowed: readonly Period[]): Period {
  const named = allowed.find((period) => period === by[0]);
  return named ?? allowed.find((period) => period !== 'hour') ?? 'month';
}
