// The same thing has the same colour everywhere: its name chooses it.

export const kColours = 12; // --series-0 … --series-11 in style/tokens.css
export const kOtherColour = 'var(--series-other)';

// FNV-1a, finished so that names which differ in their last letter fall apart.
export function hash(text: string): number {
  let mixed = 0x811c9dc5;
  for (let index = 0; index < text.length; ++index) {
    mixed = Math.imul(mixed ^ text.charCodeAt(index), 0x01000193);
  }
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}

export function colour_of(name: string): string {
  return `var(--series-${hash(name) % kColours})`;
}

// Colours for names drawn in one picture, in the order of their weight: each its own, a later name
// whose colour is taken gets the next free one. More names than colours share.
export function colours_of(names: readonly string[]): string[] {
  const taken = new Set<number>();
  return names.map((name) => {
    let index = hash(name) % kColours;
    if (taken.size < kColours) {
      while (taken.has(index)) index = (index + 1) % kColours;
    }
    taken.add(index);
    return `var(--series-${index})`;
  });
}
