import { describe, expect, it } from 'vitest';
import { filled, kRecipes, with_port } from './recipes';

describe('recipes', () => {
  it('name this machine and the port, and leave nothing open', () => {
    for (const recipe of kRecipes) {
      const all = recipe.lines.map(({ text }) => filled(text, '192.168.1.10', 2055)).join('\n');
      expect(all, recipe.id).toContain('192.168.1.10');
      expect(all, recipe.id).toContain('2055');
      expect(all, recipe.id).not.toMatch(/\{[CP]\}/);
    }
  });
  it('have an undo and say what the exporter cannot tell', () => {
    for (const { undo, limits } of kRecipes) {
      expect(undo).not.toBe('');
      expect(limits).not.toBe('');
    }
  });
  it('put IPv6 addresses in brackets before a port', () => {
    expect(with_port('fd12::5')).toBe('[fd12::5]');
    expect(with_port('192.168.1.10')).toBe('192.168.1.10');
  });
});
