// Repeatable random values (mulberry32).
export class Seeded {
  constructor(state) {
    this.state = state;
  }

  // 0 ≤ value < bound
  below(bound) {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % Math.floor(bound);
  }
}
