import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { securityEventNames } from '../../src/observability/security-events.js';
import { projectRoot } from '../support/process/project-root.js';
import { accountEvents } from '../support/security-events/account-events.js';
import { administrationEvents } from '../support/security-events/administration-events.js';
import { EventStage, type EventRow } from '../support/security-events/event-stage.js';
import { perimeterEvents } from '../support/security-events/perimeter-events.js';
import { uploadEvents } from '../support/security-events/upload-events.js';
import { secondFactorEvents } from '../support/security-events/second-factor-events.js';
import { forgedTokenEvents, tokenEvents } from '../support/security-events/token-events.js';

const rows: readonly EventRow[] = [
  ...accountEvents,
  ...secondFactorEvents,
  ...administrationEvents,
  ...tokenEvents,
  ...forgedTokenEvents,
  ...perimeterEvents,
  ...uploadEvents,
];

/** What no request causes: the text, and the spec that causes it and counts its lines. */
const elsewhere: readonly (readonly [string, string])[] = [
  ['RATE-LIMITER concurrency exceeded', 'test/journeys/shares.spec.ts'],
  ['ACCOUNT deletion requested', 'test/journeys/account-deletion.spec.ts'],
  ['ACCOUNT deletion cancelled', 'test/journeys/account-deletion.spec.ts'],
  ['ACCOUNT export requested', 'test/journeys/data-export.spec.ts'],
  ['ACCOUNT erased', 'test/journeys/account-deletion.spec.ts'],
  ['ACCOUNT erasure is delayed', 'test/faults/account-deletion.spec.ts'],
  ['SYSTEM started', 'test/perimeter/security-events.spec.ts'],
  ['SYSTEM stopping', 'test/perimeter/security-events.spec.ts'],
  ['AUTH first administrator made', 'test/perimeter/security-events.spec.ts'],
  ['ADMIN block lifted by command', 'test/journeys/unblock.spec.ts'],
  ['ADMIN sign-ins closed by command', 'test/journeys/incident.spec.ts'],
  ['ADMIN sign-ins opened again by command', 'test/journeys/incident.spec.ts'],
  ['ALERT not delivered', 'test/journeys/alerts.spec.ts'],
  ['SIEM takes no events', 'src/features/security/export/siem-export.service.spec.ts'],
  ['WEBHOOK-ENDPOINT secret unreadable', 'src/features/webhooks/delivery/webhook-shares.spec.ts'],
  ['SIEM refused an event', 'src/features/security/export/siem-export.service.spec.ts'],
  ['SIEM takes events again', 'src/features/security/export/siem-export.service.spec.ts'],
  ['SIEM missed events whose retention was over', 'src/features/security/security.purge.spec.ts'],
  ['EVENTS suppressed beyond the ceiling of a minute', 'src/observability/security-events.spec.ts'],
  ['EVENTS not kept while the database was away', 'src/features/security/events/event-writer.spec.ts'],
  ['AUTH password chosen', 'test/journeys/address-proof.spec.ts'],
  ['UPLOAD deleted from quarantine', 'test/journeys/uploads.spec.ts'],
  ['BUDGET share reached', 'test/journeys/ai-operations.spec.ts'],
  ['CREDITS topped up', 'test/journeys/gateway-messages.spec.ts'],
  ['USAGE unusual rise', 'test/contracts/usage.spec.ts'],
  ['AGENT created', 'test/journeys/agents.spec.ts'],
  ['AGENT changed', 'test/journeys/agents.spec.ts'],
  ['AGENT published', 'test/journeys/agents.spec.ts'],
  ['AGENT archived', 'test/journeys/agents.spec.ts'],
  ['AGENT instructions withheld', 'test/journeys/agents.spec.ts'],
  ['MESSENGER batch unreadable', 'test/journeys/messenger.spec.ts'],
  ['MESSENGER page token refused', 'test/journeys/messenger.spec.ts'],
  ['MESSENGER changed', 'test/journeys/messenger.spec.ts'],
  ['WEBHOOK-ENDPOINT created', 'test/journeys/webhook-endpoints.spec.ts'],
  ['WEBHOOK-ENDPOINT secret rotated', 'test/journeys/webhook-endpoints.spec.ts'],
  ['WEBHOOK-ENDPOINT deleted', 'test/journeys/webhook-endpoints.spec.ts'],
  ['WEBHOOK-ENDPOINT enabled', 'test/journeys/webhook-endpoints.spec.ts'],
  ['WEBHOOK-ENDPOINT disabled', 'test/journeys/webhook-endpoints.spec.ts'],
  ['JOB replayed', 'test/journeys/messenger.spec.ts'],
  ['KEYS key rotated', 'test/journeys/key-watch.spec.ts'],
  ['DATABASE restored from a backup and opened by command', 'test/journeys/backup.spec.ts'],
  ['BACKUP overdue', 'src/features/backups/backup-watch.spec.ts'],
  ['RETENTION overdue', 'src/features/privacy/retention/retention-report.spec.ts'],
  ['BACKUP self-test overdue', 'src/features/backups/backup-watch.spec.ts'],
  ['KEYS key is to be replaced', 'test/journeys/key-watch.spec.ts'],
  ['KEYS page token invalid', 'test/journeys/key-watch.spec.ts'],
  ['MESSENGER page unsubscribed', 'test/journeys/key-watch.spec.ts'],
  ['RATE-LIMITER shared counters away', 'test/faults/redis.spec.ts'],
  ['RATE-LIMITER shared counters back', 'test/faults/redis.spec.ts'],
];

describe('a security event', () => {
  let stage: EventStage;
  beforeAll(async () => {
    stage = await EventStage.start();
  });
  afterAll(async () => {
    await stage.stop();
  });

  it.each(['SYSTEM started', 'AUTH first administrator made'])('"%s" is one line of a start', (text) => {
    const lines = stage.service.lines().filter(({ msg }) => msg === `SECURITY-EVENT ${text}`);
    expect(lines).toHaveLength(1);
  });

  it.each(rows.map((row) => [row.text, row.by, row] as const))(
    '"%s" is one line after %s',
    async (text, _by, { event, level, arrange }) => {
      const lines = await stage.linesAfter(text, await arrange(stage));
      expect(lines).toEqual([expect.objectContaining({ event, threat_level: level })]);
    },
  );

  it('"SYSTEM stopping" is one line of a stop', async () => {
    await stage.service.stop({ keepHome: true });
    const lines = stage.service.lines().filter(({ msg }) => msg === 'SECURITY-EVENT SYSTEM stopping');
    expect(lines).toHaveLength(1);
  });
});

/** Capitals first, as every event's text begins; `${…}` stands for any one word. */
const eventText = /(['`])((?:[A-Z][A-Z-]+ )+(?:[a-z]|\$\{)[^'`\n]*)\1/g;
/** Literals of the same shape that are no event: titles of problems, texts made of other texts, steps of a start, headings of exports, what must be true of a deployment. */
const notEvents =
  /^src\/(errors\/|boot-steps\.ts$|features\/.*\.personal-data\.ts$|features\/controls\/(catalogue|documents)\/)/;
const named = /^(SECURITY-EVENT|POST|AI-CALL) /;

const sources = readdirSync(join(projectRoot, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
  .map((file) => `src/${file}`)
  .filter((file) => !notEvents.test(file))
  .map((file) => [file, readFileSync(join(projectRoot, file), 'utf8')] as const);

describe('the table of security events', () => {
  const known = [...rows.map(({ text }) => text), ...elsewhere.map(([text]) => text)];
  const texts = [
    ...new Set(
      sources.flatMap(([, source]) => [...source.matchAll(eventText)].map(([, , text = '']) => text)),
    ),
  ].filter((text) => !named.test(text) && !text.includes('; '));

  it('has a row for every text of an event in src', () => {
    const missing = texts.filter((text) => {
      const pattern = new RegExp(
        `^${text
          .split(/\$\{[^}]*\}/)
          .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
          .join('\\w+')}$`,
      );
      return !known.some((one) => pattern.test(one));
    });
    expect(texts.length).toBeGreaterThan(40);
    expect(missing).toEqual([]);
  });

  it('has a row for every name of an event that src uses', () => {
    const inRows = new Set<string>(rows.map(({ event }) => event));
    const bySystem = ['sys_startup', 'sys_shutdown', 'sys_monitor_disabled', 'sys_monitor_enabled'];
    const missing = securityEventNames
      .filter((name) =>
        sources.some(
          ([file, source]) => !file.endsWith('/security-events.ts') && source.includes(`'${name}'`),
        ),
      )
      .filter((name) => !inRows.has(name) && !bySystem.includes(name));
    expect(missing).toEqual([]);
  });

  it.each(elsewhere)('leaves "%s" to %s, which names it', (text, spec) => {
    expect(readFileSync(join(projectRoot, spec), 'utf8')).toContain(text);
  });
});
