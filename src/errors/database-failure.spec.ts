import { describe, expect, it } from '@jest/globals';
import { toProblem } from './to-problem.js';

const thrown = (code: string) => toProblem(Object.assign(new Error('of the driver'), { code }));

describe('an error of the database', () => {
  it.each([
    ['a lost connection', '08006', 2],
    ['a refused connection', '08001', 2],
    ['a serialisation failure', '40001', 1],
    ['a deadlock', '40P01', 1],
    ['a full disk', '53100', 10],
    ['out of memory', '53200', 10],
    ['too many connections', '53300', 10],
    ['a configuration limit', '53400', 10],
    ['a shutdown', '57P01', 2],
    ['a crash', '57P02', 2],
    ['a start that is not over', '57P03', 2],
    ['a statement that took too long', '57014', 2],
    ['an idle transaction that was ended', '25P03', 2],
    ['a database that is read-only', '25006', 10],
    ['a lock that was not granted in time', '55P03', 1],
    ['a failed read of the disk', '58030', 10],
  ])('is 503 with a time to retry for %s', (_title, code, seconds) => {
    const problem = thrown(code);
    expect([problem.code, problem.status, problem.parts.headers?.['retry-after']]).toEqual([
      'unavailable',
      503,
      String(seconds),
    ]);
  });

  it.each([
    ['a unique violation', '23505', 'internal_error'],
    ['an unknown table', '42P01', 'internal_error'],
    ['a missing right', '42501', 'internal_error'],
    ['a corrupted row', 'XX001', 'internal_error'],
    ['no code', '', 'internal_error'],
    ['a text with a NUL', '22021', 'bad_request'],
  ])('is %s: a fault, not a reason to retry', (_title, code, expected) => {
    expect(thrown(code).code).toBe(expected);
  });
});
