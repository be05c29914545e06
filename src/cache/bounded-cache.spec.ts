import { describe, expect, it } from '@jest/globals';
import { BoundedCache, memoize } from './bounded-cache.js';

describe('a bounded cache', () => {
  it('evicts the key that was set first when a further one is added', () => {
    const cache = new BoundedCache<number>(2);
    for (const [key, value] of [
      ['a', 1],
      ['b', 2],
      ['a', 3],
      ['c', 4],
    ] as const)
      cache.set(key, value);
    expect([cache.get('a'), cache.get('b'), cache.get('c'), cache.size]).toEqual([undefined, 2, 4, 2]);
  });
});

describe('a memoized function', () => {
  it('is computed once for a text, also when the result is false', () => {
    let computed = 0;
    const isYes = memoize({ entries: 10, characters: 5 }, (text) => {
      computed++;
      return text === 'yes';
    });
    for (let time = 0; time < 3; time++) expect([isYes('yes'), isYes('no')]).toEqual([true, false]);
    expect(computed).toBe(2);
  });

  it('keeps a bounded number of results, and none of a long text', () => {
    const computed: string[] = [];
    const known = memoize({ entries: 2, characters: 5 }, (text) => {
      computed.push(text);
      return true;
    });
    for (const text of ['a', 'b', 'c', 'c', 'a', 'too long', 'too long']) known(text);
    expect(computed).toEqual(['a', 'b', 'c', 'a', 'too long', 'too long']);
  });
});
