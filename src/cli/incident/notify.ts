import { incidentPolicy } from '../../../config/policy/privacy/incidents.js';
import { PgBossQueue } from '../../adapters/pg-boss/pg-boss-queue.js';
import type { AffectedRepository } from '../../features/incidents/affected.repository.js';
import type { Incident } from '../../features/incidents/incident.js';
import { NoticesRepository } from '../../features/notices/notices.repository.js';
import { NoticesService } from '../../features/notices/notices.service.js';
import { CommandFailed } from '../command.js';
import { databaseUrl } from '../database-url.js';
import type { Desk } from './desk.js';

const { accountBatch } = incidentPolicy;

/** Puts the mail of each person into the queue in the transaction that notes it: neither is there without the other. The service sends them, and notes each that was taken; one that it gave up is put into the queue again here. */
export async function tellPersons(
  desk: Desk,
  accounts: AffectedRepository,
  incident: Incident,
): Promise<void> {
  const { config, database, random } = desk;
  const isConfigured = config.supabase.kind === 'embedded' || config.mail.smtpUrl !== null;
  if (!isConfigured)
    throw new CommandFailed('SMTP_URL is not set: nobody can be told by mail, and nobody is noted as told');
  const queue = new PgBossQueue(await databaseUrl(config), () => undefined);
  await queue.open();
  try {
    const notices = new NoticesService({ isConfigured }, new NoticesRepository(database), queue, random);
    let [after, told, held]: [string | null, number, number] = [null, 0, 0];
    for (;;) {
      const page: readonly string[] = await accounts.untold(incident.id, after, accountBatch);
      for (const userId of page) {
        const outcome = await tellOne(desk, accounts, notices, incident, userId);
        if (outcome === 'told') told++;
        if (outcome === 'held') held++;
      }
      after = page.at(-1) ?? null;
      if (page.length < accountBatch) break;
    }
    desk.print(`${told} mails are in the queue; a running service sends them`);
    if (held > 0)
      desk.print(
        `${held} persons had enough mails of the kind within the hour, and are not told: again later`,
      );
  } finally {
    await queue.close();
  }
}

/** Of a transaction that is rolled back, since the mail was refused. */
class Held extends Error {
  override readonly name = 'Held';
}

async function tellOne(
  { database, entry }: Desk,
  accounts: AffectedRepository,
  notices: NoticesService,
  incident: Incident,
  userId: string,
): Promise<'told' | 'held' | 'known'> {
  try {
    return await database.transaction(async (tx) => {
      if (!(await accounts.isToBeTold(tx, incident.id, userId))) return 'known';
      const noticeId = await notices.add(tx, userId, `incident_${incident.kind}`, null);
      if (noticeId === null) throw new Held();
      await accounts.noteTold(tx, incident.id, userId, noticeId);
      await entry(tx, 'incident.notified', incident, {}, userId);
      return 'told';
    });
  } catch (error) {
    if (error instanceof Held) return 'held';
    throw error;
  }
}
