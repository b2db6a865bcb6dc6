// From rows of an answer to what charts draw.

type Row = Record<string, string | number | boolean>;

export interface Grid {
  from: number; // Unix ms, a multiple of the step
  step_ms: number;
  times: number[]; // starts of the steps
}

export function grid_of(range: { from: number; to: number }, step_ms: number): Grid {
  const from = Math.floor(range.from / step_ms) * step_ms;
  const count = Math.max(1, Math.ceil((range.to - from) / step_ms));
  return {
    from,
    step_ms,
    times: Array.from({ length: count }, (_, index) => from + index * step_ms),
  };
}

// How much of a step lies inside the range: the first and the last may be cut, and rates must not
// drop because of it.
export function covered_ms(grid: Grid, range: { from: number; to: number }, index: number): number {
  const start = grid.from + index * grid.step_ms;
  return Math.max(1, Math.min(range.to, start + grid.step_ms) - Math.max(range.from, start));
}

export interface Series {
  name: string;
  amounts: number[]; // per step
}

// One series per value of `name_of`, in the order in which the values first come: rows come in the
// order of their weight. A step without a row is zero.
export function series_of(
  rows: readonly Row[],
  grid: Grid,
  metric: string,
  name_of: (row: Row) => string,
): Series[] {
  const found = new Map<string, Series>();
  for (const row of rows) {
    const name = name_of(row);
    let series = found.get(name);
    if (!series) {
      series = { name, amounts: grid.times.map(() => 0) };
      found.set(name, series);
    }
    const index = Math.round((Number(row['time']) - grid.from) / grid.step_ms);
    const before = series.amounts[index];
    const amount = row[metric];
    if (before !== undefined && typeof amount === 'number') series.amounts[index] = before + amount;
  }
  return [...found.values()];
}

// What the named series leave over of the total: drawn as Other, never below zero.
export function rest_series(total: readonly number[], named: readonly Series[]): number[] {
  return total.map((amount, index) =>
    Math.max(0, amount - named.reduce((sum, series) => sum + (series.amounts[index] ?? 0), 0)),
  );
}

// Sums from the bottom up: what a stacked chart draws, in the order of `layers`.
export function stacked(layers: readonly (readonly number[])[]): number[][] {
  const sums: number[][] = [];
  for (const layer of layers) {
    const below = sums.at(-1);
    sums.push(layer.map((amount, index) => amount + (below?.[index] ?? 0)));
  }
  return sums;
}

export interface Gap {
  from: number;
  to: number;
}

// The stretches of the range in which the collector heard nobody, from the minutes in which it did.
// A stretch shorter than `tolerated_ms` is an exporter taking its time, not a gap.
export function gaps_of(
  minutes_heard: readonly number[],
  range: { from: number; to: number },
  tolerated_ms: number,
): Gap[] {
  const gaps: Gap[] = [];
  let silent_since = range.from;
  const close = (to: number) => {
    if (to - silent_since > tolerated_ms) gaps.push({ from: silent_since, to });
  };
  for (const minute of [...new Set(minutes_heard)].sort((left, right) => left - right)) {
    if (minute + 60_000 <= range.from || minute >= range.to) continue;
    close(minute);
    silent_since = Math.max(silent_since, minute + 60_000);
  }
  close(range.to);
  return gaps;
}

// In, out and both of each thing, from rows that name a direction.
export interface Split {
  name: string;
  in: number;
  out: number;
  both: number;
}

export function split_rows(rows: readonly Row[], column: string, metric: string): Split[] {
  const found = new Map<string, Split>();
  for (const row of rows) {
    const name = String(row[column] ?? '');
    let split = found.get(name);
    if (!split) found.set(name, (split = { name, in: 0, out: 0, both: 0 }));
    const amount = Number(row[metric] ?? 0);
    if (row['dir'] === 'in') split.in += amount;
    if (row['dir'] === 'out') split.out += amount;
    split.both += amount;
  }
  return by_weight([...found.values()], 'both');
}

// What the other side sent us (rows by `src`) and got from us (rows by `dst`).
export function join_ends(
  received: readonly Row[],
  sent: readonly Row[],
  metric: string,
  [src, dst]: readonly [string, string] = ['src', 'dst'],
): Split[] {
  return split_rows(
    [
      ...received.map((row) => ({ name: row[src] ?? '', dir: 'in', [metric]: row[metric] ?? 0 })),
      ...sent.map((row) => ({ name: row[dst] ?? '', dir: 'out', [metric]: row[metric] ?? 0 })),
    ],
    'name',
    metric,
  );
}

export function by_weight(splits: readonly Split[], weight: 'in' | 'out' | 'both'): Split[] {
  return [...splits].sort(
    (left, right) => right[weight] - left[weight] || (left.name < right.name ? -1 : 1),
  );
}

// Mean amount per hour of each weekday and hour: [Monday … Sunday][0 … 23]. Undefined: never seen.
export function week_of_hours(
  rows: readonly Row[],
  metric: string,
  range: { from: number; to: number },
): (number | undefined)[][] {
  const sums = Array.from({ length: 7 }, () =>
    Array.from({ length: 24 }, () => ({ sum: 0, hours: 0 })),
  );
  const cell_at = (ms: number) => {
    const at = new Date(ms);
    return sums[(at.getDay() + 6) % 7]?.[at.getHours()];
  };
  const first = rows.reduce((least, row) => Math.min(least, Number(row['time'])), Infinity);
  for (
    let hour = Math.max(first, Math.floor(range.from / 36e5) * 36e5);
    hour < range.to;
    hour += 36e5
  ) {
    const cell = cell_at(hour);
    if (cell) cell.hours += (Math.min(range.to, hour + 36e5) - Math.max(range.from, hour)) / 36e5;
  }
  for (const row of rows) {
    const cell = cell_at(Number(row['time']));
    if (cell) cell.sum += Number(row[metric] ?? 0);
  }
  return sums.map((day) => day.map(({ sum, hours }) => (hours > 0.02 ? sum / hours : undefined)));
}
