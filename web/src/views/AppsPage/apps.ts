// How much each host used of each application.
import type { Row } from '../../api/client';

export interface AppsRow {
  name: string;
  in: number;
  out: number;
  total: number; // of the direction that is looked at
  apps: Map<string, number>; // in that direction
}

export function apps_of(
  rows: readonly Row[],
  metric: string,
  way: 'both' | 'in' | 'out',
): AppsRow[] {
  const hosts = new Map<string, AppsRow>();
  for (const row of rows) {
    const name = String(row['host'] ?? '');
    let host = hosts.get(name);
    if (!host) hosts.set(name, (host = { name, in: 0, out: 0, total: 0, apps: new Map() }));
    const amount = Number(row[metric] ?? 0);
    if (row['dir'] === 'in') host.in += amount;
    if (row['dir'] === 'out') host.out += amount;
    if (way !== 'both' && row['dir'] !== way) continue;
    const app = String(row['app'] ?? '');
    host.total += amount;
    host.apps.set(app, (host.apps.get(app) ?? 0) + amount);
  }
  return [...hosts.values()];
}

export const kOther = '';
const kColumnsMost = 20;

// The applications that most is used of have columns of their own, the others one together.
export function columns_of(rows: readonly AppsRow[]): string[] {
  const sums = new Map<string, number>();
  for (const row of rows) {
    for (const [app, amount] of row.apps) sums.set(app, (sums.get(app) ?? 0) + amount);
  }
  return [...sums]
    .filter(([app]) => app !== kOther)
    .sort(([left, more], [right, most]) => most - more || (left < right ? -1 : 1))
    .slice(0, kColumnsMost)
    .map(([app]) => app);
}

// The entries of a protocols list in its order, each once; what no entry has goes to the others.
export function listed_columns(entries: readonly { name: string }[]): string[] {
  return [...new Set(entries.map(({ name }) => name))];
}

// What `sort=` calls the applications' columns: names that differ in more than letters and digits
// get a number.
export function column_ids(apps: readonly string[]): string[] {
  const taken = new Set<string>();
  return apps.map((app) => {
    const plain = `app_${app.toLowerCase().replace(/[^a-z0-9]+/g, '_')}`;
    let id = plain;
    for (let number = 2; taken.has(id); ++number) id = `${plain}_${number}`;
    taken.add(id);
    return id;
  });
}
