import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { somebody } from '../../../../test/support/meta/graph-server.js';
import { MigratedDatabase } from '../../../../test/support/database/migrated-database.js';
import { Secret } from '../../../../config/values/secret.js';
import type { PostgresDatabase } from '../../../adapters/postgres/postgres-database.js';
import { SystemClock, SystemRandom } from '../../../adapters/system/system.js';
import { Log } from '../../../observability/log.js';
import { DeletionsRepository } from '../deletion/deletions.repository.js';
import { InboxRepository } from '../inbound/inbox.repository.js';
import { MessengerInbox } from '../inbound/messenger-inbox.js';
import { MessengerIds } from './messenger-ids.js';
import { MessengerRekey } from './messenger.rekey.js';
import { RekeyRepository } from './rekey.repository.js';

const pageId = '1029384756';
const random = new SystemRandom();
const newKey = (): Secret => new Secret(random.bytes(32).toString('base64'));
const never = new AbortController().signal;

/** An instance with these keys. */
class Instance {
  readonly ids: MessengerIds;
  private readonly inbox: MessengerInbox;
  private readonly rekeying: MessengerRekey;

  constructor(database: PostgresDatabase, current: Secret, previous: Secret | null = null) {
    this.ids = new MessengerIds({ pseudonymKey: { current, previous } }, random);
    const repository = new InboxRepository(database);
    this.inbox = new MessengerInbox({ piiRedaction: false }, this.ids, repository, new SystemClock(), random);
    this.rekeying = new MessengerRekey(new RekeyRepository(database), this.ids, Log.silent());
  }

  take(psid: string, ...texts: readonly string[]) {
    return this.inbox.takeMessages(
      texts.map((text) => ({ pageId, psid, mid: randomUUID(), kind: 'text', text, sentAt: Date.now() })),
    );
  }

  /** What a human of the page wrote. */
  echo(psid: string): Promise<number> {
    return this.inbox.takeEchoes([{ pageId, psid, mid: randomUUID(), metadata: null, sentAt: null }]);
  }

  rekey(): Promise<void> {
    return this.rekeying.run(never);
  }
}

describe('people of Messenger, in a rotation of PSEUDONYM_KEY', () => {
  const [first, second] = [newKey(), newKey()];
  let stage: MigratedDatabase;
  let database: PostgresDatabase;
  let [before, during, after]: Instance[] = [];
  const on = (instance: Instance | undefined): Instance => {
    if (instance === undefined) throw new Error('not started');
    return instance;
  };
  beforeAll(async () => {
    stage = await MigratedDatabase.start();
    database = stage.connect();
    before = new Instance(database, first);
    during = new Instance(database, second, first);
    after = new Instance(database, second);
  });
  afterAll(() => stage.stop());
  beforeEach(() => stage.asOwner('truncate velro.messenger_people cascade'));

  interface Row {
    readonly id: string;
    readonly psid_hash: Buffer;
    readonly psid_sealed: Buffer;
    readonly mode: string;
    readonly blocked_at: Date | null;
  }
  const people = async (): Promise<Row[]> =>
    (await sql<Row>`select * from velro.messenger_people order by created_at`.execute(database.query)).rows;
  const texts = async (instance: Instance): Promise<(string | null)[]> =>
    (
      await sql<{
        sealed: Buffer;
      }>`select text_sealed as sealed from velro.messenger_messages order by id`.execute(database.query)
    ).rows.map(({ sealed }) => instance.ids.open(sealed, 'text', pageId));
  const change = (assignment: string) =>
    sql`update velro.messenger_people set ${sql.raw(assignment)}`.execute(database.query);

  it('stay who they are when they write again', async () => {
    const ada = somebody();
    await on(before).take(ada, 'one');
    expect(await on(during).take(ada, 'two')).toEqual({ taken: 1, refused: 0 });
    expect(await people()).toHaveLength(1);
    expect(await texts(on(during))).toEqual(['one', 'two']);
  });

  it('stay blocked', async () => {
    const ada = somebody();
    await on(before).take(ada, 'one');
    await change('blocked_at = now()');
    expect(await on(during).take(ada, 'two')).toEqual({ taken: 0, refused: 1 });
    await on(during).rekey();
    expect(await on(after).take(ada, 'three')).toEqual({ taken: 0, refused: 1 });
    expect(await texts(on(after))).toEqual(['one']);
  });

  it('stay with the human who answers them', async () => {
    const ada = somebody();
    await on(before).take(ada, 'one');
    expect(await on(during).echo(ada)).toBe(1);
    expect((await people()).map(({ mode }) => mode)).toEqual(['human']);
  });

  it('are told apart in one batch, whoever of them was there before', async () => {
    const [ada, bob] = [somebody(), somebody()];
    await on(before).take(ada, 'one');
    await on(during).take(bob, 'two');
    await on(during).take(ada, 'three');
    await on(during).take(bob, 'four');
    expect(await people()).toHaveLength(2);
  });

  it('need the earlier key no more once they were moved, nor do their texts', async () => {
    const ada = somebody();
    await on(before).take(ada, 'one', 'two');
    const [{ id } = { id: '' }] = await people();
    await on(during).rekey();
    const [moved] = await people();
    expect(moved).toMatchObject({ id, psid_hash: on(after).ids.hashOf(pageId, ada) });
    expect(on(after).ids.open(moved?.psid_sealed ?? Buffer.alloc(0), 'psid', pageId)).toBe(ada);
    expect(await texts(on(after))).toEqual(['one', 'two']);
    expect(await on(after).take(ada, 'three')).toEqual({ taken: 1, refused: 0 });
    expect(await people()).toHaveLength(1);
  });

  it('are moved however many they are', async () => {
    const many = Array.from({ length: 450 }, somebody);
    for (const psid of many) await on(before).take(psid, 'hello');
    await on(during).rekey();
    const hashes = new Set((await people()).map(({ psid_hash }) => psid_hash.toString('hex')));
    expect(hashes).toEqual(new Set(many.map((psid) => on(after).ids.hashOf(pageId, psid).toString('hex'))));
    expect(await texts(on(after))).toEqual(many.map(() => 'hello'));
  });

  it('become one where both keys stored them, blocked as either was', async () => {
    const ada = somebody();
    await on(after).take(ada, 'by the new one');
    await change('blocked_at = now()');
    await on(before).take(ada, 'by the old one');
    expect(await people()).toHaveLength(2);
    await on(during).rekey();
    const [one, ...others] = await people();
    expect([one?.psid_hash, others]).toEqual([on(after).ids.hashOf(pageId, ada), []]);
    expect(one?.blocked_at).not.toBeNull();
    expect(await texts(on(after))).toEqual(['by the new one', 'by the old one']);
  });

  it('are left to the worker who has them, and moved the next time', async () => {
    const ada = somebody();
    await on(before).take(ada, 'one');
    await change("lease = gen_random_uuid(), work_at = now() + interval '1 minute'");
    await on(during).rekey();
    expect((await people()).map(({ psid_hash }) => psid_hash)).toEqual([on(before).ids.hashOf(pageId, ada)]);
    await change('lease = null, work_at = null');
    await on(during).rekey();
    expect((await people()).map(({ psid_hash }) => psid_hash)).toEqual([on(after).ids.hashOf(pageId, ada)]);
  });

  it('are not stored twice when they write while they are moved', async () => {
    const many = Array.from({ length: 40 }, somebody);
    for (const psid of many) await on(before).take(psid, 'one');
    const other = new Instance(stage.connect(), second, first);
    await Promise.all([on(during).rekey(), ...many.map((psid) => other.take(psid, 'two'))]);
    await on(during).rekey();
    expect(await people()).toHaveLength(many.length);
    expect(await texts(on(after))).toHaveLength(2 * many.length);
  });

  it('are forgotten by whichever key they are stored', async () => {
    const [ada, bob] = [somebody(), somebody()];
    await on(before).take(ada, 'one');
    await on(during).take(bob, 'two');
    const deletions = new DeletionsRepository(database);
    const code = randomUUID();
    const { ids } = on(during);
    await deletions.add(code, ids.seal('app user', 'app user', code));
    await deletions.carryOut(
      code,
      [ada, bob].map((psid) => ({
        pageId,
        psidHash: ids.hashOf(pageId, psid),
        earlierHash: ids.earlierHashOf(pageId, psid),
      })),
    );
    expect([await people(), await deletions.find(code)]).toEqual([
      [],
      expect.objectContaining({ state: 'done', forgotten: 2 }),
    ]);
  });

  it('have their requests for deletion moved as well', async () => {
    const deletions = new DeletionsRepository(database);
    const code = randomUUID();
    await deletions.add(code, on(before).ids.seal('123', 'app user', code));
    await on(during).rekey();
    const open = await deletions.claim(1000);
    expect(on(after).ids.open(open?.appUserSealed ?? Buffer.alloc(0), 'app user', code)).toBe('123');
  });
});
