import { Injectable } from '@nestjs/common';
import { Problem } from '../../../errors/problem.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { webhookRefused } from '../../../observability/webhook.events.js';
import type { ClientContext } from '../../../network/client-context.js';
import { CreditsService } from '../../credits/credits.service.js';
import { MessageReader } from './message-reader.js';
import { GatewaySignature, type SignedMessage } from './gateway-signature.js';

/** Messages of other systems of the operator, who share WEBHOOK_GATEWAY_SECRET. */
@Injectable()
export class GatewayService {
  constructor(
    private readonly signature: GatewaySignature,
    private readonly messages: MessageReader,
    private readonly credits: CreditsService,
    private readonly events: SecurityEvents,
  ) {}

  /** Nothing of a body is read before its signature holds. @throws Problem `signature_missing`, `signature_invalid` */
  verify(signed: SignedMessage, client: ClientContext): void {
    const verdict = this.signature.verdictOf(signed);
    if (verdict === 'valid') return;
    if (verdict === 'missing') throw new Problem('signature_missing');
    webhookRefused(this.events, client, 'gateway', verdict);
    throw new Problem('signature_invalid');
  }

  /**
   * Carries out a message whose signature holds; false when it was carried out before.
   * @throws Problem `json_invalid`, `json_too_complex`, `validation_failed`, `not_found`, `balance_exceeded`
   */
  async receive(body: Uint8Array): Promise<boolean> {
    const { id, userId, credits, reason } = await this.messages.read(body);
    return this.credits.topUp(userId, credits, reason, `gateway:${id}`);
  }
}
