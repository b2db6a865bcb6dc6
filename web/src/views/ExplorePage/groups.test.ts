import { describe, expect, it } from 'vitest';
import {
  column_title,
  group_name,
  kDimensions,
  term_of,
  value_text,
  with_dimension,
} from './groups';

describe('dimensions', () => {
  it('are added and taken away', () => {
    expect(with_dimension(['app'], 'src')).toEqual(['app', 'src']);
    expect(with_dimension(['app', 'src'], 'app')).toEqual(['src']);
  });
  it('hold host or interface, not both', () => {
    expect(with_dimension(['host', 'app'], 'if')).toEqual(['app', 'if']);
  });
  it('are eight at most', () => {
    const eight = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    expect(with_dimension(eight, 'src')).toHaveLength(8);
  });
});

describe('groups', () => {
  it('are named by their values, what is unknown by a dash', () => {
    expect(group_name(['https', '10.0.0.1'])).toBe('https · 10.0.0.1');
    expect(group_name(['', '443'])).toBe('– · 443');
    expect(group_name(['', ''])).toBe('');
  });
  it('become filter terms, quoted where the grammar asks for it', () => {
    expect(term_of('app', 'https')).toBe('app:https');
    expect(term_of('app', 'a "b" | c')).toBe('app:"a b | c"');
    expect(term_of('app', '')).toBeUndefined();
  });
});

describe('columns', () => {
  it('have titles', () => {
    expect(column_title('dst_port')).toBe('Destination port');
    expect(column_title('of_tomorrow')).toBe('of_tomorrow');
    expect(new Set(kDimensions.map(column_title)).size).toBe(kDimensions.length);
  });
  it('have values that can be read', () => {
    expect(value_text('protocol', 6)).toBe('TCP');
    expect(value_text('tcp_flags', 0x12)).toBe('SA');
    expect(value_text('tcp_flags', 0)).toBe('–');
    expect(value_text('dir', 'in')).toBe('In');
    expect(value_text('src_as', 2906)).toBe('AS2906');
    expect(value_text('vlan', 7)).toBe('7');
    expect(value_text('app', undefined)).toBe('');
  });
});
