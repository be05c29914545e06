import { Injectable } from '@nestjs/common';
import { Problem } from '../../../errors/problem.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { webhookRefused } from '../../../observability/webhook.events.js';
import type { ClientContext } from '../../../network/client-context.js';
import { CreditsService } from '../../credits/credits.service.js';
import { AgentQuestions } from './agent-questions.service.js';
import { GatewayAddresses } from './gateway-addresses.js';
import { MessageReader } from './message-reader.js';
import { GatewaySignature, type SignedMessage } from './gateway-signature.js';

/** What became of a message. */
export interface Received {
  /** False: it was carried out before. */
  readonly isNew: boolean;
  /** Null where it is no question. */
  readonly conversationId: string | null;
}

/** Messages of other systems of the operator, who share WEBHOOK_GATEWAY_SECRET. */
@Injectable()
export class GatewayService {
  constructor(
    private readonly signature: GatewaySignature,
    private readonly messages: MessageReader,
    private readonly credits: CreditsService,
    private readonly questions: AgentQuestions,
    private readonly addresses: GatewayAddresses,
    private readonly events: SecurityEvents,
  ) {}

  /** Nothing of a body is read before its signature holds. @throws Problem `forbidden`, `signature_missing`, `signature_invalid` */
  verify(signed: SignedMessage, client: ClientContext): void {
    if (!this.addresses.hold(client.ip)) {
      webhookRefused(this.events, client, 'gateway', 'address');
      throw new Problem('forbidden');
    }
    const verdict = this.signature.verdictOf(signed);
    if (verdict === 'valid') return;
    if (verdict === 'missing') throw new Problem('signature_missing');
    webhookRefused(this.events, client, 'gateway', verdict);
    throw new Problem('signature_invalid');
  }

  /**
   * Carries out a message whose signature holds, unless it was carried out before.
   * @throws Problem `json_invalid`, `json_too_complex`, `validation_failed`, `not_found`, `balance_exceeded`, and those of a question
   */
  async receive(body: Uint8Array, client: ClientContext): Promise<Received> {
    const message = await this.messages.read(body);
    if (message.type === 'agent.message') return this.questions.hand(message, client);
    const { id, userId, credits, reason } = message;
    return {
      isNew: await this.credits.topUp(userId, credits, reason, `gateway:${id}`),
      conversationId: null,
    };
  }
}
