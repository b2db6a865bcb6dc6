// Texts by key. A key that en.json does not have does not compile.
import en from './en.json';

export type TextKey = keyof typeof en;
type Values = Record<string, string | number>;

const plurals = new Intl.PluralRules('en');

// `{name}` stands for a value; `{n|one form|other form}` chooses by the number n,
// which `#` stands for.
function fill(template: string, values: Values): string {
  return template.replace(
    /\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g,
    (all, name: string, one?: string, other?: string) => {
      const value = values[name];
      if (value === undefined) return all;
      if (one === undefined || other === undefined) return String(value);
      return (plurals.select(Number(value)) === 'one' ? one : other).replace('#', String(value));
    },
  );
}

export function text(key: TextKey, values: Values = {}): string {
  return fill(en[key], values);
}

// A sentence whose `{slots}` are links or other elements: its pieces in order.
export type Piece = { kind: 'text'; text: string } | { kind: 'slot'; name: string };
export function pieces(key: TextKey, values: Values = {}): Piece[] {
  return text(key, values)
    .split(/(\{\w+\})/)
    .filter((part) => part !== '')
    .map((part) =>
      /^\{\w+\}$/.test(part)
        ? { kind: 'slot', name: part.slice(1, -1) }
        : { kind: 'text', text: part },
    );
}
