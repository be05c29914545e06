import { afterEach, describe, it } from '@jest/globals';
import { until } from '../../../../test/support/process/wait-until.js';
import { SystemRandom } from '../../../adapters/system/system.js';
import { Log } from '../../../observability/log.js';
import { channels, Notifications } from '../../../ports/notifications.js';
import { WorkHints } from '../../../tasks/work-hints.js';
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
  ...{ unreadableSince: null, isUnreadableTold: false },
};

describe('the worker of webhooks', () => {
  const stops: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });
  /** `turns`: for how long each of the endpoint's turns pauses it. The looks of an idle queue are an hour apart. */
  const stage = (turns: number[]) => {
    let looks = 0;
    let isTaken = false;
    const deliveries: Deliveries = {
      claim: () => {
        const isDue = turns.length > 0 && !isTaken;
        isTaken ||= isDue;
        looks++;
        return Promise.resolve(isDue ? held : null);
      },
      deliver: () => {
        const pauseMs = turns.shift() ?? 0;
        // Before the timers of whoever is told of the pause.
        setTimeout(() => (isTaken = false), pauseMs);
        return Promise.resolve(pauseMs);
      },
    };
    const told = new Told();
    const hints = new WorkHints({ announce: () => undefined }, told);
    const worker = new WebhookWorker(deliveries, told, hints, new SystemRandom(), Log.silent());
    stops.push(() => worker.beforeApplicationShutdown());
    worker.start({ workers: 32, lookEveryMs: 20, idleLookEveryMs: 3_600_000 });
    return { told, hints, turns, looks: () => looks };
  };

  it('looks at once where it is told of a webhook, though it rests', async () => {
    const { told, looks, turns } = stage([]);
    await until(() => looks() === 1, 'the first look');
    turns.push(0);
    told.listeners.get(channels.webhooks)?.();
    await until(() => turns.length === 0, 'the turn');
  });

  it('looks at once where this instance has stored one', async () => {
    const { hints, looks, turns } = stage([]);
    await until(() => looks() === 1, 'the first look');
    turns.push(0);
    hints.tell('webhooks');
    await until(() => turns.length === 0, 'the turn');
  });

  it('goes on with what waits for its rate when that ends, and not with the look of an idle queue', async () => {
    const { turns } = stage([200, 200, 200, 0]);
    await until(() => turns.length === 0, 'the turns');
  });
});
