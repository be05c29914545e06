import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MigratedDatabase } from '../../../../test/support/database/migrated-database.js';
import { Secret } from '../../../../config/values/secret.js';
import { SystemRandom } from '../../../adapters/system/system.js';
import { Log } from '../../../observability/log.js';
import { MessagingChannel } from '../../../ports/delivery/messaging-channel.js';
import { MessengerIds } from '../people/messenger-ids.js';
import { DeletionsRepository } from './deletions.repository.js';
import { DeletionsWorker } from './deletions.worker.js';

const random = new SystemRandom();
const newKey = (): Secret => new Secret(random.bytes(32).toString('base64'));

/** Knows nobody, and whom it was asked about. */
class Channel extends MessagingChannel {
  readonly asked: string[] = [];

  send(): Promise<string> {
    return Promise.reject(new Error('nothing is sent'));
  }

  idsAtPages(appUserId: string): Promise<never[]> {
    this.asked.push(appUserId);
    return Promise.resolve([]);
  }

  showTyping(): Promise<void> {
    return Promise.resolve();
  }
}

describe('a request for deletion', () => {
  const key = newKey();
  let stage: MigratedDatabase;
  let deletions: DeletionsRepository;
  let channel: Channel;
  beforeAll(async () => {
    stage = await MigratedDatabase.start();
    deletions = new DeletionsRepository(stage.connect());
  });
  afterAll(() => stage.stop());
  beforeEach(async () => {
    await stage.asOwner('truncate velro.messenger_deletions');
    channel = new Channel();
  });
  const idsUnder = (current: Secret): MessengerIds =>
    new MessengerIds({ pseudonymKey: { current, previous: null } }, random);
  const runUnder = (current: Secret): Promise<void> =>
    new DeletionsWorker({ messenger: null }, deletions, channel, idsUnder(current), Log.silent()).run(
      new AbortController().signal,
    );

  it('under another PSEUDONYM_KEY is not settled, and carried out by who has the key', async () => {
    const code = randomUUID();
    await deletions.add(code, idsUnder(key).seal('77', 'app user', code));
    await runUnder(newKey());
    expect([channel.asked, (await deletions.find(code))?.state]).toEqual([[], 'received']);
    await stage.asOwner('update velro.messenger_deletions set work_at = now()');
    await runUnder(key);
    expect([channel.asked, await deletions.find(code)]).toEqual([
      ['77'],
      expect.objectContaining({ state: 'done', forgotten: 0 }),
    ]);
  });
});
