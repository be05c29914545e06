import { describe, expect, it } from '@jest/globals';
import { signals, threatPolicy, type Signal } from '../../config/policy/perimeter/threats.js';
import { Score } from './score.js';

const after = (names: readonly Signal[], gapMs = 0): Score => {
  const score = new Score();
  for (const [at, name] of names.entries()) score.add(name, 1_000_000 + at * gapMs);
  return score;
};
const times = (count: number, name: Signal): Signal[] => Array<Signal>(count).fill(name);
const soft = (Object.keys(signals) as Signal[]).filter((name) => signals[name].kind === 'soft');

describe('a score', () => {
  it.each([
    [[], 'LOW'],
    [times(1, 'token_forged'), 'MEDIUM'],
    [times(2, 'token_forged'), 'HIGH'],
    [times(3, 'token_forged'), 'CRITICAL'],
    [times(4, 'login_failed'), 'LOW'],
    [times(20, 'login_failed'), 'HIGH'],
    [[...times(20, 'login_failed'), ...times(25, 'limit_exceeded')], 'CRITICAL'],
    [times(2, 'honeypot'), 'HIGH'],
    [times(1, 'malicious_text'), 'LOW'],
    [times(1, 'cors_violation'), 'LOW'],
  ] as const)('of %j is %s', (names, level) => {
    expect(after(names).levelAt(1_000_000)).toBe(level);
  });

  it('is the same for signals within a few seconds as for simultaneous ones', () => {
    expect(after(times(3, 'token_forged'), 3000).levelAt(1_006_000)).toBe('CRITICAL');
  });

  it.each(soft)('never blocks by %s alone, however often', (name) => {
    expect(after(times(1000, name)).levelAt(1_000_000)).toBe('HIGH');
  });

  it('never blocks by all soft evidence together', () => {
    expect(after(soft.flatMap((name) => times(200, name))).levelAt(1_000_000)).toBe('HIGH');
  });

  it('halves in its half-life, and decays in bounded time', () => {
    const score = after(times(50, 'token_forged'));
    const full = score.totalAt(1_000_000);
    expect(full).toBe(threatPolicy.maxScore);
    expect(score.totalAt(1_000_000 + threatPolicy.halfLifeSeconds * 1000)).toBe(full / 2);
    expect(score.levelAt(1_000_000 + 6 * threatPolicy.halfLifeSeconds * 1000)).toBe('LOW');
  });

  it('names the heaviest attack, and that of the hard evidence when it blocks', () => {
    expect(after(times(40, 'limit_exceeded')).attack).toBe('rate_limit_violation');
    expect(after([...times(20, 'login_failed'), ...times(100, 'limit_exceeded')]).attack).toBe(
      'brute_force_attack',
    );
  });

  it('does not go back in time with a clock that is set back', () => {
    const score = after(times(3, 'token_forged'));
    expect(score.levelAt(0)).toBe('CRITICAL');
    score.add('token_forged', 500_000);
    expect(score.levelAt(1_000_000)).toBe('CRITICAL');
  });
});
