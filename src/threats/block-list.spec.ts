import { describe, expect, it } from '@jest/globals';
import type { Config } from '../../config/config.js';
import { blockListPolicy } from '../../config/policy/perimeter/threats.js';
import { Log } from '../observability/log.js';
import { Notifications } from '../ports/notifications.js';
import { BlockList } from './block-list.js';
import type { Block, BlockChanges, BlocksRepository } from './blocks.repository.js';
import { ThreatLevels } from './threat-levels.js';
import { until } from '../../test/support/process/wait-until.js';
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

/** A list over a table, whose answers wait while the test says so. */
function stage() {
  const [clock, feed, rows] = [new HandClock(), new HandFeed(), [] as Block[]];
  const asked: (() => void)[] = [];
  const queries: string[] = [];
  const changes: BlockChanges['changed'][number][] = [];
  let isHeld = false;
  const answer = <T>(name: string, value: T): Promise<T> => {
    queries.push(name);
    if (!isHeld) return Promise.resolve(value);
    return new Promise((resolve) =>
      asked.push(() => {
        resolve(value);
      }),
    );
  };
  const table: Pick<BlocksRepository, 'add' | 'page' | 'since' | 'snapshot'> = {
    add: (added) => {
      rows.push(added);
      changes.push({ block: added, isLifted: false });
      return Promise.resolve();
    },
    snapshot: () => answer('snapshot', String(changes.length)),
    page: (by, before) =>
      answer(
        `page of ${by}`,
        before === null
          ? rows.filter(({ madeBy }) => (madeBy === null) === (by === 'service')).toReversed()
          : [],
      ),
    since: (snapshot) =>
      answer('since', {
        changed: changes.slice(Number(snapshot)),
        snapshot: String(changes.length),
        isCut: false,
      }),
  };
  const levels = new ThreatLevels({ threatResponses: 'enforce' } as Config, clock);
  const list = new BlockList(table as BlocksRepository, feed, levels, clock, Log.silent());
  list.onModuleInit();
  const lift = (lifted: Block): void => {
    rows.splice(rows.indexOf(lifted), 1);
    changes.push({ block: lifted, isLifted: true });
  };
  const settle = async (): Promise<void> => {
    const count = queries.length;
    feed.announce();
    await until(() => queries.length > count, 'a query');
    await soon();
  };
  return {
    ...{ clock, feed, rows, table, queries, levels, list, lift, settle },
    hold: () => (isHeld = true),
    letGo: async () => {
      isHeld = false;
      for (const go of asked.splice(0)) go();
      await soon();
    },
    askedFor: (count: number) => until(() => asked.length >= count, `${count} questions`),
  };
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

  it('reads only what changed at a notification, once it has been read whole', async () => {
    const { clock, list, table, queries, settle } = stage();
    await settle();
    expect(queries.slice(0, 4)).toEqual(['snapshot', 'page of administrators', 'page of service', 'since']);
    queries.length = 0;
    await table.add(block('new', 60, clock.time));
    await settle();
    expect([...new Set(queries)]).toEqual(['since']);
    expect(list.find('198.51.100.7')?.id).toBe('new');
  });

  it('queries once for many notifications, and once more for later ones', async () => {
    const { feed, queries, hold, letGo, askedFor, settle } = stage();
    await settle();
    queries.length = 0;
    hold();
    for (let at = 0; at < 500; at++) feed.announce();
    await askedFor(1);
    for (let at = 0; at < 500; at++) feed.announce();
    await letGo();
    await until(() => queries.length > 1, 'the look at the later ones');
    await soon();
    expect(queries).toEqual(['since', 'since']);
  });

  it('keeps a block that was added while the whole list is read, and its score', async () => {
    const { clock, feed, hold, letGo, askedFor, levels, list } = stage();
    hold();
    feed.announce();
    await askedFor(1);
    for (let hit = 0; hit < 3; hit++) levels.add('token_forged', '198.51.100.7', undefined);
    list.add(block('new', 60, clock.time));
    expect(list.find('198.51.100.7')?.id).toBe('new');
    await letGo();
    await soon();
    expect(list.find('198.51.100.7')?.id).toBe('new');
    expect(levels.levelOf({ kind: 'address', address: '198.51.100.7' })).toBe('CRITICAL');
  });

  it('resets the score of an address whose block was lifted in the table', async () => {
    const { clock, lift, settle, levels, list } = stage();
    await settle();
    for (let hit = 0; hit < 3; hit++) levels.add('token_forged', '198.51.100.7', undefined);
    const lifted = block('lifted', 60, clock.time);
    list.add(lifted);
    await settle();
    lift(lifted);
    await settle();
    expect(list.find('198.51.100.7')).toBeNull();
    expect(levels.levelOf({ kind: 'address', address: '198.51.100.7' })).toBe('LOW');
  });

  it('drops the oldest blocks of the service beyond their number, and never one of an administrator', () => {
    const { clock, list } = stage();
    list.hold({ ...block('manual', 10_080, clock.time), madeBy: 'somebody' });
    for (let at = 0; at <= blockListPolicy.automatic; at++)
      list.hold({ ...block(`automatic ${at}`, 60, clock.time), address: `2001:db8:${at.toString(16)}::/64` });
    expect(list.find('198.51.100.7')?.id).toBe('manual');
    expect(list.find('2001:db8:0::/64')).toBeNull();
    expect(list.find('2001:db8:1::/64')?.id).toBe('automatic 1');
    expect(list.size).toBe(blockListPolicy.automatic + 1);
  });
});
