import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { dataExportPolicy } from '../../../../config/policy/privacy/export.js';
import { Database } from '../../../database/database.js';
import { Log } from '../../../observability/log.js';
import { ObjectStorage } from '../../../ports/object-storage.js';
import { Random } from '../../../ports/random.js';
import { PeriodicTask } from '../../../tasks/periodic-task.js';
import { WorkerPool } from '../../../tasks/worker-pool.js';
import { NoticesService } from '../../notices/notices.service.js';
import { DataExportsRepository, type ClaimedExport } from './data-exports.repository.js';
import { ExportPart } from './export-part.js';
import { Background } from '../../../tasks/background.js';

const {
  atOnce,
  failuresAtMost,
  idleLookEveryMs,
  lookEveryMs,
  renewEveryMs,
  retryAtMostSeconds,
  retrySeconds,
} = dataExportPolicy;

/** Makes exports, a part at a time: whoever is killed loses the part that was under way, which another worker makes again. */
@Background('exports')
@Injectable()
export class DataExportWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly pool: WorkerPool<ClaimedExport>;

  constructor(
    private readonly database: Database,
    private readonly exports: DataExportsRepository,
    private readonly part: ExportPart,
    private readonly storage: ObjectStorage,
    private readonly notices: NoticesService,
    private readonly random: Random,
    private readonly log: Log,
  ) {
    this.pool = new WorkerPool({
      atOnce,
      lookEveryMs,
      idleLookEveryMs,
      claim: () => exports.claim(this.random.uuid()),
      work: (claimed) => this.work(claimed),
      onError: (cause) => {
        log.warn('exports of data are out of reach', { cause });
      },
    });
  }

  onApplicationBootstrap(): void {
    this.pool.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.pool.stop();
  }

  /** An export was requested on this instance. */
  wake(): void {
    this.pool.wake();
  }

  private async work(claimed: ClaimedExport): Promise<void> {
    const lost = new AbortController();
    const renewing = new PeriodicTask({
      everyMs: renewEveryMs,
      run: async () => {
        if (!(await this.exports.renew(claimed)))
          lost.abort(new Error('another worker has the export, or it is gone'));
      },
      onError: (cause) => {
        this.log.debug('the lease of an export was not renewed', { cause });
      },
    });
    renewing.start();
    try {
      await this.makePart(claimed, AbortSignal.any([this.pool.signal, lost.signal]));
    } catch (cause) {
      if (this.pool.signal.aborted) await this.exports.release(claimed, claimed.failures, 0);
      else if (!lost.signal.aborted) await this.retryLater(claimed, cause);
    } finally {
      await renewing.stop();
    }
  }

  private async makePart(claimed: ClaimedExport, signal: AbortSignal): Promise<void> {
    const { id, userId, number, position, contents } = claimed;
    const key = `exports/${id}/${number}.zip`;
    const subject = { userId, accounts: [] };
    const made = await this.part.store({ subject, key, number, position, contents }, signal);
    const isRecorded = await this.database.transaction(async (tx) => {
      const recorded = await this.exports.record(tx, claimed, { ...made, key }, made.next);
      if (recorded && made.next === null) await this.notices.add(tx, userId, 'data_export_ready', null);
      return recorded;
    });
    // Gone meanwhile, with the account perhaps. One that another worker makes again has the same key, and keeps it.
    if (!isRecorded && !(await this.exports.exists(id))) await this.storage.remove([key]);
  }

  private async retryLater(claimed: ClaimedExport, cause: unknown): Promise<void> {
    const failures = claimed.failures + 1;
    this.log.warn('a part of an export could not be made', { failures, cause });
    if (failures <= failuresAtMost) {
      const seconds = Math.min(retrySeconds * 2 ** (failures - 1), retryAtMostSeconds);
      await this.exports.release(claimed, failures, seconds);
      return;
    }
    await this.exports.release(claimed, failures, null);
    await this.database.transaction((tx) => this.notices.add(tx, claimed.userId, 'data_export_failed', null));
  }
}
