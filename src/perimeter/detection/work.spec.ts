import { describe, expect, it } from '@jest/globals';
import { detectionLimits } from '../../../config/policy/perimeter/detection.js';
import { readCorpus } from '../../../test/perimeter/corpora/corpora.mjs';
import { adversarialText, layers, shapes } from '../../../tools/bench/support/adversarial-shapes.js';
import { detectIn } from './detect.js';
import { inspectRequest } from './inspect.js';
import { work } from './text/work.js';

/** Counts what is read: characters one by one, and the lengths of what is cut out or searched through. */
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

const { workUnits, workUnitsPerChar, mostWorkUnits } = detectionLimits;
const sizes = [256, 2048, 65_000] as const;

describe('the work for a text', () => {
  it.each(shapes)(
    'of %j in any layer of encoding is bounded by its length, and everything read is paid for',
    (piece) => {
      for (const layer of layers) {
        for (const size of sizes) {
          const text = adversarialText(layer(piece), size);
          const read = operations(text);
          const most = Math.min(workUnits + text.length * workUnitsPerChar, mostWorkUnits);
          expect(work.spent()).toBeLessThanOrEqual(most);
          expect(read).toBeLessThanOrEqual(work.spent() + 2000);
        }
      }
    },
  );

  it('is enough for 64 K characters of prose, and for all but two in a hundred texts about code', () => {
    const prose = readCorpus('prose-ordinary')
      .map(({ text }) => text)
      .join(' ');
    const code = readCorpus('prose-code');
    detectIn(prose.slice(0, 64_000));
    expect(work.isUnjudged()).toBe(false);
    const cut = code.filter(({ text }) => {
      detectIn(text);
      return work.isUnjudged();
    });
    expect(cut.length).toBeLessThanOrEqual(code.length / 50);
  });

  it('does not grow with the number of names, values, segments, parameters and headers of a request', () => {
    const piece = '<script>#{a';
    const many = Object.fromEntries(
      Array.from({ length: 4000 }, (_, at) => [`${piece}${at}`, piece.repeat(40)]),
    );
    const target = `/${'<%20/'.repeat(400)}?${`${piece}=${piece}&`.repeat(400)}`;
    const { isUnjudged } = inspectRequest({ target, referer: target, body: many, prompt: true });
    expect(isUnjudged).toBe(true);
    expect(work.spent()).toBeLessThanOrEqual(mostWorkUnits);
  });
});

describe('a text that costs more than it may', () => {
  const costly = '<% '.repeat(20_000);

  it('is judged as far as it was read, and known to be unjudged behind that', () => {
    expect(inspectRequest({ body: `' or 1=1-- ${costly}` })).toEqual({ kinds: ['sqli'], isUnjudged: true });
    expect(inspectRequest({ body: costly })).toEqual({ kinds: [], isUnjudged: true });
    expect(inspectRequest({ body: 'hello' })).toEqual({ kinds: [], isUnjudged: false });
  });

  it('takes no more than a share from the tokenisers that look after the one for which it is costly', () => {
    expect(detectIn(`${'<script '.repeat(2000)} x'; DROP TABLE users;--`)).toContain('sqli');
    expect(detectIn(`{{7*7}} ${'<script '.repeat(2000)}`)).toContain('template');
  });

  it.each([
    ['characters of one text', 'a '.repeat(detectionLimits.headChars)],
    ['values', Array.from({ length: detectionLimits.values + 1 }, () => 'a')],
    ['characters of all', Array.from({ length: 8 }, () => 'a '.repeat(20_000))],
  ])('is unjudged too by its number of %s', (_what, body) => {
    expect(inspectRequest({ body })).toEqual({ kinds: [], isUnjudged: true });
  });
});
