import { describe, expect, it } from '@jest/globals';
import type { Config } from '../../config/config.js';
import { Log } from '../observability/log.js';
import { Notifications } from '../ports/notifications.js';
import { BlockList } from './block-list.js';
import type { Block, BlocksRepository } from './blocks.repository.js';
import { ThreatLevels } from './threat-levels.js';
import { HandClock } from '../../test/support/clock/hand-clock.js';

class HandFeed extends Notifications {
  announce: () => void = () => undefined;

  subscribe(_channel: string, onMessage: (payload: string) => void): () => void {
    this.announce = () => {
      onMessage('');
    };
    return () => undefined;
  }

  lastHeartbeat(): number {
    return 0;
  }
}

/** A list over a table that is asked when the test says so. */
function stage() {
  const [clock, feed, rows] = [new HandClock(), new HandFeed(), [] as Block[]];
  const asked: (() => void)[] = [];
  const table: Pick<BlocksRepository, 'add' | 'inForce'> = {
    add: (block) => {
      rows.push(block);
      return Promise.resolve();
    },
    inForce: () => {
      const snapshot = [...rows];
      return new Promise((resolve) =>
        asked.push(() => {
          resolve(snapshot);
        }),
      );
    },
  };
  const levels = new ThreatLevels({ threatResponses: 'enforce' } as Config, clock);
  const list = new BlockList(table as BlocksRepository, feed, levels, clock, Log.silent());
  list.onModuleInit();
  return { clock, feed, rows, asked, levels, list };
}

const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
const block = (id: string, minutes: number, now: number): Block => ({
  id,
  address: '198.51.100.7',
  userId: null,
  attack: 'reconnaissance',
  signals: {},
  score: 60,
  madeBy: null,
  createdAt: new Date(now),
  expiresAt: new Date(now + minutes * 60_000),
});

describe('the list of blocks', () => {
  it('does not shorten a long block by a short one', () => {
    const { clock, list } = stage();
    list.add(block('long', 600, clock.time));
    list.add(block('short', 60, clock.time));
    clock.time += 61 * 60_000;
    expect(list.find('198.51.100.7')?.id).toBe('long');
  });

  it('queries once for many notifications, and once more for later ones', async () => {
    const { feed, asked } = stage();
    for (let at = 0; at < 500; at++) feed.announce();
    await soon();
    for (let at = 0; at < 500; at++) feed.announce();
    await soon();
    asked.splice(0).forEach((answer) => {
      answer();
    });
    await soon();
    expect(asked).toHaveLength(1);
  });

  it('keeps a block that was added during the query, and its score', async () => {
    const { clock, feed, asked, levels, list } = stage();
    feed.announce();
    await soon();
    for (let hit = 0; hit < 3; hit++) levels.add('token_forged', '198.51.100.7', undefined);
    list.add(block('new', 60, clock.time));
    await soon();
    asked.splice(0).forEach((answer) => {
      answer();
    });
    await soon();
    expect(list.find('198.51.100.7')?.id).toBe('new');
    expect(levels.levelOf({ kind: 'address', address: '198.51.100.7' })).toBe('CRITICAL');
  });

  it('resets the score of an address whose block was lifted in the table', async () => {
    const { clock, feed, rows, asked, levels, list } = stage();
    for (let hit = 0; hit < 3; hit++) levels.add('token_forged', '198.51.100.7', undefined);
    list.add(block('lifted', 60, clock.time));
    await soon();
    rows.length = 0;
    feed.announce();
    await soon();
    asked.splice(0).forEach((answer) => {
      answer();
    });
    await soon();
    expect(list.find('198.51.100.7')).toBeNull();
    expect(levels.levelOf({ kind: 'address', address: '198.51.100.7' })).toBe('LOW');
  });
});
