// Repeatable random values for property tests (mulberry32).
export class Seeded {
  constructor(private state: number) {}

  // 0 ≤ value < bound
  below(bound: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  }

  pick<Value>(values: readonly Value[]): Value {
    if (values.length === 0) throw new Error('picked from nothing');
    return values[this.below(values.length)] as Value;
  }

  text(letters: string, longest: number): string {
    const all = Array.from(letters);
    return Array.from({ length: this.below(longest + 1) }, () => this.pick(all)).join('');
  }
}
