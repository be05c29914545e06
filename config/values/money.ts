import type { ModelPrice } from '../policy/assistants/models.js';
import { Malformed, parseList, type Parser } from './parse-values.js';

/** Digits with at most `places` after the point: no sign, exponent or hexadecimal. Null when it is none. */
function parseDecimal(text: string, places: number): number | null {
  const match = /^\s*(\d{1,7})(?:\.(\d{1,9}))?\s*$/.exec(text);
  if (match === null) return null;
  const fraction = (match[2] ?? '').padEnd(places, '0');
  // Read digit by digit: 0.1 times a million is no whole number everywhere.
  return fraction.length > places ? null : Number(`${match[1] ?? ''}${fraction}`);
}

/** Dollars as whole micro-dollars: `5`, `0.50`. */
export const parseUsd: Parser<number> = (text) =>
  parseDecimal(text, 6) ??
  new Malformed('is no amount of dollars', 'Write digits with at most six after the point: 5 or 0.50.');

const priceHint = 'Write dollars a million tokens as input/output or input/cached/output: 0.10/0.01/0.40.';

/** Dollars a million tokens, at most three digits after the point, as whole nano-dollars a token. */
export const parseModelPrice: Parser<ModelPrice> = (text) => {
  const parts = text.split('/').map((part) => parseDecimal(part, 3));
  const [input, middle, last] = parts;
  if (parts.length < 2 || parts.length > 3 || parts.includes(null))
    return new Malformed('is no price', priceHint);
  const output = last ?? middle;
  return { input: input ?? 0, cached: (last === undefined ? input : middle) ?? 0, output: output ?? 0 };
};

/** Rising shares of a budget, above 0 and at most 1. */
export const parseShares: Parser<readonly number[]> = (text) => {
  const malformed = new Malformed('is no list of shares', 'Write rising numbers up to 1: 0.5,0.8,1.');
  const thousandths = (parseList(text, 10) ?? ['x']).map((part) => parseDecimal(part, 3));
  const shares: number[] = [];
  for (const share of thousandths) {
    if (share === null || share < 1 || share > 1000 || share <= (shares.at(-1) ?? 0)) return malformed;
    shares.push(share);
  }
  return shares.map((share) => share / 1000);
};

const share = /^(0(\.\d{1,6})?|1(\.0{1,6})?|\.\d{1,6})$/;

/** A share from 0 to 1, as OpenTelemetry's samplers take it. */
export const parseShare: Parser<number> = (text) =>
  share.test(text.trim())
    ? Number(text)
    : new Malformed('is no share', 'Write a number from 0 to 1: 0.1 keeps a tenth of the traces.');
