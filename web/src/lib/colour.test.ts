import { describe, expect, it } from 'vitest';
import { colour_of, colours_of, kColours } from './colour';

describe('colours', () => {
  it('stay with a name, and agree between one name and many', () => {
    expect(colour_of('10.0.0.5')).toBe(colour_of('10.0.0.5'));
    expect(colours_of(['https', 'dns'])[0]).toBe(colour_of('https'));
  });
  it('never repeat in one picture while there are any left', () => {
    const names = Array.from({ length: kColours }, (_, index) => `192.168.1.${index}`);
    expect(new Set(colours_of(names)).size).toBe(kColours);
  });
  it('are shared beyond that, and every name has one', () => {
    const names = Array.from({ length: 40 }, (_, index) => `host-${index}`);
    expect(colours_of(names)).toHaveLength(40);
  });
  it('spread neighbouring addresses over most of the palette', () => {
    const names = Array.from({ length: 254 }, (_, index) => `192.168.1.${index + 1}`);
    expect(new Set(names.map(colour_of)).size).toBe(kColours);
  });
});
