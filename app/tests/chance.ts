// Numbers by chance, and the same ones in every run: what fails once can be looked at again.

export class Chance {
  #state: number;
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }
  /** From 0 up to 1 (Steele and Vigna's mix of a Weyl sequence, 32 bit). */
  next(): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  }
  maybe(share = 0.5): boolean {
    return this.next() < share;
  }
  /** A whole number below this one. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }
  one<T>(of: readonly T[]): T {
    return of[this.below(of.length)] as T;
  }
  some<T>(of: readonly T[], share = 0.5): T[] {
    return of.filter(() => this.maybe(share));
  }
}
