import { describe, expect, it } from 'vitest';
import { parse_speed, speed_written } from './interfaces';

describe('speeds', () => {
  it('are read as people write them', () => {
    expect(parse_speed('100M')).toBe(100e6);
    expect(parse_speed(' 2.5 Gbit/s ')).toBe(2.5e9);
    expect(parse_speed('2,5g')).toBe(2.5e9);
    expect(parse_speed('64000')).toBe(64000);
    expect(parse_speed('')).toBe(0);
  });
  it('that nobody can mean are not understood', () => {
    for (const written of ['fast', '-1M', '0', '1.2.3M', '1e99', '99999T']) {
      expect(parse_speed(written), written).toBeUndefined();
    }
  });
  it('are written as they are read', () => {
    for (const bits of [1, 64000, 1_536_000, 100e6, 2.5e9, 400e9, 123_456_789]) {
      expect(parse_speed(speed_written(bits))).toBe(bits);
    }
    expect(speed_written(2.5e9)).toBe('2.5G');
  });
});
