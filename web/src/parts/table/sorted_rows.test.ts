import { describe, expect, it } from 'vitest';
import { keep_order, next_sort, SortedRows, visible_rows } from './sorted_rows';
import type { Column } from './columns';

interface Host {
  host: string;
  bytes?: number;
}
const columns: Column<Host>[] = [
  { id: 'host', title: 'Host', value: (row) => row.host },
  { id: 'bytes', title: 'Bytes', number: true, value: (row) => row.bytes },
];
const hosts: Host[] = [
  { host: '10.0.0.10', bytes: 5 },
  { host: '10.0.0.9' },
  { host: '10.0.0.1', bytes: 900 },
  { host: '10.0.0.2', bytes: 5 },
];
const names = (rows: readonly Host[]) => rows.map(({ host }) => host.replace('10.0.0.', ''));
const id_of = (row: Host) => row.host;

describe('SortedRows', () => {
  const rows = new SortedRows(columns);
  it('keeps the given order without a sort', () => {
    expect(names(rows.sorted(hosts, []))).toEqual(['10', '9', '1', '2']);
  });
  it('sorts by value, what is unknown last either way, ties in the given order', () => {
    expect(names(rows.sorted(hosts, [{ column: 'bytes', falling: true }]))).toEqual([
      '1',
      '10',
      '2',
      '9',
    ]);
    expect(names(rows.sorted(hosts, [{ column: 'bytes', falling: false }]))).toEqual([
      '10',
      '2',
      '1',
      '9',
    ]);
  });
  it('takes a second key', () => {
    const sort = [
      { column: 'bytes', falling: true },
      { column: 'host', falling: false },
    ];
    expect(names(rows.sorted(hosts, sort))).toEqual(['1', '2', '10', '9']);
  });
  it('sorts addresses as people count', () => {
    expect(names(rows.sorted(hosts, [{ column: 'host', falling: false }]))).toEqual([
      '1',
      '2',
      '9',
      '10',
    ]);
  });
  it('sorts names as people read them, and numbers before them', () => {
    const mixed: Column<{ key: string | number }>[] = [
      { id: 'key', title: 'Key', value: (row) => row.key },
    ];
    const keys = ['nas', 'Émile', 'eve', 443, 'Desk 10', 'desk 9', 80];
    const sorted = new SortedRows(mixed).sorted(
      keys.map((key) => ({ key })),
      [{ column: 'key', falling: false }],
    );
    expect(sorted.map(({ key }) => key)).toEqual([
      80,
      443,
      'desk 9',
      'Desk 10',
      'Émile',
      'eve',
      'nas',
    ]);
  });
  it('takes new rows', () => {
    expect(names(rows.sorted(hosts.slice(0, 1), []))).toEqual(['10']);
  });
  it('knows which columns are shown', () => {
    expect(rows.shown(new Set(['bytes']))).toEqual(['host']);
    expect(rows.shown(new Set())).toEqual(['host', 'bytes']);
  });
});

describe('keep_order', () => {
  it('leaves rows where they stood and says that sorting would move them', () => {
    const kept = keep_order(
      ['10.0.0.1', '10.0.0.2'],
      [hosts[3], hosts[0], hosts[2]].flatMap((row) => row ?? []),
      id_of,
    );
    expect(names(kept.rows)).toEqual(['1', '2', '10']);
    expect(kept.moved).toBe(true);
  });
  it('has nothing to say when the order is the same', () => {
    expect(keep_order(hosts.map(id_of), hosts, id_of).moved).toBe(false);
    expect(keep_order([], hosts, id_of).moved).toBe(false);
  });
});

describe('keep_order, of rows that are called the same', () => {
  it('keeps each and calls the second otherwise', () => {
    const twice = [hosts[0], hosts[1], hosts[0]].flatMap((row) => row ?? []);
    const kept = keep_order([], twice, id_of);
    expect(names(kept.rows)).toEqual(['10', '9', '10']);
    expect(kept.ids).toEqual(['10.0.0.10', '10.0.0.9', '10.0.0.10 2']);
    expect(keep_order(kept.ids, twice, id_of).ids).toEqual(kept.ids);
  });
});

describe('next_sort', () => {
  it('begins falling for numbers, turns round on the second click, adds a key with Shift', () => {
    const first = next_sort([], 'bytes', true, false);
    expect(first).toEqual([{ column: 'bytes', falling: true }]);
    expect(next_sort(first, 'bytes', true, false)).toEqual([{ column: 'bytes', falling: false }]);
    expect(next_sort(first, 'host', false, true)).toEqual([
      ...first,
      { column: 'host', falling: false },
    ]);
  });
});

describe('visible_rows', () => {
  it('holds at most what fits and some around, wherever one is', () => {
    for (const above of [-500, 0, 4000, 130_000, 259_000, 400_000]) {
      const { first, last } = visible_rows(10_000, 26, above, 800);
      expect(last - first).toBeLessThanOrEqual(60);
      expect(first).toBeGreaterThanOrEqual(0);
      expect(last).toBeLessThanOrEqual(10_000);
    }
    expect(visible_rows(5, 26, 0, 800)).toEqual({ first: 0, last: 5 });
    expect(visible_rows(10_000, 26, 2600, 800).first).toBe(92);
  });
});
