import { afterEach, describe, expect, it } from '@jest/globals';
import { webhookPolicy } from '../../../../config/policy/operations/webhook-endpoints.js';
import { until } from '../../../../test/support/process/wait-until.js';
import { SystemRandom } from '../../../adapters/system/system.js';
import { Log } from '../../../observability/log.js';
import { channels, Notifications } from '../../../ports/notifications.js';
import { WebhookWorker, type Deliveries } from './webhook.worker.js';
import type { HeldEndpoint } from './webhook-queue.repository.js';

/** Tells what a test tells. */
class Told extends Notifications {
  readonly listeners = new Map<string, () => void>();

  subscribe(channel: string, onMessage: (payload: string) => void): () => void {
    this.listeners.set(channel, () => {
      onMessage('');
    });
    return () => this.listeners.delete(channel);
  }

  lastHeartbeat(): number {
    return performance.now();
  }
}

const held: HeldEndpoint = {
  ...{ id: 'e', token: 't', userId: 'u', url: 'https://hooks.example.com/', pauses: 0 },
  ...{ secretSealed: Buffer.alloc(0), previousSecretSealed: null, due: [] },
};

describe('the worker of webhooks', () => {
  const stops: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });
  /** `turns`: for how long each of the endpoint's turns pauses it. */
  const stage = (turns: number[]) => {
    const looks: number[] = [];
    let pausedUntil = 0;
    const deliveries: Deliveries = {
      claim: () => {
        looks.push(performance.now());
        const isDue = turns.length > 0 && performance.now() >= pausedUntil;
        return Promise.resolve(isDue ? held : null);
      },
      deliver: () => {
        const pauseMs = turns.shift() ?? 0;
        pausedUntil = performance.now() + pauseMs;
        return Promise.resolve(pauseMs);
      },
    };
    const told = new Told();
    const worker = new WebhookWorker(deliveries, told, new SystemRandom(), Log.silent());
    stops.push(() => worker.beforeApplicationShutdown());
    worker.onApplicationBootstrap();
    return { told, looks, turns };
  };

  it('looks at once where it is told of a webhook, though it rests', async () => {
    const { told, looks, turns } = stage([]);
    await until(() => looks.length === 1, 'the first look');
    turns.push(0);
    told.listeners.get(channels.webhooks)?.();
    await until(() => turns.length === 0, 'the turn');
  });

  it('goes on with what waits for its rate when that ends, and not with the look of an idle queue', async () => {
    const pause = webhookPolicy.lookEveryMs;
    const { looks, turns } = stage([pause, pause, pause, 0]);
    await until(() => turns.length === 0, 'the turns');
    const [first = 0] = looks;
    // Three pauses, and not three rests of an idle queue beside them.
    expect((looks.at(-1) ?? 0) - first).toBeLessThan(3 * webhookPolicy.idleLookEveryMs);
  });
});
