import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { MigratedDatabase } from '../../../../test/support/database/migrated-database.js';
import type { PostgresDatabase } from '../../../adapters/postgres/postgres-database.js';
import { InboxRepository } from '../inbound/inbox.repository.js';
import { DeadReplies } from './dead-replies.repository.js';
import { RepliesRepository } from './replies.repository.js';
import type { HeldPerson } from './held-person.js';
import { SendingsRepository } from './sendings.repository.js';

const day = 24 * 3_600_000;

describe('replies of Messenger', () => {
  let stage: MigratedDatabase;
  let database: PostgresDatabase;
  let replies: RepliesRepository;
  let sendings: SendingsRepository;
  let inbox: InboxRepository;
  let held: HeldPerson;
  let replyId: string;
  beforeAll(async () => {
    stage = await MigratedDatabase.start();
    database = stage.connect();
    replies = new RepliesRepository(database);
    sendings = new SendingsRepository(database);
    inbox = new InboxRepository(database);
  });
  afterAll(() => stage.stop());
  const person = { personId: randomUUID(), pageId: '1', psidHash: randomBytes(32), earlierHash: null };
  const write = () =>
    inbox.takeMessages([
      {
        ...person,
        psidSealed: Buffer.from('sealed'),
        mid: randomUUID(),
        kind: 'text',
        textSealed: Buffer.from('hello'),
        sentAt: new Date(),
        asksDeletion: false,
      },
    ]);
  const answer = async (facts = { discloses: false, forgets: false }): Promise<boolean> => {
    const message = await replies.waiting(held, day);
    replyId = randomUUID();
    const reply = { id: replyId, textSealed: Buffer.from('hi'), path: 'ai', reason: null } as const;
    return replies.answer(held, message?.id ?? '0', [reply], facts);
  };
  beforeEach(async () => {
    await stage.asOwner('truncate velro.messenger_people cascade');
    await write();
    const claimed = await replies.claim(randomUUID(), 60_000);
    if (claimed === null) throw new Error('nobody waits');
    held = claimed;
  });
  const change = (assignment: string) =>
    sql`update velro.messenger_people set ${sql.raw(assignment)}`.execute(database.query);
  const state = async (): Promise<unknown> =>
    (await sql<{ state: string }>`select state from velro.messenger_replies`.execute(database.query)).rows[0]
      ?.state;

  it.each([
    ['a human has taken over', "mode = 'human'", 'cancelled'],
    ['the person is blocked', 'blocked_at = now()', 'cancelled'],
    ['the last message is too long ago', "last_inbound_at = now() - interval '25 hours'", 'expired'],
  ])('are not sent, not even again, once %s', async (_, assignment, ended) => {
    await answer();
    expect(await sendings.begin(held, replyId, day)).toBe('begun');
    await change(assignment);
    await sendings.retry(held, replyId, 0, 613);
    expect(await sendings.begin(held, replyId, day)).toBe(ended);
    expect(await state()).toBe(ended);
  });

  it('that are replayed are judged by who answers when they are sent', async () => {
    await answer();
    await sendings.begin(held, replyId, day);
    await sendings.settle(held, replyId, 'unknown', null);
    await change("mode = 'human'");
    expect(await new DeadReplies(database).replay(replyId)).toBe(true);
    expect(await sendings.begin(held, replyId, day)).toBe('cancelled');
  });

  it.each(['sending', 'unknown', 'queued', 'failed'] as const)(
    'that Meta echoes were sent, also those that are %s',
    async (before) => {
      await answer();
      await sendings.begin(held, replyId, day);
      if (before === 'queued') await sendings.retry(held, replyId, 60_000, 613);
      else if (before !== 'sending') await sendings.settle(held, replyId, before, null);
      await inbox.takeOwnEchoes([{ replyId, mid: 'm_1' }]);
      expect(await state()).toBe('sent');
      expect(await sendings.next(held)).toBeNull();
    },
  );

  it('behind one that waits for its retry wait as well: their person does not come before', async () => {
    const message = await replies.waiting(held, day);
    const parts = ['who answers', 'the answer'].map(
      (text) => ({ id: randomUUID(), textSealed: Buffer.from(text), path: 'fixed', reason: null }) as const,
    );
    await replies.answer(held, message?.id ?? '', parts, { discloses: true, forgets: false });
    await sendings.begin(held, parts[0]?.id ?? '', day);
    await sendings.retry(held, parts[0]?.id ?? '', 3_600_000, 613);
    await replies.release(held);
    expect(await replies.claim(randomUUID(), 60_000)).toBeNull();
    const { rows } = await sql`
      select from velro.messenger_people where work_at > now() + interval '59 minutes'`.execute(
      database.query,
    );
    expect(rows).toHaveLength(1);
  });

  describe('whose worker has lost its lease', () => {
    beforeEach(async () => {
      await answer();
      await sendings.begin(held, replyId, day);
      await change('work_at = now()');
      const next = await replies.claim(randomUUID(), 60_000);
      expect(next?.token).not.toBe(held.token);
    });

    it('are neither tried again nor settled by it', async () => {
      await sendings.retry(held, replyId, 0, 613);
      await sendings.settle(held, replyId, 'failed', 100);
      expect(await state()).toBe('sending');
    });

    it('were sent all the same where Meta took them, also when they were given up meanwhile', async () => {
      await sql`update velro.messenger_replies set state = 'unknown'`.execute(database.query);
      await sendings.settleSent(replyId, 'm_1');
      expect(await state()).toBe('sent');
    });
  });

  it.each([
    ['within 24 hours of the person’s last message may be sent', '23 hours', true],
    ['later may not, and no model is asked for them', '25 hours', false],
  ])('%s', async (_, ago, isOpen) => {
    await change(`last_inbound_at = now() - interval '${ago}'`);
    expect((await replies.waiting(held, day))?.isOpen).toBe(isOpen);
  });

  it('to a message that was withdrawn change nothing of the person', async () => {
    const message = await replies.waiting(held, day);
    await sql`update velro.messenger_messages set state = 'ignored'`.execute(database.query);
    const reply = { id: randomUUID(), textSealed: Buffer.from('hi'), path: 'ai', reason: null } as const;
    const facts = { discloses: true, forgets: true };
    expect(await replies.answer(held, message?.id ?? '0', [reply], facts)).toBe(false);
    const { rows } = await sql`select disclosed_at, forget_at from velro.messenger_people`.execute(
      database.query,
    );
    expect(rows).toEqual([{ disclosed_at: null, forget_at: null }]);
  });
});
