import { describe, expect, it } from 'vitest';
import { group_name, term_of, with_dimension } from './groups';

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
