import { describe, expect, it } from 'vitest';
import * as ranges from './time_range';

const kNow = new Date(2026, 7, 13, 21, 30, 0).getTime(); // a Thursday
const text_of = (range: ranges.TimeRange | undefined) => range && ranges.range_text(range);

describe('parse_range', () => {
  it.each([
    '-24h',
    '-90s',
    '-7d..-1d',
    '2026-08-13T20:00..2026-08-13T21:00',
    '2026-08-13T20:00:30Z..now',
    '2026-08-13',
    '2026-08-13Z',
    'today',
    'yesterday',
    'week',
    'month',
    '1786000000000..1786003600000',
  ])('reads %s and writes it back', (text) => expect(text_of(ranges.parse_range(text))).toBe(text));

  it.each([
    '',
    '24h',
    '-0h',
    '-5y',
    'tomorrow',
    '2026-13-01',
    'now..-1h',
    '-1h..',
    '..',
    '-1h..later',
  ])('refuses %j', (text) => expect(ranges.parse_range(text)).toBeUndefined());

  it('has one form for one meaning', () =>
    expect(text_of(ranges.parse_range('-1h..now'))).toBe('-1h'));
});

describe('read_range', () => {
  it.each([
    ['90m', '-90m'],
    ['last 3 hours', '-3h'],
    ['-2 days', '-2d'],
    ['yesterday 19:00-20:00', '2026-08-12T19:00..2026-08-12T20:00'],
    ['yesterday 19:00 to now', '2026-08-12T19:00..now'],
    ['20:00 to 21:00', '2026-08-13T20:00..2026-08-13T21:00'],
    ['2026-08-01 8:15–9:00', '2026-08-01T08:15..2026-08-01T09:00'],
    ['today', 'today'],
  ])('understands %j', (typed, text) => expect(text_of(ranges.read_range(typed, kNow))).toBe(text));

  it.each(['', 'soon', '3 parsecs', '21:00-20:00', '0m'])('leaves %j alone', (typed) =>
    expect(ranges.read_range(typed, kNow)).toBeUndefined(),
  );
});

describe('span_of', () => {
  const hours = (range: string) => {
    const parsed = ranges.parse_range(range);
    if (!parsed) throw new Error(range);
    const span = ranges.span_of(parsed, kNow);
    return [(span.from - kNow) / 36e5, (span.to - kNow) / 36e5];
  };
  it('follows the clock', () => {
    expect(hours('-24h')).toEqual([-24, 0]);
    expect(hours('today')).toEqual([-21.5, 0]);
    expect(hours('yesterday')).toEqual([-45.5, -21.5]);
    expect(hours('week')).toEqual([-21.5 - 72, 0]);
    expect(hours('2026-08-12')).toEqual([-45.5, -21.5]);
    expect(hours('2026-08-13T20:30..now')).toEqual([-1, 0]);
  });
});

describe('moving a range', () => {
  it('shifts into the past and comes back live', () => {
    const back = ranges.shifted({ from: kNow - 36e5, to: kNow }, -1, kNow);
    expect(ranges.span_of(back, kNow)).toEqual({ from: kNow - 72e5, to: kNow - 36e5 });
    expect(text_of(ranges.shifted(ranges.span_of(back, kNow), 1, kNow))).toBe('-1h');
  });
  it('zooms out to the same end when live', () => {
    expect(text_of(ranges.zoomed({ kind: 'last', ago: { count: 24, unit: 'h' } }, 2, kNow))).toBe(
      '-2d',
    );
    expect(text_of(ranges.zoomed({ kind: 'last', ago: { count: 1, unit: 'h' } }, 0.5, kNow))).toBe(
      '-30m',
    );
  });
});

describe('step_for', () => {
  it.each([
    [3_600_000, 240, '30s'],
    [86_400_000, 240, '15m'],
    [86_400_000, 300, '5m'],
    [30 * 86_400_000, 240, '6h'],
    [3650 * 86_400_000, 240, '1d'],
  ])('gives %d ms in %d points steps of %s', (length, points, step) =>
    expect(ranges.step_for({ from: kNow - length, to: kNow }, points).text).toBe(step),
  );
});
