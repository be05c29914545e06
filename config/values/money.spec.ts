import { describe, expect, it } from '@jest/globals';
import { parseModelPrice, parseShares, parseUsd } from './money.js';
import { Malformed } from './parse-values.js';

describe('an amount of dollars', () => {
  it.each([
    ['5', 5_000_000],
    ['0.50', 500_000],
    ['0.1', 100_000],
    ['0.000001', 1],
    ['9999999.999999', 9_999_999_999_999],
    ['0', 0],
    [' 5 ', 5_000_000],
  ])('%j is %d millionths', (text, micro) => {
    expect(parseUsd(text)).toBe(micro);
  });

  it.each(['', '-1', '+1', '1e3', '0x5', '1,5', '.5', '5.', '0.0000001', '12345678', 'NaN', '١'])(
    '%j is refused',
    (text) => {
      expect(parseUsd(text)).toBeInstanceOf(Malformed);
    },
  );
});

describe('a price of a model', () => {
  it.each([
    ['0.10/0.40', { input: 100, cached: 100, output: 400 }],
    ['0.10/0.01/0.40', { input: 100, cached: 10, output: 400 }],
    ['1/10', { input: 1000, cached: 1000, output: 10_000 }],
    ['0/0', { input: 0, cached: 0, output: 0 }],
    ['0.025/0.001/0.4', { input: 25, cached: 1, output: 400 }],
  ])('%j is in nano-dollars a token', (text, price) => {
    expect(parseModelPrice(text)).toEqual(price);
  });

  it.each(['', '1', '1/2/3/4', '0.0001/1', '1/', '/1', '1//2', '-1/2', '1/2 USD'])(
    '%j is refused',
    (text) => {
      expect(parseModelPrice(text)).toBeInstanceOf(Malformed);
    },
  );
});

describe('shares of a budget', () => {
  it.each([
    ['0.5,0.8,1', [0.5, 0.8, 1]],
    ['1', [1]],
    ['[ "0.001" , "0.999" ]', [0.001, 0.999]],
  ])('%j rise to 1', (text, shares) => {
    expect(parseShares(text)).toEqual(shares);
  });

  it.each(['', '0', '0.8,0.5', '0.5,0.5', '1.001', '-0.5', '0.5,x', '0.0001'])('%j are refused', (text) => {
    expect(parseShares(text)).toBeInstanceOf(Malformed);
  });
});
