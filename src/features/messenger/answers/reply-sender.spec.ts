import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { MigratedDatabase } from '../../../../test/support/database/migrated-database.js';
import { until } from '../../../../test/support/process/wait-until.js';
import { somebody } from '../../../../test/support/meta/graph-server.js';
import { Secret } from '../../../../config/values/secret.js';
import type { PostgresDatabase } from '../../../adapters/postgres/postgres-database.js';
import { SystemClock, SystemRandom } from '../../../adapters/system/system.js';
import { Log } from '../../../observability/log.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { MessagingChannel, SendFailed } from '../../../ports/delivery/messaging-channel.js';
import { InboxRepository } from '../inbound/inbox.repository.js';
import { MessengerInbox } from '../inbound/messenger-inbox.js';
import { MessengerIds, SealedUnderAnotherKey } from '../people/messenger-ids.js';
import { MessengerAnswers } from './messenger-answers.service.js';
import { MessengerWorker } from './messenger.worker.js';
import { RepliesRepository } from './replies.repository.js';
import type { HeldPerson } from './held-person.js';
import { SendingsRepository } from './sendings.repository.js';
import { ReplySender } from './reply-sender.js';

const pageId = '1029384756';
const random = new SystemRandom();
const newKey = (): Secret => new Secret(random.bytes(32).toString('base64'));

/** Sends, or fails as a test says. */
class Channel extends MessagingChannel {
  sent = 0;
  failure: SendFailed | null = null;

  send(): Promise<string> {
    if (this.failure !== null) return Promise.reject(this.failure);
    this.sent++;
    return Promise.resolve('m_1');
  }

  idsAtPages(): Promise<never[]> {
    return Promise.resolve([]);
  }

  showTyping(): Promise<void> {
    return Promise.resolve();
  }
}

describe('a reply of Messenger', () => {
  const key = newKey();
  let stage: MigratedDatabase;
  let database: PostgresDatabase;
  let replies: RepliesRepository;
  let channel: Channel;
  let person: HeldPerson;
  let recorded: string[];
  beforeAll(async () => {
    stage = await MigratedDatabase.start();
    database = stage.connect();
    replies = new RepliesRepository(database);
  });
  afterAll(() => stage.stop());
  const idsUnder = (current: Secret): MessengerIds =>
    new MessengerIds({ pseudonymKey: { current, previous: null } }, random);
  const senderUnder = (current: Secret): ReplySender => {
    const events = new SecurityEvents(Log.silent());
    events.listen(({ text }) => recorded.push(text));
    return new ReplySender(
      new SendingsRepository(database),
      channel,
      idsUnder(current),
      events,
      Log.silent(),
    );
  };
  const queued = async (): Promise<void> => {
    const ids = idsUnder(key);
    const clock = new SystemClock();
    await new MessengerInbox(
      { piiRedaction: false },
      ids,
      new InboxRepository(database),
      clock,
      random,
    ).takeMessages([
      { pageId, psid: somebody(), mid: randomUUID(), kind: 'text', text: 'hello', sentAt: clock.now() },
    ]);
    const held = await replies.claim(randomUUID(), 60_000);
    if (held === null) throw new Error('nobody waits');
    person = held;
    const message = await replies.waiting(person, 60_000);
    const reply = {
      id: randomUUID(),
      textSealed: ids.seal('hi', 'text', pageId),
      path: 'ai',
      reason: null,
    } as const;
    await replies.answer(person, message?.id ?? '0', [reply], { discloses: false, forgets: false });
  };
  const states = async (): Promise<unknown[]> =>
    (
      await sql<{ state: string }>`select state from velro.messenger_replies`.execute(database.query)
    ).rows.map(({ state }) => state);
  beforeEach(async () => {
    await stage.asOwner('truncate velro.messenger_people cascade');
    channel = new Channel();
    recorded = [];
  });

  it('under another PSEUDONYM_KEY is neither sent nor given up, and sent by who has the key', async () => {
    await queued();
    await expect(senderUnder(newKey()).sendNext(person)).rejects.toThrow(SealedUnderAnotherKey);
    expect([channel.sent, await states()]).toEqual([0, ['queued']]);
    expect(await senderUnder(key).sendNext(person)).toBe('sent');
    expect([channel.sent, await states()]).toEqual([1, ['sent']]);
  });

  it('under another PSEUDONYM_KEY is not looked at again for minutes', async () => {
    await queued();
    await replies.release(person);
    const other = newKey();
    const worker = new MessengerWorker(
      { messenger: null, ai: { timeoutMs: 1000 } },
      replies,
      Object.create(MessengerAnswers.prototype) as MessengerAnswers,
      senderUnder(other),
      channel,
      idsUnder(other),
      random,
      Log.silent(),
    );
    worker.onApplicationBootstrap();
    worker.wake();
    const waits = async (): Promise<boolean> =>
      (
        await sql`select from velro.messenger_people where work_at > now() + interval '4 minutes'`.execute(
          database.query,
        )
      ).rows.length === 1;
    await until(waits, 'the look');
    await worker.beforeApplicationShutdown();
    expect([await waits(), channel.sent, await states()]).toEqual([true, 0, ['queued']]);
  });

  it('that meets a refused token waits, which is said once until the token is taken again', async () => {
    const sender = senderUnder(key);
    const refused = new SendFailed('token', 190);
    const send = async (failure: SendFailed | null): Promise<[string, unknown[]]> => {
      await stage.asOwner('truncate velro.messenger_people cascade');
      channel.failure = failure;
      await queued();
      return [await sender.sendNext(person), await states()];
    };
    for (let turn = 0; turn < 3; turn++) expect(await send(refused)).toEqual(['waits', ['queued']]);
    expect(recorded).toEqual(['MESSENGER page token refused']);
    expect(await send(null)).toEqual(['sent', ['sent']]);
    await send(refused);
    expect(recorded).toEqual(['MESSENGER page token refused', 'MESSENGER page token refused']);
  });
});
