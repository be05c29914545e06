import { describe, expect, it } from '@jest/globals';
import {
  aimOf,
  aims,
  kinds,
  recall,
  scoreAttacks,
  scoreProse,
  share,
} from '../../../test/perimeter/corpora/corpora.mjs';
import { detectIn } from './detect.js';

describe('on the half of the corpora that nothing was tuned on', () => {
  it.each(kinds.map((kind) => [kind, aimOf(kind)] as const))('finds %s in a share above %d', (kind, aim) => {
    const { heldOut } = scoreAttacks(kind, detectIn);
    expect(heldOut.cases).toBeGreaterThan(30);
    expect(recall(heldOut)).toBeGreaterThan(aim);
  });

  it.each([
    ['prose-ordinary', aims.ordinary, 1500],
    ['prose-code', aims.code, 500],
  ])('finds anything at all in %s in a share of at most %d', (name, aim, texts) => {
    const score = scoreProse(name, 'held-out', detectIn);
    expect(score.texts).toBeGreaterThanOrEqual(texts);
    expect(share(score)).toBeLessThanOrEqual(aim);
  });
});
