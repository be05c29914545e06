import { describe, expect, it } from '@jest/globals';
import { models } from '../../config/policy/generations/models.js';
import { costOf } from '../../src/features/generations/orders/generation-budget.js';
import { periodsAt, secondsLeftOf } from '../../src/features/usage/budgets/budget-periods.js';

const modelOf = (id: string) => {
  const model = models.find((one) => one.id === id);
  if (model === undefined) throw new Error(`no model ${id}`);
  return model;
};

describe('what a generation costs at its provider', () => {
  it.each([
    ['velro/canvas', {}, 0],
    ['fal-ai/flux-pro/v1.1-ultra', { aspect_ratio: '1:1' }, 60_000],
    ['fal-ai/veo3', { duration: '4s', generate_audio: false }, 800_000],
    ['fal-ai/veo3', { duration: '8s', generate_audio: true }, 3_200_000],
    ['fal-ai/veo3', {}, 3_200_000],
    ['fal-ai/kling-video/v2.1/master/text-to-video', { duration: '5' }, 1_400_000],
    ['fal-ai/kling-video/v2.1/master/text-to-video', { duration: '10' }, 2_800_000],
  ])('%s with %j is %i micro-dollars', (id, parameters, cost) => {
    expect(costOf(modelOf(id), parameters)).toBe(cost);
  });

  it('names only parameters and values that the model has', () => {
    for (const { id, cost, parameters } of models)
      for (const [name, byValue] of Object.entries(cost.times ?? {})) {
        const parameter = parameters[name];
        const values =
          parameter?.type === 'string'
            ? parameter.choices
            : parameter?.type === 'boolean'
              ? ['true', 'false']
              : [];
        expect([id, name, Object.keys(byValue).sort()]).toEqual([id, name, [...values].sort()]);
      }
  });
});

describe('a period of a budget', () => {
  it.each([
    ['2026-11-27T23:59:59.500Z', 1, 3 * 86_400 + 1],
    ['2026-11-27T00:00:00.000Z', 86_400, 4 * 86_400],
    ['2026-12-31T23:00:00.000Z', 3600, 3600],
    ['2028-02-28T12:00:00.000Z', 43_200, 43_200 + 86_400],
  ])('has ended from %s in %i seconds, and its month in %i', (at, ofDay, ofMonth) => {
    const now = Date.parse(at);
    const { day, month } = periodsAt(now);
    expect([secondsLeftOf(day, now), secondsLeftOf(month, now)]).toEqual([ofDay, ofMonth]);
  });
});
