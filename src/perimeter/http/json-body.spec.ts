import { describe, expect, it } from '@jest/globals';
import { parseJson } from './json-body.js';

const nested = (depth: number): string => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth);

describe('a JSON body', () => {
  it.each([
    '{}',
    '[]',
    'null',
    '{"a":[1,2,{"b":"c"}]}',
    nested(12),
    JSON.stringify(Array(999).fill(1)),
    '{"a":"\\\\u0000"}',
  ])('%.40s is accepted', (text) => {
    expect(parseJson(text)).toEqual(JSON.parse(text));
  });

  it.each([
    ['deeper than twelve', nested(13)],
    ['30,000 deep', nested(30_000)],
    ['of a thousand values and itself', JSON.stringify(Array(1000).fill(1))],
    ['with a NUL in a text', '{"a":"\\u0000"}'],
    ['with a NUL in a key', '{"\\u0000":1}'],
    ['with a NUL deep inside', '{"a":[{"b":"x\\u0000"}]}'],
    ['with __proto__', '{"__proto__":{}}'],
    ['with an escaped __proto__', '{"__pr\\u006fto__":{}}'],
    ['with constructor', '{"a":{"constructor":{}}}'],
    ['with prototype', '{"a":{"prototype":1}}'],
  ])('%s is refused as too complex', (_title, text) => {
    expect(() => parseJson(text)).toThrow('json_too_complex');
  });

  it.each(['', '{', '{a:1}', "{'a':1}", '[1,]', 'NaN', '\u0000', '{"a":1}x'])(
    '%p is refused as no JSON',
    (text) => {
      expect(() => parseJson(text)).toThrow('json_invalid');
    },
  );
});
