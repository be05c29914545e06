import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { visitorTokenPolicy } from '../../config/policy/accounts/tokens.js';
import { chatPolicy } from '../../config/policy/assistants/chat.js';
import { Secret } from '../../config/values/secret.js';
import { PostgresDatabase } from '../../src/adapters/postgres/postgres-database.js';
import type { Transaction } from '../../src/database/database.js';
import {
  RunBeginningsRepository,
  type BeginRefusal,
  type BegunRun,
} from '../../src/features/assistants/chat/runs/run-beginnings.repository.js';
import { VisitorsRepository } from '../../src/features/assistants/visitors/visitors.repository.js';
import type { Caller } from '../../src/guards/route/caller.js';
import { MigratedDatabase } from '../support/database/migrated-database.js';
import { until } from '../support/process/wait-until.js';

interface Shop {
  readonly ownerId: string;
  readonly keyId: string;
}

describe('a claim of a visitor', () => {
  let stage: MigratedDatabase;
  let one: PostgresDatabase;
  let other: PostgresDatabase;
  let shop: Shop;
  let visitors: VisitorsRepository;
  const beginnings = new RunBeginningsRepository();
  beforeAll(async () => {
    stage = await MigratedDatabase.start();
    [one, other] = [stage.connect(), stage.connect()];
    visitors = new VisitorsRepository(one);
    shop = await open();
  });
  afterAll(async () => {
    await stage.stop();
  });

  const person = async (): Promise<Caller> => {
    const userId = randomUUID();
    await sql`insert into velro.users (id, email) values (${userId}, ${`${userId}@example.com`})`.execute(
      one.query,
    );
    return { ...nobody, userId };
  };
  const open = async (): Promise<Shop> => {
    const [{ userId: ownerId }, keyId] = [await person(), randomUUID()];
    await sql`insert into velro.api_keys (id, user_id, name, hash, prefix, scopes, expires_at)
      values (${keyId}, ${ownerId}, 'shop', ${randomBytes(32)}, 'velro_12345678', '{visitors}', now() + interval '1 day')`.execute(
      one.query,
    );
    return { ownerId, keyId };
  };
  const visitorOf = ({ ownerId, keyId }: Shop): Caller => ({
    ...nobody,
    sessionId: keyId,
    visitor: { ownerId, agentId: randomUUID(), address: '192.0.2.1' },
    userId: randomUUID(),
  });
  const claimsOf = ({ userId, sessionId, visitor }: Caller) => ({
    visitorId: userId,
    agentId: visitor?.agentId ?? '',
    keyId: sessionId,
    ownerId: visitor?.ownerId ?? '',
    epoch: 0,
    issuedAt: 0,
    expiresAt: 0,
  });
  const say = (tx: Transaction, who: Caller, conversationId: string): Promise<BegunRun | BeginRefusal> =>
    beginnings.begin(tx, who, {
      runId: randomUUID(),
      conversationId,
      answerId: randomUUID(),
      question: { id: randomUUID(), text: 'Hello?', title: 'Hello?', attachments: [] },
      repeatedId: null,
      agentId: null,
    });
  /** False: refused. Null: there is no room. */
  const claim = async (tx: Transaction, account: Caller, visitor: Caller): Promise<number | false | null> =>
    (await visitors.end(tx, claimsOf(visitor))) && (await visitors.move(tx, account, visitor.userId));
  const isWaiting = async (): Promise<boolean> => {
    const { rows } = await sql`select from pg_stat_activity where wait_event_type = 'Lock'`.execute(
      one.query,
    );
    return rows.length > 0;
  };
  /** `first` is done in a transaction that ends when `second` waits for it. */
  const after = async <A, B>(
    first: (tx: Transaction) => Promise<A>,
    second: (tx: Transaction) => Promise<B>,
  ): Promise<[A, B]> => {
    const { done, rest } = await one.transaction(async (tx) => {
      const result = await first(tx);
      const pending = other.transaction(second);
      await until(isWaiting, 'the second one waits');
      // In an object: it would be waited for.
      return { done: result, rest: { pending } };
    });
    return [done, await rest.pending];
  };
  const stored = async (who: Caller): Promise<readonly [number, number]> => {
    const { rows } = await sql<{ conversations: number; messages: number }>`
      select (select count(*) from velro.conversations where user_id = ${who.userId})::int as conversations,
        (select count(*) from velro.chat_messages where user_id = ${who.userId})::int as messages`.execute(
      one.query,
    );
    return [rows[0]?.conversations ?? -1, rows[0]?.messages ?? -1];
  };

  describe.each([
    ['that has asked', true],
    ['that has not asked yet', false],
  ])('%s', (_what, hasAsked) => {
    const arrived = async (): Promise<Caller> => {
      const visitor = visitorOf(shop);
      if (hasAsked) await one.transaction((tx) => say(tx, visitor, 'earlier'));
      return visitor;
    };
    const earlier = hasAsked ? 1 : 0;

    it('refuses a question that comes at the same time behind it, and nothing of that is stored', async () => {
      const [ada, visitor] = [await person(), await arrived()];
      const [moved, answered] = await after(
        (tx) => claim(tx, ada, visitor),
        (tx) => say(tx, visitor, 'later'),
      );
      expect([moved, answered]).toEqual([earlier, 'visitor_ended']);
      expect([await stored(ada), await stored(visitor)]).toEqual([
        [earlier, earlier],
        [0, 0],
      ]);
    });

    it('takes a question along that comes at the same time before it', async () => {
      const [ada, visitor] = [await person(), await arrived()];
      const [begun, moved] = await after(
        (tx) => say(tx, visitor, 'later'),
        (tx) => claim(tx, ada, visitor),
      );
      expect([typeof begun, moved]).toEqual(['object', earlier + 1]);
      expect([await stored(ada), await stored(visitor)]).toEqual([
        [earlier + 1, earlier + 1],
        [0, 0],
      ]);
    });

    it('is one of two at the same time, and the other one is refused', async () => {
      const [ada, eve, visitor] = [await person(), await person(), await arrived()];
      const both = await after(
        (tx) => claim(tx, ada, visitor),
        (tx) => claim(tx, eve, visitor),
      );
      expect(both).toEqual([earlier, false]);
      expect([await stored(ada), await stored(eve)]).toEqual([
        [earlier, earlier],
        [0, 0],
      ]);
    });

    it('leaves nobody whom the site’s key still knows', async () => {
      const [ada, visitor, caller] = [await person(), await arrived(), { ...nobody, sessionId: shop.keyId }];
      expect(await visitors.isKnown(caller, visitor.userId)).toBe(hasAsked);
      await one.transaction((tx) => claim(tx, ada, visitor));
      expect(await visitors.isKnown(caller, visitor.userId)).toBe(false);
    });
  });

  it('is remembered for longer than the visitor’s tokens live, and deleted with the visitors that did not come back', async () => {
    const [ada, visitor] = [await person(), visitorOf(shop)];
    await one.transaction((tx) => say(tx, visitor, 'c'));
    const age = (days: number) =>
      sql`update velro.visitors set seen_at = seen_at - ${days} * interval '1 day' where id = ${visitor.userId}`.execute(
        one.query,
      );
    const isThere = async (): Promise<boolean> =>
      (await one.query.selectFrom('visitors').where('id', '=', visitor.userId).select('id').execute())
        .length === 1;
    await age(visitorTokenPolicy.keepDays + 1);
    await one.transaction((tx) => claim(tx, ada, visitor));
    await visitors.purge();
    expect(await isThere()).toBe(true);
    await age(visitorTokenPolicy.keepDays + 1);
    await visitors.purge();
    expect([await isThere(), await stored(ada)]).toEqual([false, [1, 1]]);
  });

  it('moves as much as a visitor may have within the time of a request', async () => {
    const [ada, visitor] = [await person(), visitorOf(shop)];
    const { perVisitor, messagesOfVisitor } = chatPolicy;
    await one.transaction((tx) => say(tx, visitor, 'c1'));
    await sql`insert into velro.conversations (user_id, visitor_id, id, title)
      select ${visitor.userId}, ${visitor.userId}, 'c' || n, 'x' from generate_series(2, ${perVisitor}) n`.execute(
      one.query,
    );
    await sql`insert into velro.chat_messages (user_id, conversation_id, number, id, role, text)
      select ${visitor.userId}, 'c' || c, n, 'm' || n, 'user', repeat('word' || n || ' w' || c || ' ', 50)
      from generate_series(1, ${perVisitor}::integer) c, generate_series(2, ${messagesOfVisitor}::integer) n`.execute(
      one.query,
    );
    const asService = new PostgresDatabase(new Secret(stage.appUrl), () => undefined);
    try {
      expect(await asService.transaction((tx) => claim(tx, ada, visitor))).toBe(perVisitor);
    } finally {
      await asService.close();
    }
    const all = perVisitor * messagesOfVisitor - (perVisitor - 1);
    expect([await stored(ada), await stored(visitor)]).toEqual([
      [perVisitor, all],
      [0, 0],
    ]);
  });

  it('is of conversations that have fewer messages than a person’s', async () => {
    const visitor = visitorOf(shop);
    await one.transaction((tx) => say(tx, visitor, 'full'));
    const ended = sql`update velro.chat_runs set is_running = false where user_id = ${visitor.userId}`;
    await ended.execute(one.query);
    const reach = (number: number) =>
      sql`update velro.conversations set last_number = ${number} where user_id = ${visitor.userId}`.execute(
        one.query,
      );
    await reach(chatPolicy.messagesOfVisitor);
    expect(await one.transaction((tx) => say(tx, visitor, 'full'))).toBe('conversation_full');
    expect(await stored(visitor)).toEqual([1, 1]);
    await reach(chatPolicy.messagesOfVisitor - 1);
    expect(typeof (await one.transaction((tx) => say(tx, visitor, 'full')))).toBe('object');
  });

  it('makes the id anew of a conversation that the account begins at the same time', async () => {
    const [ada, visitor] = [await person(), visitorOf(shop)];
    await one.transaction((tx) => say(tx, visitor, 'same'));
    const [begun, moved] = await after(
      (tx) => say(tx, ada, 'same'),
      (tx) => claim(tx, ada, visitor),
    );
    expect([typeof begun, moved, await stored(ada)]).toEqual(['object', 1, [2, 2]]);
  });

  it('is seen by a question of the account at the same time in a conversation of an id that moves', async () => {
    const [ada, visitor] = [await person(), visitorOf(shop)];
    await one.transaction((tx) => say(tx, visitor, 'same'));
    const [moved, begun] = await after(
      (tx) => claim(tx, ada, visitor),
      (tx) => say(tx, ada, 'same'),
    );
    expect([moved, begun, await stored(ada)]).toEqual([1, 'busy', [1, 1]]);
  });

  it('is refused where the account would have too many conversations, and nothing is moved', async () => {
    const [ada, visitor] = [await person(), visitorOf(shop)];
    await one.transaction((tx) => say(tx, visitor, 'c1'));
    await one.transaction((tx) => say(tx, visitor, 'c2'));
    await sql`insert into velro.conversations (user_id, id, title)
      select ${ada.userId}, 'a' || n, 'a' from generate_series(2, ${chatPolicy.perUser}) n`.execute(
      one.query,
    );
    const refused = one.transaction(async (tx) => {
      const moved = await claim(tx, ada, visitor);
      if (moved === null) throw new Error('refused');
    });
    await expect(refused).rejects.toThrow('refused');
    expect([await stored(ada), await stored(visitor)]).toEqual([
      [chatPolicy.perUser - 1, 0],
      [2, 2],
    ]);
    await sql`delete from velro.conversations where user_id = ${ada.userId} and id = 'a2'`.execute(one.query);
    expect(await one.transaction((tx) => claim(tx, ada, visitor))).toBe(2);
  });

  it('of a key that is deleted is refused, and so is a question', async () => {
    const [ada, closed] = [await person(), await open()];
    const visitor = visitorOf(closed);
    await sql`delete from velro.api_keys where id = ${closed.keyId}`.execute(one.query);
    expect(await one.transaction((tx) => say(tx, visitor, 'c'))).toBe('visitor_ended');
    expect(await one.transaction((tx) => claim(tx, ada, visitor))).toBe(false);
    expect([await stored(ada), await stored(visitor)]).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });
});

const nobody: Caller = {
  userId: randomUUID(),
  sessionId: randomUUID(),
  tokenId: randomUUID(),
  role: 'user',
  ver: 0,
  authTime: 0,
  issuedAt: 0,
  expiresAt: 0,
  scopes: null,
  key: null,
};
