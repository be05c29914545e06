import { describe, expect, it } from '@jest/globals';
import { BoundedCache } from './bounded-cache.js';

describe('remembered judgements', () => {
  it('are made once for a text, also when they say no', () => {
    let asked = 0;
    const remembered = new BoundedCache({ entries: 10, characters: 5 }, (text) => {
      asked++;
      return text === 'yes';
    });
    for (let time = 0; time < 3; time++)
      expect([remembered.get('yes'), remembered.get('no')]).toEqual([true, false]);
    expect(asked).toBe(2);
  });

  it('are bounded in number, and never kept for long texts', () => {
    const asked: string[] = [];
    const remembered = new BoundedCache({ entries: 2, characters: 5 }, (text) => {
      asked.push(text);
      return true;
    });
    for (const text of ['a', 'b', 'c', 'a', 'too long', 'too long', 'a']) remembered.get(text);
    expect(asked).toEqual(['a', 'b', 'c', 'a', 'too long', 'too long']);
  });
});
