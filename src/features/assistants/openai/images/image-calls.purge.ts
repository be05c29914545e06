import { Injectable } from '@nestjs/common';
import { openAiPolicy } from '../../../../../config/policy/assistants/openai.js';
import { Log } from '../../../../observability/log.js';
import { inBatches } from '../../../../tasks/in-batches.js';
import { Purge } from '../../../../tasks/purge.js';
import { ImageCallsRepository } from './image-calls.repository.js';

/** Deletes calls for pictures that can no longer be repeated. */
@Injectable()
export class ImageCallsPurge extends Purge {
  constructor(
    private readonly calls: ImageCallsRepository,
    log: Log,
  ) {
    super(openAiPolicy.purgeEverySeconds, 'old calls for pictures', log);
  }

  async run(signal: AbortSignal): Promise<void> {
    await inBatches(openAiPolicy.purgeBatch, () => this.calls.purge(), signal);
  }
}
