/** Of the polynomial over the letters of a run, modulo 2^32. Odd, so that no letter loses its bits. */
const base = 0x2c1b3c6d;

/** Hashes of runs of so many letters (Rabin and Karp), unsigned 32-bit numbers. */
export class RollingHash {
  private readonly outgoing: number;

  constructor(readonly length: number) {
    this.outgoing = Array.from({ length }).reduce<number>((power) => Math.imul(power, base), 1);
  }

  /** The hash of the run one letter further; `gone` is 0 while there is no whole run. */
  next(hash: number, letter: number, gone: number): number {
    return (Math.imul(hash, base) + letter - Math.imul(gone, this.outgoing)) >>> 0;
  }
}
