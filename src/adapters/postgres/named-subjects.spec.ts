import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { RevocableClaims } from '../../ports/revocations.js';
import { NamedSubjects } from './named-subjects.js';

const id = '0b8d3c66-5f7a-4bb1-9e0c-6a3f7a1d2e4f';
const claims = (of: Partial<RevocableClaims>): RevocableClaims => ({
  ...{ jti: randomUUID(), sid: randomUUID(), sub: randomUUID(), ver: 1, iat: null },
  ...of,
});

describe('the subjects that hints named', () => {
  it.each([
    ['by its own id', { jti: id }],
    ['by its session', { sid: id }],
    ['by its owner', { sub: id }],
  ])('concern a token %s, and no other', (_title, of) => {
    const named = new NamedSubjects();
    expect(named.add(`{"kind" : "jti", "subject" : "${id}", "epoch" : null, "exp" : 1}`, 1)).toBe(true);
    expect([named.concern(claims(of)), named.concern(claims({}))]).toEqual([true, false]);
  });

  it.each([
    '',
    '{}',
    'null',
    id,
    `{"subject":"${id.toUpperCase()}"}`,
    `{"subject":"${id.slice(1)}"}`,
    `{"subject":"${id}0"}`,
    '{"subject":"__proto__"}',
    `${' '.repeat(300)}{"subject":"${id}"}`,
  ])('are none in %j', (text) => {
    const named = new NamedSubjects();
    expect(named.add(text, 1)).toBe(false);
    expect(named.concern(claims({ jti: id }))).toBe(false);
  });

  it('are no more than there is room for; one that is known is named again', () => {
    const named = new NamedSubjects(2);
    const text = (of: string): string => `{"subject":"${of}"}`;
    const [a, b, c] = [randomUUID(), randomUUID(), randomUUID()];
    expect([a, b, c, a].map((of, hint) => named.add(text(of), hint))).toEqual([true, true, false, true]);
    expect(named.concern(claims({ jti: c }))).toBe(false);
    named.forgetUntil(1);
    expect([a, b].map((jti) => named.concern(claims({ jti })))).toEqual([true, false]);
  });
});
