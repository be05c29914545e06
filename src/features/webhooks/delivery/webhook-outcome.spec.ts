import { describe, expect, it } from '@jest/globals';
import { webhookPolicy } from '../../../../config/policy/operations/webhook-endpoints.js';
import type { WebhookFailure } from '../../../ports/delivery/webhook-sender.js';
import { isGone, outcomeOf, pauseAfter, type Attempt } from './webhook-outcome.js';

const answered = (status: number, retryAfterMs: number | null = null, durationMs = 20): Attempt => ({
  ...{ answer: { status, start: '', retryAfterMs }, failure: null, durationMs },
});
const failed = (failure: WebhookFailure, durationMs = 20): Attempt => ({ answer: null, failure, durationMs });
const [second, minute, hour] = [1000, 60_000, 3_600_000];

describe('what becomes of a delivery', () => {
  it.each([200, 201, 202, 204, 299])('after an answer of %i: it is delivered', (status) => {
    expect(outcomeOf(answered(status), 0, 0)).toEqual({ state: 'delivered', retryMs: null });
  });

  it.each<[string, Attempt]>([
    ...[100, 199, 300, 301, 307, 400, 401, 404, 500, 503].map((status): [string, Attempt] => [
      `an answer of ${status}`,
      answered(status),
    ]),
    ['no answer', failed('timeout')],
    ['a private address', failed('address_refused')],
  ])('after %s: it is tried again', (_what, attempt) => {
    expect(outcomeOf(attempt, 0, 0)).toEqual({ state: 'waiting', retryMs: 5 * second });
  });

  it('after 410: there is no further attempt', () => {
    expect(outcomeOf(answered(410), 0, 0)).toEqual({ state: 'failed', retryMs: null });
    expect([isGone(answered(410)), isGone(answered(404)), isGone(failed('timeout'))]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('when nothing but failures come: eleven attempts over about three days', () => {
    const waits: number[] = [];
    for (let attempts = 0; ; attempts++) {
      const { retryMs } = outcomeOf(answered(500), attempts, 0);
      if (retryMs === null) break;
      waits.push(retryMs);
    }
    expect(waits).toEqual([
      5 * second,
      ...[1, 5, 30].map((one) => one * minute),
      ...[2, 5, 10, 14, 20, 24].map((one) => one * hour),
    ]);
    expect(waits.reduce((sum, one) => sum + one, 0) / (24 * hour)).toBeCloseTo(3.15, 1);
  });

  it('waits longer by chance, and never shorter', () => {
    expect(outcomeOf(answered(500), 1, 1).retryMs).toBe(minute * (1 + webhookPolicy.jitter));
    expect(outcomeOf(answered(500), 1, 0.5).retryMs).toBe(minute * (1 + webhookPolicy.jitter / 2));
  });

  it.each([
    [0, 5 * second],
    [second, 5 * second],
    [hour, hour],
    [400 * hour, 24 * hour],
  ])('with a Retry-After of %i ms: in %i ms', (asked, retryMs) => {
    expect(outcomeOf(answered(429, asked), 0, 0).retryMs).toBe(retryMs);
  });
});

describe('the pause of an endpoint', () => {
  /** So that there are no more in a second than an endpoint is sent. */
  const none = (count = 1) => ({ pauses: 0, pauseMs: (count * second) / webhookPolicy.perSecond });

  it.each<[string, readonly Attempt[]]>([
    ['a success', [answered(204)]],
    ['a failure that is no overload', [answered(500), answered(301), failed('connection_failed')]],
  ])('is that of the rate after %s', (_what, turn) => {
    expect(pauseAfter(turn, 7)).toEqual(none(turn.length));
  });

  it.each<[string, Attempt]>([
    ['429', answered(429)],
    ['502', answered(502)],
    ['503', answered(503)],
    ['504', answered(504)],
    ['no answer in time', failed('timeout')],
  ])('is doubled by each turn with %s, up to the longest', (_what, attempt) => {
    const pauses = [0, 1, 2, 7, 50].map((before) => pauseAfter([answered(204), attempt], before));
    expect(pauses.map(({ pauseMs }) => pauseMs)).toEqual(
      [5, 10, 20, 600, 600].map((seconds) => seconds * second),
    );
    expect(pauses.map(({ pauses: after }) => after)).toEqual([1, 2, 3, 8, 51]);
  });

  it('is what Retry-After asks for, up to a day', () => {
    expect(pauseAfter([answered(429, hour)], 0)).toEqual({ pauses: 1, pauseMs: hour });
    expect(pauseAfter([answered(429, 100 * hour)], 0)).toEqual({ pauses: 1, pauseMs: 24 * hour });
    expect(pauseAfter([answered(500, hour)], 0)).toEqual(none());
  });

  it('is four times what a slow answer took', () => {
    expect(pauseAfter([answered(200, null, 10 * second), answered(200)], 3)).toEqual({
      pauses: 0,
      pauseMs: 40 * second,
    });
    expect(pauseAfter([answered(200, null, 2 * second)], 0)).toEqual(none());
  });

  it.each([
    [[5, 5, 5, 5, 5, 5]],
    [[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]],
    [[1, 5, 1, 5, 1, 5]],
    [[3, 3, 3, 3, 3, 3]],
  ])('keeps what is sent in turns of %j at the rate', (sizes) => {
    const { atOnce, perSecond } = webhookPolicy;
    let now = 0;
    const sent = sizes.map((size) => {
      const at = now;
      now += pauseAfter(
        Array.from({ length: size }, () => answered(204, null, 0)),
        0,
      ).pauseMs;
      return { at, size };
    });
    for (const { at: begin } of sent) {
      const within = sent.filter(({ at }) => at >= begin && at < begin + second);
      const sum = within.reduce((all, { size }) => all + size, 0);
      expect(sum).toBeLessThan(perSecond + atOnce);
    }
  });
});
