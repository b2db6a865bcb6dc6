import { describe, expect, it } from 'vitest';
import { busiest_step, change_since, is_certain, is_covered, leader } from './overview';

const split = (name: string, both: number) => ({ name, in: both, out: 0, both });

describe('facts of the overview', () => {
  it('compare with before, but not with nothing', () => {
    expect(change_since(112, 100)).toBeCloseTo(0.12);
    expect(change_since(5, 0)).toBeUndefined();
    expect(change_since(5, undefined)).toBeUndefined();
  });
  it('know whether a range was heard from end to end', () => {
    const answer = (times: number[], flows = 1) => ({
      range: { from: 120_000, to: 300_000 },
      step: 60_000,
      rows: times.map((time) => ({ time, flows })),
    });
    expect(is_covered(answer([120_000, 180_000, 240_000]))).toBe(true);
    expect(is_covered(answer([180_000, 240_000]))).toBe(false);
    expect(
      is_covered({ ...answer([180_000, 240_000]), range: { from: 130_000, to: 310_000 } }),
    ).toBe(true);
    expect(is_covered(answer([120_000, 240_000]))).toBe(false);
    expect(is_covered(answer([120_000, 180_000, 240_000], 0))).toBe(false);
    expect(is_covered({ ...answer([120_000, 180_000, 240_000]), kept_from: 130_000 })).toBe(false);
    expect(is_covered({ range: { from: 0, to: 60_000 }, rows: [] })).toBe(false);
  });
  it('name the leader when there is one', () => {
    expect(leader([split('tv', 48)], 100)).toEqual({ host: split('tv', 48), share: 0.48 });
    expect(leader([split('tv', 4)], 100)).toBeUndefined();
    expect(leader([], 100)).toBeUndefined();
    expect(leader([split('tv', 1)], 0)).toBeUndefined();
  });
  it('find the busiest step, none in silence', () => {
    expect(busiest_step([10, 20, 30], [1, 5, 5])).toEqual({ time: 20, amount: 5 });
    expect(busiest_step([10], [0])).toBeUndefined();
  });
  it('know when the cut cannot have changed the order', () => {
    expect(is_certain([split('a', 9), split('b', 4)], 2, 2)).toBe(true);
    expect(is_certain([split('a', 9), split('b', 3)], 2, 2)).toBe(false);
    expect(is_certain([split('a', 9)], 2, 0)).toBe(true);
  });
});
