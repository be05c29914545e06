import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MigratedDatabase } from '../../../../test/support/database/migrated-database.js';
import { SystemRandom } from '../../../adapters/system/system.js';
import { eventReading } from '../../../../config/policy/operations/security-events.js';
import { SecurityEventsRepository, type EventFilter } from './security-events.repository.js';

describe('a kept event', () => {
  let stage: MigratedDatabase;
  let events: SecurityEventsRepository;
  beforeAll(async () => {
    stage = await MigratedDatabase.start();
    events = new SecurityEventsRepository(stage.connect());
  });
  afterAll(() => stage.stop());

  const all: EventFilter = {
    ...{ event: null, level: null, userId: null, sourceIp: null, account: null, since: null, until: null },
  };

  it('names an account, and no longer one that was erased before it was written', async () => {
    const [ada, erased] = [randomUUID(), randomUUID()];
    await stage.asOwner(`insert into velro.users (id, email) values ('${ada}', 'ada@example.com')`);
    const random = new SystemRandom();
    const [first = '', second = '', third = ''] = Array.from({ length: 3 }, () => random.timeOrderedUuid());
    const given = { event: 'authz_fail', level: 'LOW', text: 'x', response: 'none', at: new Date() } as const;
    await events.add([
      { ...given, id: first, userId: ada },
      { ...given, id: second, userId: erased },
      { ...given, id: third },
    ]);
    const { items: kept } = await events.list(all, { limit: 10, cursor: null });
    expect(new Map(kept.map(({ id, userId }) => [id, userId ?? null]))).toEqual(
      new Map([
        [first, ada],
        [second, null],
        [third, null],
      ]),
    );
  });

  describe('is found by several conditions, of which many events meet the first alone', () => {
    const eve = randomUUID();
    /** In the order of the numbers, which those of one millisecond of the service have not. */
    const idOf = (number: number): string => `01900000-0000-7000-8000-${String(number).padStart(12, '0')}`;
    /** The oldest first. */
    const rare = [0, 1, 2].map(idOf);
    beforeAll(async () => {
      await stage.asOwner(`insert into velro.users (id, email) values ('${eve}', 'eve@example.com')`);
      const given = { level: 'LOW', text: 'x', response: 'none', at: new Date(), userId: eve } as const;
      await events.add(rare.map((id) => ({ ...given, id, event: 'authz_admin' as const })));
      await events.add(
        Array.from({ length: eventReading.rows + 10 }, (_, at) => ({
          ...given,
          id: idOf(at + rare.length),
          event: 'authz_fail' as const,
        })),
      );
    });

    /** Ids of the pages, to the last one. */
    const pages = async (filter: Partial<EventFilter>, limit: number): Promise<string[][]> => {
      const found: string[][] = [];
      let cursor: string | null = null;
      do {
        const page = await events.list({ ...all, ...filter }, { limit, cursor });
        found.push(page.items.map(({ id }) => id));
        cursor = page.nextCursor;
      } while (cursor !== null);
      return found;
    };

    it('after a page of as many events as are read at one time, which is empty', async () => {
      const [oldest, second, newest] = rare;
      expect(await pages({ userId: eve, event: 'authz_admin' }, 2)).toEqual([[], [newest, second], [oldest]]);
    });

    it('at once by a condition that few meet', async () => {
      expect(await pages({ event: 'authz_admin' }, 10)).toEqual([rare.toReversed()]);
    });

    it('and each of many is on one page alone', async () => {
      const found = (await pages({ userId: eve, level: 'LOW' }, 200)).flat();
      expect([found.length, new Set(found).size]).toEqual([eventReading.rows + 13, eventReading.rows + 13]);
      expect(found).toEqual(found.toSorted().toReversed());
    });

    it('and there is no second page where nobody meets them', async () => {
      expect(await pages({ userId: randomUUID(), event: 'authz_fail' }, 10)).toEqual([[]]);
      expect(await pages({ since: new Date(Date.now() + 60_000) }, 10)).toEqual([[]]);
    });
  });
});
