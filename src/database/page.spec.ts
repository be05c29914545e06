import { describe, expect, it } from '@jest/globals';
import { pageOf, rowsOf } from './page.js';

const rows = (count: number): { id: string }[] => Array.from({ length: count }, (_, at) => ({ id: `${at}` }));

describe('a page of a list', () => {
  it.each([
    ['empty', 0, 0, null],
    ['not full', 2, 2, null],
    ['exactly full: there is no next page', 3, 3, null],
    ['followed by another: the cursor is the last id shown', 4, 3, '2'],
  ])('is %s', (_, found, shown, nextCursor) => {
    const page = { limit: 3, cursor: null };
    expect(rowsOf(page)).toBe(4);
    expect(pageOf(rows(found), page)).toEqual({ items: rows(found).slice(0, shown), nextCursor });
  });
});
