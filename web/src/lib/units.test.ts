import { describe, expect, it } from 'vitest';
import * as units from './units';

const plain = (text: string) => text.replaceAll('\u202f', ' ');

describe('units', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [999.6, '1.00 kB'],
    [1234, '1.23 kB'],
    [61_240_000_000, '61.2 GB'],
    [999_499_999, '999 MB'],
    [999_600_000, '1.00 GB'],
    [1e21, '1000 EB'],
    [-2048, '−2.05 kB'],
  ])('%d octets are %s', (bytes, text) => expect(plain(units.bytes_text(bytes))).toBe(text));

  it.each([
    [0, '0.0 %'],
    [0.0004, '< 0.1 %'],
    [0.0123, '1.2 %'],
    [0.48, '48 %'],
    [1, '100 %'],
  ])('a share of %d is %s', (share, text) => expect(plain(units.percent_text(share))).toBe(text));

  it.each([
    [0, '0 s'],
    [40, '0 s'],
    [1500, '1.5 s'],
    [42_000, '42 s'],
    [59_900, '1 min'],
    [192_000, '3 min 12 s'],
    [7_500_000, '2 h 05 min'],
    [3_600_000, '1 h'],
    [273_600_000, '3 d 04 h'],
  ])('%d ms are %s', (ms, text) => expect(plain(units.duration_words(ms))).toBe(text));

  it('make rates of sums: octets become bits', () => {
    expect(units.rate_of('bytes', 7_500_000, 60_000)).toBe(1_000_000);
    expect(units.rate_of('flows', 120, 60_000)).toBe(2);
    expect(plain(units.rate_text('bytes', 1_000_000))).toBe('1.00 Mbit/s');
    expect(plain(units.rate_text('flows', 2))).toBe('2 /s');
  });

  it('group digits', () => expect(plain(units.exact_text(1203418))).toBe('1 203 418'));
});
