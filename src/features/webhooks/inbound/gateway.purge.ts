import { Injectable } from '@nestjs/common';
import { gatewayPolicy } from '../../../../config/policy/operations/webhooks.js';
import { Log } from '../../../observability/log.js';
import { inBatches } from '../../../tasks/in-batches.js';
import { Purge } from '../../../tasks/purge.js';
import { GatewayMessagesRepository } from './gateway-messages.repository.js';

const { keepDays, purgeEverySeconds, purgeBatch } = gatewayPolicy;

/** Forgets ids of messages that nobody sends again. */
@Injectable()
export class GatewayPurge extends Purge {
  constructor(
    private readonly messages: GatewayMessagesRepository,
    log: Log,
  ) {
    super(purgeEverySeconds, 'old messages of the gateway', log);
  }

  run(signal: AbortSignal): Promise<void> {
    return inBatches(purgeBatch, () => this.messages.purge(keepDays, purgeBatch), signal);
  }
}
