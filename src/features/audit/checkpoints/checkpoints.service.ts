import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { auditPolicy } from '../../../../config/policy/operations/audit.js';
import { Database } from '../../../database/database.js';
import { Log } from '../../../observability/log.js';
import { PeriodicTask } from '../../../tasks/periodic-task.js';
import { AlertService } from '../../security/alerts/alert.service.js';
import { AuditKeys } from '../trail/audit-keys.js';
import { checkpointText } from './checkpoint.js';
import { CheckpointsRepository } from './checkpoints.repository.js';
import { Background } from '../../../tasks/background.js';

const { checkpointEveryMs, checkpointLookMs, checkpointShownMs } = auditPolicy;

export interface Checkpoint {
  readonly note: string;
  readonly at: Date;
}

/**
 * Signed statements of what the audit log holds: every hour and on demand. Each goes to the alert webhook and to whoever asks: a copy
 * elsewhere shows later that something was taken out, also where the whole database was set back.
 */
@Background()
@Injectable()
export class CheckpointsService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly task: PeriodicTask;
  /** The latest one that this instance took or found; null before. */
  seen: { readonly at: Date; readonly entries: number } | null = null;
  private shown: { readonly note: Promise<string | null>; readonly until: number } | null = null;

  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'audit'>,
    private readonly database: Database,
    private readonly checkpoints: CheckpointsRepository,
    private readonly keys: AuditKeys,
    private readonly alerts: AlertService,
    log: Log,
  ) {
    this.task = new PeriodicTask({
      everyMs: checkpointLookMs,
      jitter: 0.2,
      run: async () => {
        await this.take(checkpointEveryMs);
      },
      onError: (cause) => {
        log.warn('no checkpoint of the audit log was taken', { cause });
      },
    });
  }

  onApplicationBootstrap(): void {
    if (this.config.audit.enabled) this.task.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.task.stop();
  }

  /**
   * Takes one, unless the last one is younger than `afterMs`, which is then returned. It is stored together with its alert.
   * @throws AuditKeyLost, what the database throws
   */
  async take(afterMs = 0): Promise<Checkpoint> {
    const signer = await this.keys.signer();
    const { note, at, heads } = await this.database.transaction(async (tx) => {
      await this.checkpoints.lock(tx);
      const last = await this.checkpoints.latest(tx);
      const { at, heads } = await this.checkpoints.heads(tx);
      if (last !== null && at.getTime() - last.at.getTime() < afterMs) return last;
      const facts = { at, heads, previous: last?.note ?? null };
      const note = signer.note(checkpointText(signer.name, facts));
      await this.checkpoints.add(tx, facts, note);
      await this.alerts.tellCheckpoint(tx, note, at);
      return { note, at, heads };
    });
    this.seen = { at, entries: Number(heads.reduce((sum, { position }) => sum + position, 0n)) };
    return { note, at };
  }

  /** The key by which anybody verifies the notes. @throws AuditKeyLost, what the database throws */
  async verifierKey(): Promise<string> {
    return (await this.keys.signer()).verifierKey;
  }

  /** The note of the latest one, as it was some seconds ago: everybody may ask. Null when there is none. */
  latestNote(): Promise<string | null> {
    const now = performance.now();
    if (this.shown === null || this.shown.until <= now) {
      const note = this.checkpoints.latest().then((latest) => latest?.note ?? null);
      this.shown = { note, until: now + checkpointShownMs };
      note.catch(() => {
        this.shown = null;
      });
    }
    return this.shown.note;
  }
}
