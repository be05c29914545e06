import { describe, expect, it } from '@jest/globals';
import { judge } from './lint.ts';

const finding = { rule: 'no-basic', where: 'components.operator', text: 'uses Basic' };
const exception = { rule: 'no-basic', where: /operator/, reason: 'by the operators’ guide' };

describe('a finding of a linter', () => {
  it('is a fault', () => {
    expect(judge([finding], [])).toEqual([finding]);
  });

  it('is none where an exception covers its rule and place', () => {
    expect(judge([finding], [exception])).toEqual([]);
  });

  it('stays a fault beside an exception of another place', () => {
    const elsewhere = { ...finding, where: 'components.users' };
    expect(judge([finding, elsewhere], [exception])).toEqual([elsewhere]);
  });

  it('that an exception waits for and that never comes is a fault of the exception', () => {
    expect(judge([], [exception]).map(({ text }) => text)).toEqual([
      'covers nothing: by the operators’ guide',
    ]);
  });
});
