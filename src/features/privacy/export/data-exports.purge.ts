import { Injectable } from '@nestjs/common';
import { dataExportPolicy } from '../../../../config/policy/privacy/export.js';
import { Log } from '../../../observability/log.js';
import { inBatches } from '../../../tasks/in-batches.js';
import { Purge } from '../../../tasks/purge.js';
import { DataExportRemoval } from './data-export-removal.js';

/** Deletes expired exports with their parts. */
@Injectable()
export class DataExportsPurge extends Purge {
  constructor(
    private readonly removal: DataExportRemoval,
    log: Log,
  ) {
    super(dataExportPolicy.purgeEverySeconds, 'expired exports of data', log);
  }

  async run(signal: AbortSignal): Promise<void> {
    const { batch } = dataExportPolicy;
    await inBatches(batch, () => this.removal.removeExpired(batch), signal);
  }
}
