import { databaseLimits } from '../../config/policy/operations/database.js';
import type { Provider, Type } from '@nestjs/common';
import type { Config } from '../../config/config.js';
import type { Log } from '../observability/log.js';
import { PeerCertificates } from '../observability/peer-certificates.js';
import { StatementTimes } from '../observability/statement-times.js';
import { BackupTarget } from '../ports/backup/backup-target.js';
import { HealthMonitor } from '../ports/delivery/health-monitor.js';
import { SiemReceiver } from '../ports/delivery/siem-receiver.js';
import { AlertReceiver } from '../ports/delivery/alert-receiver.js';
import { CallbackSignatures } from '../ports/callback-signatures.js';
import { Announcements, channels, Notifications } from '../ports/notifications.js';
import { Clock } from '../ports/clock.js';
import { CounterHealth, Counters } from '../ports/counters.js';
import { Database } from '../database/database.js';
import { GenerationProvider } from '../ports/generation-provider.js';
import { IdentityProvider } from '../ports/identity-provider.js';
import { LanguageModels } from '../ports/assistants/language-model.js';
import { JobQueue } from '../ports/job-queue.js';
import { MessagingChannel } from '../ports/delivery/messaging-channel.js';
import { PageAccess } from '../ports/delivery/page-access.js';
import { Mailer } from '../ports/delivery/mailer.js';
import { ObjectStorage, StorageHealth } from '../ports/object-storage.js';
import { PictureDecoder } from '../ports/picture-decoder.js';
import { PublicUrl } from '../ports/public-url.js';
import { Random } from '../ports/random.js';
import { MalwareScanner } from '../ports/uploads/malware-scanner.js';
import { TemporaryFiles } from '../ports/uploads/temporary-files.js';
import { RemoteFiles } from '../ports/remote-files.js';
import { Revocations } from '../ports/revocations.js';
import { ThreatScores } from '../ports/threat-scores.js';
import { WebhookSender } from '../ports/delivery/webhook-sender.js';
import { createAnswering } from './answering.js';
import { createCounting } from './counting.js';
import { createMessaging } from './messaging.js';
import { OutboxMailer } from './mail/outbox-mailer.js';
import { watchedBackups } from './s3/watched-backups.js';
import { createSiem } from './siem/siem.js';
import { createScoring } from './scoring.js';
import { createStoring } from './storing.js';
import { DiskStorage } from './disk/disk-storage.js';
import { MediaController } from './disk/media.controller.js';
import type { Endpoints } from './endpoints.js';
import { createGenerating } from './generating.js';
import { HttpsFiles } from './https/https-files.js';
import { ClamavScanner } from './clamav/clamav-scanner.js';
import { NoScanner } from './clamav/no-scanner.js';
import { UnlinkedFiles } from './disk/unlinked-files.js';
import { ChildPictureDecoder } from './pictures/child-picture-decoder.js';
import { PgBossQueue } from './pg-boss/pg-boss-queue.js';
import { PostgresDatabase } from './postgres/postgres-database.js';
import type { AnnouncementRelay } from './postgres/notifications/announcer.js';
import { PostgresNotifications } from './postgres/notifications/postgres-notifications.js';
import { PostgresRevocations } from './postgres/postgres-revocations.js';
import { SupabaseIdentity } from './supabase/supabase-identity.js';
import { SystemClock, SystemRandom } from './system/system.js';
import { HttpHealthMonitor } from './webhook/http-health-monitor.js';
import { AlertWebhook } from './webhook/alert-webhook.js';
import { HttpsWebhookSender } from './webhook/https-webhook-sender.js';

/** Milliseconds after which a start without an answer from the database fails. */
const readyTimeoutMs = 10_000;

/** Milliseconds between two log lines about the same failure. */
const troubleEveryMs = 10_000;

const scannerOf = ({ uploads }: Config): MalwareScanner =>
  uploads.clamavHost === null ? new NoScanner() : new ClamavScanner(uploads.clamavHost);

/** The adapter of each port in this process. */
export interface Adapters {
  readonly providers: readonly Provider[];
  readonly controllers: readonly Type[];
  /** Opens the connections that the first request needs. */
  open(): Promise<void>;
  /** After the last request: aborts running jobs and waits for them. */
  finishJobs(): Promise<void>;
  /** Closes all connections. */
  close(): Promise<void>;
}

/** Redis where configured, which loads its client. */
const createRelay = async (
  { redisUrl }: Config,
  onTrouble: (cause: unknown) => void,
): Promise<AnnouncementRelay | null> =>
  redisUrl === null
    ? null
    : new (await import('./redis/redis-announcements.js')).RedisAnnouncements(redisUrl, onTrouble);

/** Creates the adapter of each port from the configuration; connects nothing yet. */
export async function createAdapters(
  config: Config,
  endpoints: Endpoints,
  publicUrl: PublicUrl,
  log: Log,
): Promise<Adapters> {
  // What is closed here may still complain while the database behind it stops: at an ordinary end that is no trouble.
  let isClosing = false;
  const trouble = (what: string): ((cause: unknown) => void) => {
    let quietUntil = -Infinity;
    return (cause) => {
      // An unavailable dependency is retried several times a second; not every failure is logged.
      if (isClosing || performance.now() < quietUntil) return;
      quietUntil = performance.now() + troubleEveryMs;
      log.warn(`${what} is in trouble`, { cause });
    };
  };
  const clock = new SystemClock();
  const [times, certificates] = [new StatementTimes(), new PeerCertificates()];
  const database = new PostgresDatabase(
    endpoints.databaseUrl,
    trouble('the database connection'),
    { ...databaseLimits, poolSize: config.databasePoolSize },
    config.audit.enabled,
    { times, certificates },
  );
  const notifications = new PostgresNotifications(
    endpoints.databaseUrl,
    Object.values(channels),
    trouble('the feed of the database'),
    config.tokens,
    await createRelay(config, trouble('the announcements in Redis')),
  );
  const revocations = new PostgresRevocations(database, notifications, trouble('the blacklist'));
  const queue = new PgBossQueue(
    endpoints.databaseUrl,
    trouble('the job queue'),
    config.server.role !== 'web',
  );
  const counting = await createCounting(config, { database, clock, certificates }, trouble);
  const scoring = await createScoring(config, database, trouble);
  const onDisk = config.supabase.kind === 'embedded';
  const storing = createStoring(config, clock, () => publicUrl.get());
  const mailer = onDisk
    ? new OutboxMailer(config.home)
    : (await import('./mail/smtp-mailer.js')).SmtpMailer.of(config.mail.smtpUrl, config.mail.from);
  const pictures = new ChildPictureDecoder();
  const messaging = createMessaging(config);
  const answering = createAnswering(config.ai);
  const generating = await createGenerating(config.generation, clock);
  return {
    providers: [
      { provide: Clock, useValue: clock },
      { provide: Random, useValue: new SystemRandom() },
      { provide: Database, useValue: database },
      { provide: StatementTimes, useValue: times },
      { provide: PeerCertificates, useValue: certificates },
      { provide: Notifications, useValue: notifications },
      { provide: Announcements, useValue: notifications },
      { provide: Revocations, useValue: revocations },
      { provide: JobQueue, useValue: queue },
      { provide: Counters, useValue: counting.counters },
      { provide: ThreatScores, useValue: scoring.scores },
      { provide: CounterHealth, useValue: counting.health },
      {
        provide: IdentityProvider,
        useValue: new SupabaseIdentity(endpoints.supabase.url, endpoints.supabase.secretKey),
      },
      { provide: Mailer, useValue: mailer },
      {
        provide: MessagingChannel,
        useValue: messaging.channel,
      },
      {
        provide: PageAccess,
        useValue: messaging.page,
      },
      { provide: ObjectStorage, useValue: storing.storage },
      { provide: StorageHealth, useValue: storing.health },
      ...(storing.disk === null ? [] : [{ provide: DiskStorage, useValue: storing.disk }]),
      { provide: GenerationProvider, useValue: generating.provider },
      { provide: LanguageModels, useValue: answering.models },
      { provide: CallbackSignatures, useValue: generating.signatures },
      { provide: PictureDecoder, useValue: pictures },
      { provide: MalwareScanner, useValue: scannerOf(config) },
      { provide: TemporaryFiles, useValue: new UnlinkedFiles() },
      { provide: RemoteFiles, useValue: new HttpsFiles() },
      { provide: PublicUrl, useValue: publicUrl },
      {
        provide: AlertReceiver,
        useValue: new AlertWebhook(config.alertWebhookUrl, config.webhookGatewaySecret, clock),
      },
      { provide: HealthMonitor, useValue: new HttpHealthMonitor(config.healthPingUrl) },
      { provide: SiemReceiver, useValue: createSiem(config, clock) },
      { provide: BackupTarget, useValue: await watchedBackups(config) },
      {
        provide: WebhookSender,
        useValue: new HttpsWebhookSender(clock, {
          toLoopback: config.environment === 'development' || config.environment === 'test',
        }),
      },
    ],
    controllers: storing.disk === null ? [] : [MediaController],
    open: async () => {
      const warmed = database.warm();
      notifications.open();
      revocations.open();
      await revocations.ready(readyTimeoutMs);
      await queue.open();
      await counting.open();
      scoring.open();
      storing.open();
      await warmed;
      void answering.warm();
    },
    finishJobs: () => {
      pictures.close();
      return queue.close();
    },
    close: async () => {
      isClosing = true;
      pictures.close();
      // One that fails to close leaves none of the others open.
      const closings = [
        mailer,
        storing,
        queue,
        revocations,
        notifications,
        generating,
        counting,
        scoring,
        database,
      ];
      const failures: unknown[] = [];
      for (const one of closings) await one.close().catch((cause: unknown) => failures.push(cause));
      if (failures.length > 0) throw new AggregateError(failures, 'connections were not closed in order');
    },
  };
}
