import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { webhookPolicy } from '../../../../config/policy/operations/webhook-endpoints.js';
import { Secret } from '../../../../config/values/secret.js';
import { HandClock } from '../../../../test/support/clock/hand-clock.js';
import { MigratedDatabase } from '../../../../test/support/database/migrated-database.js';
import type { PostgresDatabase } from '../../../adapters/postgres/postgres-database.js';
import { SystemRandom } from '../../../adapters/system/system.js';
import { Log } from '../../../observability/log.js';
import { SealedSecretsRepository } from './sealed-secrets.repository.js';
import { WebhookReseal } from './webhook-reseal.js';
import { WebhookSecrets } from './webhook-secrets.js';

const [earlier, later] = [new Secret('e'.repeat(64)), new Secret('l'.repeat(64))];
const keysOf = (current: Secret, previous: Secret | null) => ({
  webhookGatewaySecret: { current, previous },
});
const secretsOf = (current: Secret, previous: Secret | null = null) =>
  new WebhookSecrets(keysOf(current, previous), new SystemRandom());
const never = new AbortController().signal;

describe('the secrets of webhook endpoints, after a rotation of their key', () => {
  const [before, during, after] = [secretsOf(earlier), secretsOf(later, earlier), secretsOf(later)];
  let stage: MigratedDatabase;
  let database: PostgresDatabase;
  beforeAll(async () => {
    stage = await MigratedDatabase.start();
    database = stage.connect();
  });
  afterAll(async () => {
    await stage.stop();
  });
  beforeEach(async () => {
    await stage.asOwner('truncate velro.webhook_endpoints cascade');
  });

  const task = (stored = new SealedSecretsRepository(stage.connect())) =>
    new WebhookReseal(keysOf(later, earlier), stored, during, new HandClock(), Log.silent());
  const plain = before.create();
  const add = async (by: WebhookSecrets, previous: WebhookSecrets | null = null, until = '1 hour') => {
    const id = randomUUID();
    await sql`insert into velro.webhook_endpoints (id, user_id, url, event_types, secret_sealed, previous_secret_sealed, previous_until)
      values (${id}, null, 'https://hooks.example.com/', '{budget.reached}', ${by.seal(id, plain)},
        ${previous?.seal(id, plain) ?? null}, now() + ${until}::interval)`.execute(database.query);
    return id;
  };
  interface Row {
    readonly id: string;
    readonly secret_sealed: Buffer;
    readonly previous_secret_sealed: Buffer | null;
  }
  const rows = async () =>
    (await sql<Row>`select * from velro.webhook_endpoints order by id`.execute(database.query)).rows;

  it('open with the present key alone once a run is over, by two instances at once, in batches', async () => {
    const count = webhookPolicy.resealBatch + 20;
    for (let made = 0; made < count; made++) await add(before, made % 3 === 0 ? before : null);
    await Promise.all([task().run(never), task().run(never)]);
    for (const { id, secret_sealed: sealed, previous_secret_sealed: previous } of await rows()) {
      expect(after.open(id, sealed)).toEqual({ plain, current: true });
      if (previous !== null) expect(after.open(id, previous)).toEqual({ plain, current: true });
    }
    expect(await task().run(never)).toEqual({ current: count, resealed: 0, unreadable: 0, changed: 0 });
  });

  it('stay as they are where they are sealed under the present key, and where none opens them', async () => {
    await add(during);
    await add(during, before);
    await add(before, before, '-1 hour');
    await add(secretsOf(new Secret('x'.repeat(64))));
    const [old] = [await rows()];
    expect(await task().run(never)).toEqual({ current: 1, resealed: 2, unreadable: 1, changed: 0 });
    const changed = (await rows()).filter(
      ({ secret_sealed: sealed }, at) => !old[at]?.secret_sealed.equals(sealed),
    );
    expect(changed).toHaveLength(2);
  });

  it('are left to the next run where they change meanwhile', async () => {
    const id = await add(before);
    const stored = new SealedSecretsRepository(database);
    const replace = stored.replace.bind(stored);
    const rotated = during.seal(id, after.create());
    stored.replace = async (...of) => {
      await sql`update velro.webhook_endpoints set secret_sealed = ${rotated}, previous_secret_sealed = secret_sealed`.execute(
        database.query,
      );
      return replace(...of);
    };
    expect(await task(stored).run(never)).toEqual({ current: 0, resealed: 0, unreadable: 0, changed: 1 });
    expect((await rows())[0]?.secret_sealed).toEqual(rotated);
    await task().run(never);
    const [row] = await rows();
    expect(after.open(id, row?.previous_secret_sealed ?? rotated)).toEqual({ plain, current: true });
  });

  it('that a run did not come to are sealed by the next one', async () => {
    for (let made = 0; made < 3; made++) await add(before);
    const stop = new AbortController();
    const stored = new SealedSecretsRepository(database);
    const replace = stored.replace.bind(stored);
    stored.replace = (...of) => {
      stop.abort();
      return replace(...of);
    };
    expect(await task(stored).run(stop.signal)).toBeNull();
    expect(await task().run(never)).toEqual({ current: 1, resealed: 2, unreadable: 0, changed: 0 });
  });
});
