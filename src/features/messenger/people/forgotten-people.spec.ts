import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { noEntry } from '../../../../test/support/database/audit-log.js';
import { MigratedDatabase } from '../../../../test/support/database/migrated-database.js';
import { until } from '../../../../test/support/process/wait-until.js';
import { Secret } from '../../../../config/values/secret.js';
import { PostgresDatabase } from '../../../adapters/postgres/postgres-database.js';
import { Log } from '../../../observability/log.js';
import { DeadReplies } from '../answers/dead-replies.repository.js';
import { RepliesRepository } from '../answers/replies.repository.js';
import { SendingsRepository } from '../answers/sendings.repository.js';
import { DeletionsRepository } from '../deletion/deletions.repository.js';
import {
  InboxRepository,
  type StoredEcho,
  type StoredMessage,
  type StoredPerson,
} from '../inbound/inbox.repository.js';
import { MessengerPurge } from './messenger.purge.js';
import { PeopleRepository } from './people.repository.js';

const day = 24 * 3_600_000;
const forever = new AbortController().signal;
const firstPage = { limit: 20, cursor: null };

describe('somebody of Messenger who is forgotten', () => {
  let stage: MigratedDatabase;
  let database: PostgresDatabase;
  let inbox: InboxRepository;
  let people: PeopleRepository;
  let replies: RepliesRepository;
  let sendings: SendingsRepository;
  let dead: DeadReplies;
  let purge: MessengerPurge;
  let ada: StoredPerson;
  beforeAll(async () => {
    stage = await MigratedDatabase.start();
    database = stage.connect();
    inbox = new InboxRepository(database);
    people = new PeopleRepository(database);
    replies = new RepliesRepository(database);
    sendings = new SendingsRepository(database);
    dead = new DeadReplies(database);
    purge = new MessengerPurge(people, new DeletionsRepository(database), Log.silent());
  });
  afterAll(() => stage.stop());
  const somebody = (): StoredPerson => ({
    personId: randomUUID(),
    pageId: '1',
    psidHash: randomBytes(32),
    earlierHash: null,
    psidSealed: Buffer.from('sealed'),
  });
  beforeEach(async () => {
    await stage.asOwner('truncate velro.messenger_people, velro.messenger_forgotten_messages cascade');
    ada = somebody();
  });

  const messageOf = (person: StoredPerson, given: Partial<StoredMessage> = {}): StoredMessage => ({
    ...person,
    personId: randomUUID(),
    mid: randomUUID(),
    kind: 'text',
    textSealed: Buffer.from('hello'),
    sentAt: new Date(),
    asksDeletion: false,
    ...given,
  });
  const echoOf = (person: StoredPerson, sentAt: Date | null = new Date()): StoredEcho => ({
    ...person,
    personId: randomUUID(),
    mid: randomUUID(),
    replyId: null,
    sentAt,
  });
  const write = async (count: number, person = ada): Promise<string> => {
    await inbox.takeMessages(Array.from({ length: count }, () => messageOf(person)));
    return idOf(person);
  };
  const idOf = async ({ psidHash }: StoredPerson): Promise<string> => {
    const { rows } = await sql<{ id: string }>`
      select id from velro.messenger_people where psid_hash = ${psidHash}`.execute(database.query);
    return rows[0]?.id ?? 'nobody';
  };
  const rowsOf = async (table: 'people' | 'messages' | 'replies' | 'forgotten_messages'): Promise<number> => {
    const { rows } = await sql<{ count: number }>`
      select count(*)::integer as count from ${sql.raw(`velro.messenger_${table}`)}`.execute(database.query);
    return rows[0]?.count ?? -1;
  };
  const listed = async (): Promise<string[]> =>
    (await people.list(firstPage, null, null)).items.map(({ id }) => id);

  it('with a few messages is deleted at once, and nobody else', async () => {
    const id = await write(3);
    const bob = await write(2, somebody());
    expect(await people.forget(id, noEntry)).toBe(true);
    expect([await listed(), await rowsOf('people'), await rowsOf('messages')]).toEqual([[bob], 1, 2]);
    expect(await people.forget(id, noEntry)).toBe(false);
  });

  describe('with more than one statement deletes', () => {
    let id: string;
    beforeEach(async () => {
      id = await write(1200);
      const held = await replies.claim(randomUUID(), 60_000);
      if (held === null) throw new Error('nobody waits');
      const { rows } = await sql<{ id: string }>`
        select max(id)::text as id from velro.messenger_messages`.execute(database.query);
      const reply = {
        id: randomUUID(),
        textSealed: Buffer.from('hi'),
        path: 'ai',
        reason: null,
      } as const;
      const facts = { discloses: false, forgets: false };
      await replies.answer(held, rows[0]?.id ?? '', [reply], facts);
      await sendings.begin(held, reply.id, day);
      await sendings.settle(held, reply.id, 'failed', 100);
      await replies.release(held);
      expect((await dead.list(firstPage)).items).toHaveLength(1);
      expect(await people.forget(id, noEntry)).toBe(true);
      expect(await rowsOf('messages')).toBeGreaterThan(0);
    });

    it('is known to nobody from then on, and its rows go in batches', async () => {
      const [left] = (
        await sql`select psid_sealed, work_at, lease from velro.messenger_people`.execute(database.query)
      ).rows;
      expect(left).toEqual({ psid_sealed: Buffer.alloc(0), work_at: null, lease: null });
      expect([await idOf(ada), await listed(), await people.forget(id, noEntry)]).toEqual([
        'nobody',
        [],
        false,
      ]);
      expect(await people.change(id, { mode: 'bot', blocked: null }, noEntry)).toBeNull();
      expect((await dead.list(firstPage)).items).toEqual([]);
      const { rows } = await sql<{ id: string }>`select id from velro.messenger_replies`.execute(
        database.query,
      );
      for (const reply of rows) expect(await dead.replay(reply.id)).toBe(false);
      expect(await replies.claim(randomUUID(), 60_000)).toBeNull();
      await purge.run(forever);
      expect([await rowsOf('people'), await rowsOf('messages'), await rowsOf('replies')]).toEqual([0, 0, 0]);
    });

    it('is somebody new who writes again, and keeps what they write', async () => {
      const again = await write(1);
      expect(again).not.toBe(id);
      await purge.run(forever);
      expect([await listed(), await rowsOf('messages')]).toEqual([[again], 1]);
    });
  });

  it('while blocked stays so by the hash, and keeps what is written once the block is lifted', async () => {
    const id = await write(1200);
    await sql`
      update velro.messenger_messages set asks_deletion = id = (select max(id) from velro.messenger_messages),
        state = case when id = (select max(id) from velro.messenger_messages) then 'waiting' else 'answered' end`.execute(
      database.query,
    );
    await people.change(id, { mode: null, blocked: true }, noEntry);
    expect(await people.forget(id, noEntry)).toBe(true);
    expect(await rowsOf('messages')).toBeGreaterThan(0);
    expect(await inbox.takeMessages([messageOf(ada)])).toEqual({ taken: 0, refused: 1 });
    await people.change(id, { mode: null, blocked: false }, noEntry);
    expect(await inbox.takeMessages([messageOf(ada)])).toEqual({ taken: 1, refused: 0 });
    const held = await replies.claim(randomUUID(), 60_000);
    if (held === null) throw new Error('nobody waits');
    const newest = await replies.waiting(held, day);
    // What was asked before is done.
    expect(newest?.asksDeletion).toBe(false);
    // What waits for its deletion is no part of the conversation.
    expect(await replies.history(held, newest?.id ?? '', 10)).toEqual([]);
    await purge.run(forever);
    expect([await idOf(ada), await rowsOf('messages')]).toEqual([id, 1]);
    await purge.run(forever);
    expect([await idOf(ada), await rowsOf('messages')]).toEqual([id, 1]);
  });

  it('while blocked, by a message of their own, is answered nothing', async () => {
    const id = await write(3);
    await people.change(id, { mode: null, blocked: true }, noEntry);
    const request = messageOf(ada, { asksDeletion: true });
    expect(await inbox.takeMessages([request])).toEqual({ taken: 0, refused: 1 });
    expect([await idOf(ada), await rowsOf('messages')]).toEqual([id, 0]);
    expect(await replies.claim(randomUUID(), 60_000)).toBeNull();
  });

  it('is not stored again by what Meta delivers again, beside what is new', async () => {
    const [first, second] = [messageOf(ada), messageOf(somebody())];
    await inbox.takeMessages([first]);
    await people.forget(await idOf(ada), noEntry);
    expect(await inbox.takeMessages([first, second])).toEqual({ taken: 1, refused: 0 });
    expect([await idOf(ada), await rowsOf('people'), await rowsOf('messages')]).toEqual(['nobody', 1, 1]);
  });

  it('is known by no message any more once Meta delivers none of them again', async () => {
    await write(2);
    await sql`update velro.messenger_messages set received_at = now() - interval '37 hours' where id = (
      select min(id) from velro.messenger_messages)`.execute(database.query);
    await people.forget(await idOf(ada), noEntry);
    // The young one, and the person.
    expect(await rowsOf('forgotten_messages')).toBe(2);
    await purge.run(forever);
    expect(await rowsOf('forgotten_messages')).toBe(2);
    await sql`update velro.messenger_forgotten_messages set until = now() - interval '1 second'`.execute(
      database.query,
    );
    await purge.run(forever);
    expect(await rowsOf('forgotten_messages')).toBe(0);
  });

  it('is not stored again by what is delivered again in the middle of it', async () => {
    const message = messageOf(ada);
    await inbox.takeMessages([message]);
    const id = await idOf(ada);
    const elsewhere = new InboxRepository(stage.connect());
    const { taking } = await database.transaction(async (tx) => {
      await sql`select velro.forget_messenger_person(${id}::uuid)`.execute(tx);
      const taking = elsewhere.takeMessages([{ ...message, personId: randomUUID() }]);
      await until(async () => {
        const { rows } = await sql`select from pg_stat_activity where wait_event_type = 'Lock'`.execute(
          database.query,
        );
        return rows.length > 0;
      }, 'the message waits');
      // In an object: it would be waited for.
      return { taking };
    });
    // Nobody is told of a message that is not there.
    expect(await taking).toMatchObject({ taken: 0 });
    expect([await rowsOf('people'), await rowsOf('messages')]).toEqual([0, 0]);
  });

  it('is not stored again by what is delivered again while a sweep deletes it', async () => {
    const messages = Array.from({ length: 1200 }, () => messageOf(ada));
    await inbox.takeMessages(messages);
    await people.forget(await idOf(ada), noEntry);
    const last = messages.at(-1);
    if (last === undefined) throw new Error('no message');
    const elsewhere = new InboxRepository(stage.connect());
    const { taking } = await database.transaction(async (tx) => {
      await sql`select velro.sweep_removed_messenger_people(2000)`.execute(tx);
      const pending = elsewhere.takeMessages([{ ...last, personId: randomUUID() }]);
      await until(async () => {
        const { rows } = await sql`select from pg_stat_activity where wait_event_type = 'Lock'`.execute(
          database.query,
        );
        return rows.length > 0;
      }, 'the message waits');
      return { taking: pending };
    });
    await taking;
    await purge.run(forever);
    expect([await rowsOf('people'), await rowsOf('messages')]).toEqual([0, 0]);
  });

  it('is not stored again by an echo of before, and by one of later', async () => {
    await write(1);
    const before = new Date(Date.now() - 1000);
    await people.forget(await idOf(ada), noEntry);
    expect(await inbox.takeEchoes([echoOf(ada, before), echoOf(ada, null)])).toEqual([]);
    expect(await rowsOf('people')).toBe(0);
    expect(await inbox.takeEchoes([echoOf(ada, new Date(Date.now() + 1000))])).toHaveLength(1);
    expect(await rowsOf('people')).toBe(1);
  });

  describe('by a message while a human answers', () => {
    const takeOver = () => inbox.takeEchoes([echoOf(ada)]);
    const states = async (): Promise<unknown[]> =>
      (
        await sql`select state, asks_deletion from velro.messenger_messages order by id`.execute(
          database.query,
        )
      ).rows;

    it('is answered all the same, as no other message is', async () => {
      await write(1);
      await takeOver();
      await inbox.takeMessages([messageOf(ada), messageOf(ada, { asksDeletion: true })]);
      expect(await states()).toEqual([
        { state: 'ignored', asks_deletion: false },
        { state: 'ignored', asks_deletion: false },
        { state: 'waiting', asks_deletion: true },
      ]);
    });

    it('is not withdrawn by who takes over, nor is its confirmation', async () => {
      await inbox.takeMessages([messageOf(ada, { asksDeletion: true }), messageOf(ada)]);
      await takeOver();
      expect(await states()).toEqual([
        { state: 'waiting', asks_deletion: true },
        { state: 'ignored', asks_deletion: false },
      ]);
      const held = await replies.claim(randomUUID(), 60_000);
      if (held === null) throw new Error('nobody waits');
      const message = await replies.waiting(held, day);
      expect(message?.asksDeletion).toBe(true);
      const reply = {
        id: randomUUID(),
        textSealed: Buffer.from('done'),
        path: 'fixed',
        reason: null,
      } as const;
      await replies.answer(held, message?.id ?? '', [reply], { discloses: false, forgets: true });
      await sql`update velro.messenger_people set mode = 'bot'`.execute(database.query);
      await takeOver();
      expect(await sendings.begin(held, reply.id, day)).toBe('begun');
      await sendings.settleSent(reply.id, 'm_1');
      await replies.release(held);
      expect([await rowsOf('people'), await rowsOf('messages')]).toEqual([0, 0]);
    });
  });

  it('or who is not: echoes and messages of the same people come at once, and lock them in one order', async () => {
    for (let round = 0; round < 40; round++) {
      const [known, unknown] = [somebody(), somebody()].toSorted((one, other) =>
        Buffer.compare(one.psidHash, other.psidHash),
      );
      if (known === undefined || unknown === undefined) throw new Error('nobody');
      await write(1, round % 2 === 0 ? known : unknown);
      const other = new InboxRepository(database);
      const outcomes = await Promise.allSettled([
        other.takeEchoes([echoOf(known), echoOf(unknown)]),
        inbox.takeMessages([messageOf(known), messageOf(unknown)]),
      ]);
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    }
  });

  it('or who is not, and whose lock is held for long, keeps nobody else’s message from being stored', async () => {
    await write(1);
    const service = new PostgresDatabase(new Secret(stage.appUrl), () => undefined);
    try {
      const impatient = new InboxRepository(service);
      const bob = somebody();
      await database.transaction(async (tx) => {
        await sql`select from velro.messenger_people where psid_hash = ${ada.psidHash} for update`.execute(
          tx,
        );
        const outcomes = await Promise.allSettled([
          impatient.takeMessages([messageOf(ada)]),
          impatient.takeMessages([messageOf(ada)]),
          impatient.takeMessages([messageOf(bob)]),
        ]);
        expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
      });
      expect(await idOf(bob)).not.toBe('nobody');
    } finally {
      await service.close();
    }
  });

  it('or who is not: deliveries that come together are stored together, and each learns what was new of it', async () => {
    const messages = Array.from({ length: 20 }, (_, place) =>
      messageOf({ ...ada, psidHash: Buffer.alloc(32, place % 3) }),
    );
    const [one, two] = [messageOf(ada), messageOf(ada)];
    await inbox.takeMessages([one]);
    const taken = await Promise.all([
      ...messages.map((message) => inbox.takeMessages([message])),
      inbox.takeMessages([one, two, one]),
    ]);
    expect(taken).toEqual([...Array<object>(20).fill({ taken: 1, refused: 0 }), { taken: 1, refused: 0 }]);
    expect(await rowsOf('messages')).toBe(22);
  });
});
