import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MigratedDatabase } from '../../../test/support/database/migrated-database.js';
import { HandClock } from '../../../test/support/clock/hand-clock.js';
import { NoSiem } from '../../adapters/siem/no-siem.js';
import type { PostgresDatabase } from '../../adapters/postgres/postgres-database.js';
import { Log } from '../../observability/log.js';
import { SecurityEvents, type SecurityEvent } from '../../observability/security-events.js';
import { PublicUrl } from '../../ports/public-url.js';
import { SiemReceiver } from '../../ports/delivery/siem-receiver.js';
import { BlocksRepository } from '../../threats/blocks.repository.js';
import { WebhookEvents } from '../webhooks/events/webhook-events.service.js';
import { AlertsRepository } from './alerts/alerts.repository.js';
import { SecurityEventsRepository } from './events/security-events.repository.js';
import { SecurityPurge } from './security.purge.js';

class Away extends SiemReceiver {
  readonly isConfigured = true;
  deliver(): Promise<never> {
    return Promise.reject(new Error('away'));
  }
}

describe('the purge of security events', () => {
  let stage: MigratedDatabase;
  let database: PostgresDatabase;
  let recorded: SecurityEvent[];
  beforeAll(async () => {
    stage = await MigratedDatabase.start();
    database = stage.connect();
  });
  afterAll(() => stage.stop());
  beforeEach(async () => {
    await stage.asOwner('truncate velro.security_events');
    await stage.asOwner('update velro.siem_export set position = 0, expired = 0');
    recorded = [];
  });

  const store = async (...ids: readonly string[]): Promise<void> => {
    await new SecurityEventsRepository(database).add(
      ids.map((id) => ({
        id,
        at: new Date('2023-07-01T00:00:00Z'),
        event: 'authz_fail',
        level: 'LOW',
        text: 'AUTHORIZATION role refused',
        response: 'refused',
      })),
    );
  };
  const purge = async (receiver: SiemReceiver): Promise<void> => {
    const events = new SecurityEvents(Log.silent());
    events.listen((event) => recorded.push(event));
    await new SecurityPurge(
      { audit: { retentionDays: 90 } },
      new SecurityEventsRepository(database),
      new AlertsRepository(database, new WebhookEvents(new PublicUrl(null))),
      new BlocksRepository(database),
      receiver,
      events,
      new HandClock(Date.now()),
      Log.silent(),
    ).run(new AbortController().signal);
  };
  const left = async () => {
    const rows = await database.query.selectFrom('security_events').select('id').orderBy('id').execute();
    const { expired } = await database.query
      .selectFrom('siem_export')
      .select('expired')
      .executeTakeFirstOrThrow();
    return { ids: rows.map(({ id }) => id), expired };
  };
  const [old, older, young] = [
    '01890001-0000-7000-8000-000000000001',
    '01890002-0000-7000-8000-000000000001',
    'ff890002-0000-7000-8000-000000000001',
  ];

  it('says once how many of them the SIEM had not taken, and counts them', async () => {
    await store(old, older, young);
    await purge(new Away());
    expect(await left()).toEqual({ ids: [young], expired: '2' });
    expect(recorded).toEqual([
      expect.objectContaining({
        text: 'SIEM missed events whose retention was over',
        level: 'HIGH',
        details: { count: 2 },
      }),
    ]);
    await purge(new Away());
    expect(recorded).toHaveLength(1);
  });

  it('says nothing where none is exported, or all were taken', async () => {
    await store(old);
    await purge(new NoSiem());
    await store(older);
    await stage.asOwner(
      'update velro.siem_export set position = (select last_value from velro.security_event_positions)',
    );
    await purge(new Away());
    expect([await left(), recorded]).toEqual([{ ids: [], expired: '0' }, []]);
  });
});
