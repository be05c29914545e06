import { promptLeakPolicy } from '../../../../../config/policy/assistants/agents.js';

/** Of the polynomial over the letters of a run, modulo 2^32. Odd, so that no letter loses its bits. */
const base = 0x2c1b3c6d;
const outgoing = Array.from({ length: promptLeakPolicy.runLetters }).reduce<number>(
  (power) => Math.imul(power, base),
  1,
);

/** The hash of the run one letter further (Rabin and Karp), an unsigned 32-bit number; `gone` is 0 while there is no whole run. */
export const nextHash = (hash: number, letter: number, gone: number): number =>
  (Math.imul(hash, base) + letter - Math.imul(gone, outgoing)) >>> 0;

/** The hash of the first run. */
export const firstHashOf = (letters: readonly number[]): number =>
  letters.slice(0, promptLeakPolicy.runLetters).reduce((hash, letter) => nextHash(hash, letter, 0), 0);
