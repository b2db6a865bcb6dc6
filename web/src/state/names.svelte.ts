// What addresses are called: learned from the rows of every answer, so that whatever is made of
// these rows can say it.
import { SvelteMap } from 'svelte/reactivity';

type Row = Record<string, unknown>;
const kSuffix = '_name';
const kMost = 50_000;
const names = new SvelteMap<string, string>();

function learn(address: string, name: unknown): void {
  if (typeof name !== 'string') {
    if (names.has(address)) names.delete(address);
  } else if (names.get(address) !== name) {
    if (names.size >= kMost) names.clear();
    names.set(address, name);
  }
}

// Each row has the name of the address in `column` as `column_name`, where there is one.
export function learn_names(rows: readonly object[], columns: readonly string[]): void {
  for (const row of rows as readonly Row[]) {
    for (const column of columns) {
      const address = row[column];
      if (typeof address === 'string') learn(address, row[column + kSuffix]);
    }
  }
}

export function learn_name(address: string, name: string | undefined): void {
  learn(address, name);
}

export function name_of(address: string): string | undefined {
  return names.get(address);
}

// By name, where it has one.
export function called(address: string): string {
  return names.get(address) ?? address;
}

// By both, for where two of the same name must not be taken for one.
export function called_fully(address: string): string {
  const name = names.get(address);
  return name === undefined ? address : `${name} (${address})`;
}
