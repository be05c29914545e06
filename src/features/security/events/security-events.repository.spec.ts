import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MigratedDatabase } from '../../../../test/support/database/migrated-database.js';
import { SystemRandom } from '../../../adapters/system/system.js';
import { SecurityEventsRepository } from './security-events.repository.js';

describe('a kept event', () => {
  let stage: MigratedDatabase;
  let events: SecurityEventsRepository;
  beforeAll(async () => {
    stage = await MigratedDatabase.start();
    events = new SecurityEventsRepository(stage.connect());
  });
  afterAll(() => stage.stop());

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
    const all = {
      event: null,
      level: null,
      userId: null,
      sourceIp: null,
      account: null,
      since: null,
      until: null,
    };
    const kept = await events.list(all, 10, null);
    expect(new Map(kept.map(({ id, userId }) => [id, userId ?? null]))).toEqual(
      new Map([
        [first, ada],
        [second, null],
        [third, null],
      ]),
    );
  });
});
