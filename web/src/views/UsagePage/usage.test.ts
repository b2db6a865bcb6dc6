import { describe, expect, it } from 'vitest';
import { period_of, periods_of, usage_of } from './usage';

const kDay = 864e5;

describe('usage', () => {
  it('keeps down and up apart, in each period and over all', () => {
    const usage = usage_of(
      [
        { time: 2 * kDay, host: '10.0.0.1', dir: 'in', bytes: 7 },
        { time: kDay, host: '10.0.0.1', dir: 'in', bytes: 5 },
        { time: kDay, host: '10.0.0.1', dir: 'out', bytes: 3 },
        { time: kDay, host: '10.0.0.2', dir: 'out', bytes: 1 },
      ],
      'bytes',
    );
    expect(usage.begins).toEqual([kDay, 2 * kDay]);
    expect(usage.hosts).toMatchObject([
      { name: '10.0.0.1', in: 12, out: 3, both: 15 },
      { name: '10.0.0.2', in: 0, out: 1, both: 1 },
    ]);
    expect(usage.hosts[0]?.periods.get(kDay)).toEqual({ in: 5, out: 3, both: 8 });
  });

  it('offers the periods of which a range makes not too many columns', () => {
    expect(periods_of(kDay)).toEqual(['hour', 'day', 'week', 'month']);
    expect(periods_of(31 * kDay)).toEqual(['day', 'week', 'month']);
    expect(periods_of(365 * kDay)).toEqual(['week', 'month']);
  });

  it('takes the period that the URL names where it is offered', () => {
    expect(period_of(['hour'], periods_of(kDay))).toBe('hour');
    expect(period_of(['hour'], periods_of(31 * kDay))).toBe('day');
    expect(period_of(['day'], periods_of(365 * kDay))).toBe('week');
    expect(period_of(['month'], periods_of(kDay))).toBe('month');
    expect(period_of(['app'], periods_of(kDay))).toBe('day');
  });
});
