import { describe, expect, it } from 'vitest';
import * as series from './series';

const kMinute = 60_000;

describe('series_of', () => {
  const range = { from: 30_000, to: 4 * kMinute };
  const grid = series.grid_of(range, kMinute);
  const rows = [
    { time: 0, app: 'https', bytes: 5 },
    { time: 2 * kMinute, app: 'https', bytes: 7 },
    { time: kMinute, app: 'dns', bytes: 2 },
    { time: 3 * kMinute, bytes: 1 },
    { time: 99 * kMinute, app: 'https', bytes: 1000 },
  ];
  const made = series.series_of(rows, grid, 'bytes', (row) => String(row['app'] ?? ''));

  it('puts rows on the grid, zero where there is none, and forgets what lies outside', () => {
    expect(grid.times).toEqual([0, kMinute, 2 * kMinute, 3 * kMinute]);
    expect(made).toEqual([
      { name: 'https', amounts: [5, 0, 7, 0] },
      { name: 'dns', amounts: [0, 2, 0, 0] },
      { name: '', amounts: [0, 0, 0, 1] },
    ]);
  });
  it('knows that the first step is cut by the range', () => {
    expect(series.covered_ms(grid, range, 0)).toBe(30_000);
    expect(series.covered_ms(grid, range, 1)).toBe(kMinute);
  });
  it('leaves the rest of a total', () => {
    expect(series.rest_series([6, 2, 8, 1], made)).toEqual([1, 0, 1, 0]);
  });
  it('stacks from the bottom up', () => {
    expect(series.stacked(made.map(({ amounts }) => amounts))).toEqual([
      [5, 0, 7, 0],
      [5, 2, 7, 0],
      [5, 2, 7, 1],
    ]);
  });
});

describe('gaps_of', () => {
  const range = { from: 0, to: 20 * kMinute };
  const gaps = (...minutes: number[]) =>
    series
      .gaps_of(
        minutes.map((minute) => minute * kMinute),
        range,
        3 * kMinute,
      )
      .map(({ from, to }) => [from / kMinute, to / kMinute]);
  it('are all of it when nobody was heard', () => expect(gaps()).toEqual([[0, 20]]));
  it('are what is longer than tolerated, at the start, between and at the end', () =>
    expect(gaps(5, 6, 9, 10, 15)).toEqual([
      [0, 5],
      [11, 15],
      [16, 20],
    ]));
  it('ignore order, repeats and minutes outside', () =>
    expect(gaps(17, 2, 2, 6, 10, 13, -9, 40)).toEqual([]));
});

describe('split_rows and join_ends', () => {
  it('add up what came in and went out, heaviest first', () => {
    const rows = [
      { host: 'a', dir: 'in', bytes: 5 },
      { host: 'b', dir: 'out', bytes: 9 },
      { host: 'a', dir: 'out', bytes: 2 },
      { host: 'a', dir: 'local', bytes: 1 },
    ];
    expect(series.split_rows(rows, 'host', 'bytes')).toEqual([
      { name: 'b', in: 0, out: 9, both: 9 },
      { name: 'a', in: 5, out: 2, both: 8 },
    ]);
  });
  it('join the two ends of remote hosts', () => {
    expect(
      series.join_ends(
        [{ src: 'x', bytes: 3 }],
        [
          { dst: 'x', bytes: 4 },
          { dst: 'y', bytes: 7 },
        ],
        'bytes',
      ),
    ).toEqual([
      { name: 'x', in: 3, out: 4, both: 7 },
      { name: 'y', in: 0, out: 7, both: 7 },
    ]);
  });
});

describe('week_of_hours', () => {
  it('averages over the hours there were, and leaves unseen ones open', () => {
    const monday = new Date(2026, 7, 10, 9).getTime();
    const rows = [
      { time: monday, bytes: 10 },
      { time: monday + 7 * 864e5, bytes: 30 },
      { time: monday + 36e5, bytes: 4 },
    ];
    const week = series.week_of_hours(rows, 'bytes', {
      from: monday,
      to: monday + 7 * 864e5 + 36e5,
    });
    expect(week[0]?.[9]).toBe(20);
    expect(week[0]?.[10]).toBe(4);
    expect(week[1]?.[0]).toBe(0);
    expect(
      series.week_of_hours(rows.slice(0, 1), 'bytes', { from: 0, to: monday + 36e5 })[6]?.[3],
    ).toBeUndefined();
  });
});
