import { describe, expect, it } from 'vitest';
import { is_alone, network_of, networks_of } from './networks';

describe('networks', () => {
  it('may be typed with a mask behind a blank', () => {
    expect(network_of(' 192.168.1.0 255.255.255.0 ')).toBe('192.168.1.0/255.255.255.0');
    expect(network_of('192.168.1.0 / 24')).toBe('192.168.1.0/24');
    expect(network_of('2001:db8::/32')).toBe('2001:db8::/32');
    expect(network_of('10.0.0.1')).toBe('10.0.0.1');
    expect(network_of('')).toBe('');
  });
  it('stand one a line or between commas', () => {
    expect(networks_of('10.0.0.0/8\n\n 192.168.1.0 255.255.255.0, ::1\n')).toEqual([
      '10.0.0.0/8',
      '192.168.1.0/255.255.255.0',
      '::1',
    ]);
    expect(networks_of('')).toEqual([]);
  });
  it('of one address are that address', () => {
    expect(is_alone('10.0.0.1/32', '10.0.0.1')).toBe(true);
    expect(is_alone('::1/128', '::1')).toBe(true);
    expect(is_alone('10.0.0.0/8', '10.0.0.1')).toBe(false);
  });
});
