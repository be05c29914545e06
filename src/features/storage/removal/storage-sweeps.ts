import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { sweepPolicy } from '../../../../config/policy/generations/storage.js';
import { Log } from '../../../observability/log.js';
import { AbandonedDrafts } from './abandoned-drafts.js';
import { ExpiredUploads } from '../resumable/expired-uploads.js';
import { QuarantinedFiles } from '../quarantine/quarantined-files.js';
import { ExpiredFiles } from './expired-files.js';
import { OrphanedObjects } from './orphaned-objects.js';
import type { Sweep } from './sweep.js';
import { SweepLease } from './sweep-lease.js';
import { PeriodicTask } from '../../../tasks/periodic-task.js';
import { InstanceStopping } from '../../../tasks/shutdown.js';
import { Background } from '../../../tasks/background.js';

/** Runs sweeps: every instance checks periodically whether a run is due; the lease admits one. */
@Background()
@Injectable()
export class StorageSweeps implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private readonly tasks: readonly PeriodicTask[];

  constructor(
    expired: ExpiredFiles,
    orphaned: OrphanedObjects,
    drafts: AbandonedDrafts,
    uploads: ExpiredUploads,
    quarantined: QuarantinedFiles,
    private readonly lease: SweepLease,
    private readonly log: Log,
  ) {
    this.tasks = [expired, orphaned, drafts, uploads, quarantined].map(
      (sweep: Sweep) =>
        new PeriodicTask({
          everyMs: sweepPolicy.lookEverySeconds * 1000,
          jitter: 0.5,
          run: () => this.take(sweep),
          onError: (cause) => {
            log.debug('the leases of the sweeps are out of reach', { sweep: sweep.name, cause });
          },
        }),
    );
  }

  onApplicationBootstrap(): void {
    for (const task of this.tasks) task.start();
  }

  /** An aborted run is due at once, for another instance or the next start. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort(new InstanceStopping());
    await Promise.all(this.tasks.map((task) => task.stop()));
  }

  private async take(sweep: Sweep): Promise<void> {
    const claim = await this.lease.take(sweep.name);
    if (claim === null) return;
    const lost = new AbortController();
    const renewing = new PeriodicTask({
      everyMs: sweepPolicy.renewEverySeconds * 1000,
      run: () => this.renew(sweep, claim, lost),
      onError: (cause) => {
        this.log.debug('the lease of a sweep was not renewed', { sweep: sweep.name, cause });
      },
    });
    renewing.start();
    try {
      await sweep.run(AbortSignal.any([this.stopping.signal, lost.signal]));
    } catch (cause) {
      if (!this.stopping.signal.aborted)
        this.log.warn('a sweep failed, and is tried again in its next turn', { sweep: sweep.name, cause });
    } finally {
      await renewing.stop();
      await this.lease.end(sweep.name, claim, this.stopping.signal.aborted ? 0 : sweep.everySeconds);
    }
  }

  private async renew(sweep: Sweep, claim: string, lost: AbortController): Promise<void> {
    // While the database is unavailable, no other instance can take the lease either.
    const held = await this.lease.renew(sweep.name, claim).catch(() => true);
    if (!held) lost.abort(new Error('another instance has the turn'));
  }
}
