import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { auditPolicy } from '../../../../config/policy/operations/audit.js';
import { Log } from '../../../observability/log.js';
import { PeriodicTask } from '../../../tasks/periodic-task.js';
import { AuditKeyLost, AuditKeys } from './audit-keys.js';
import { AuditKeysRepository, serviceKeyNames } from './audit-keys.repository.js';

const { rekeyEveryMs, rekeyBatch } = auditPolicy;

/**
 * Has the keys of the audit log at hand from the start; and while AUDIT_ENC_KEY_PREVIOUS is set, seals them under the present key, again
 * and again: instances that have the earlier key alone may run beside, and can write for as long as the keys are as they left them. So the first
 * time comes late.
 */
@Injectable()
export class AuditRekey implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly task: PeriodicTask;

  constructor(
    private readonly keys: AuditKeys,
    private readonly stored: AuditKeysRepository,
    private readonly log: Log,
  ) {
    this.task = new PeriodicTask({
      everyMs: rekeyEveryMs,
      jitter: 0.2,
      run: (signal) => this.run(signal),
      onError: (cause) => {
        log.warn('keys of the audit log were not sealed under the present AUDIT_ENC_KEY', { cause });
      },
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    if (this.keys.isRotating) this.task.start();
    try {
      // What is switched off in an emergency must not wait for a connection.
      await Promise.all([this.keys.chain(), this.keys.service(), this.keys.signer()]);
    } catch (cause) {
      if (!(cause instanceof AuditKeyLost)) return;
      this.log.error('the audit log is under another AUDIT_ENC_KEY: what must be in it is refused', {
        cause,
      });
    }
  }

  onModuleDestroy(): Promise<void> {
    return this.task.stop();
  }

  /** One pass over all keys, in batches. */
  async run(signal: AbortSignal): Promise<void> {
    this.keys.startMoving();
    let [moved, lost] = [0, 0];
    for (const name of serviceKeyNames) {
      const sealed = await this.stored.find(name);
      const after = sealed === null ? null : this.keys.rewrap(sealed, name);
      if (sealed === null || after === null) continue;
      await this.stored.reseal(name, sealed, after);
      moved++;
    }
    for (let behind: string | null = null; !signal.aborted;) {
      const keys = await this.stored.subjects(behind, rekeyBatch);
      const earlier = keys.flatMap((key) => {
        try {
          const after = this.keys.rewrap(key.sealed, key.userId);
          return after === null ? [] : [{ ...key, after }];
        } catch (error) {
          if (!(error instanceof AuditKeyLost)) throw error;
          lost++;
          return [];
        }
      });
      if (earlier.length > 0) await this.stored.resealSubjects(earlier);
      moved += earlier.length;
      behind = keys.at(-1)?.userId ?? null;
      if (keys.length < rekeyBatch) break;
    }
    if (lost > 0) this.log.error('keys of the audit log are under neither AUDIT_ENC_KEY', { count: lost });
    // Its absence means that the earlier key is still needed; so does a pass that found some: others may have been made while it went on.
    if (!signal.aborted && lost === 0 && moved === 0)
      this.log.info('no key of the audit log is under the earlier AUDIT_ENC_KEY any more');
  }
}
