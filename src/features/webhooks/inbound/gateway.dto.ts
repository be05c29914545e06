import { NestedField } from '../../../perimeter/input/composite-fields.js';
import { applyDecorators } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { chatPolicy, conversationId } from '../../../../config/policy/assistants/chat.js';
import { topUpAtMost } from '../../../../config/policy/generations/credits.js';
import { ChoiceField, IntegerField, TextField, UuidField } from '../../../perimeter/input/fields.js';
import { ChoiceProperty, TextProperty } from '../../../perimeter/output/properties.js';

export class CreditsGrantedData {
  @UuidField({ description: 'Whose balance.', example: '0193c1f0-7d1e-7cc0-9b57-2f7de54aa001' })
  user_id!: string;

  @IntegerField({ description: 'Added to the balance.', min: 1, max: topUpAtMost, example: 500 })
  credits!: number;

  @TextField({
    description: 'What for: it stands in the ledger and is shown to the person.',
    min: 3,
    max: 500,
    example: 'order 1042',
  })
  reason!: string;
}

export class AgentMessageData {
  @UuidField({ description: 'Who asks, and pays.', example: '0193c1f0-7d1e-7cc0-9b57-2f7de54aa001' })
  user_id!: string;

  @TextField({
    description: 'The question.',
    min: 1,
    max: chatPolicy.messageCharacters,
    example: 'What is the status of order 1042?',
  })
  text!: string;

  @UuidField({ description: 'Who answers; the default agent where it is left out.', optional: true })
  agent_id?: string;

  @TextField({
    description:
      'A conversation of the account that goes on, or the id of a new one; where it is left out, a new one with an id of ours.',
    optional: true,
    ...conversationId,
  })
  conversation_id?: string;
}

/** What every message has. */
abstract class SentMessage {
  @TextField({
    description: 'Id of the message at its sender: the same one again changes nothing.',
    min: 1,
    max: 200,
    pattern: '^[!-~]+$',
    example: 'evt_01JDPQ',
  })
  id!: string;
}

/** Tops an account up. */
export class CreditsGrantedMessage extends SentMessage {
  @ChoiceField({ description: 'What it says.', of: ['credits.granted'], example: 'credits.granted' })
  type!: 'credits.granted';

  @NestedField({ description: 'Of `credits.granted`.', of: CreditsGrantedData })
  data!: CreditsGrantedData;
}

/** Hands a question to an agent. */
export class AgentQuestionMessage extends SentMessage {
  @ChoiceField({ description: 'What it says.', of: ['agent.message'], example: 'agent.message' })
  type!: 'agent.message';

  @NestedField({ description: 'Of `agent.message`.', of: AgentMessageData })
  data!: AgentMessageData;
}

/** By their types. */
export const gatewayMessages = {
  'credits.granted': CreditsGrantedMessage,
  'agent.message': AgentQuestionMessage,
} as const;
export type GatewayType = keyof typeof gatewayMessages;

export class GatewayReceipt {
  @ChoiceProperty(['accepted', 'duplicate_event'], {
    description: 'duplicate_event: it was accepted before, and nothing was done again.',
  })
  status!: 'accepted' | 'duplicate_event';

  @TextProperty({
    ...conversationId,
    optional: true,
    description: 'Of `agent.message`: the conversation that the answer comes in.',
  })
  conversation_id?: string;
}

/** How the sender proves itself. */
export const DescribeSignature = (): MethodDecorator =>
  applyDecorators(
    ApiHeader({
      name: 'X-Agent-Timestamp',
      description: 'Seconds since the epoch; at most five minutes off.',
      required: true,
      schema: { type: 'string', pattern: '^[0-9]{1,12}$', maxLength: 12 },
    }),
    ApiHeader({
      name: 'X-Agent-Signature',
      description:
        '`sha256=` and, in hex, the HMAC-SHA-256 under WEBHOOK_GATEWAY_SECRET of the timestamp, a point and the raw body.',
      required: true,
      schema: { type: 'string', pattern: '^sha256=[0-9a-fA-F]{64}$', maxLength: 71 },
    }),
  );
