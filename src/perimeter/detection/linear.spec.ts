import { describe, expect, it } from '@jest/globals';
import { shapes } from '../../../tools/bench/support/adversarial-shapes.js';
import { detectIn } from './detect.js';

/** Counts what a look at a text reads: characters one by one, and the lengths of what is cut out or searched through. */
function operations(text: string): number {
  let count = 0;
  const { charCodeAt, slice, indexOf, lastIndexOf, includes } = String.prototype;
  String.prototype.charCodeAt = function (at) {
    count++;
    return charCodeAt.call(this, at);
  };
  String.prototype.slice = function (from, to) {
    const part = slice.call(this, from, to);
    count += part.length;
    return part;
  };
  String.prototype.indexOf = function (part, from = 0) {
    const found = indexOf.call(this, part, from);
    count += (found < 0 ? this.length : found) - from;
    return found;
  };
  String.prototype.lastIndexOf = function (part, from) {
    const found = lastIndexOf.call(this, part, from);
    count += (from ?? this.length) - Math.max(found, 0);
    return found;
  };
  String.prototype.includes = function (part, from) {
    count += this.length;
    return includes.call(this, part, from);
  };
  try {
    detectIn(text, { prompt: true });
  } finally {
    Object.assign(String.prototype, { charCodeAt, slice, indexOf, lastIndexOf, includes });
  }
  return count;
}

describe('the work for a text', () => {
  // With a sign of every sort behind it, a text is looked at by every tokeniser.
  const everySign = ` ' " < > % & ; | $ { ( ) = : @ # [ , ~ + ! \\ / . 1 \t \u0001 a`;

  it.each(shapes)('at most doubles with the length of a text of %j', (piece) => {
    for (const [head, tail] of [
      ['', ''],
      ['', everySign],
      ['a', everySign],
      ['a ', everySign],
    ] as const) {
      const half = (part: string, length: number): string =>
        part === '' ? '' : part.repeat(Math.ceil(length / part.length)).slice(0, length);
      const ofLength = (length: number): string => half(head, length) + half(piece, length) + tail;
      const once = operations(ofLength(4096));
      const twice = operations(ofLength(8192));
      expect(once).toBeGreaterThan(4096);
      expect(twice).toBeLessThanOrEqual(once * 2.2 + 2000);
    }
  });
});
