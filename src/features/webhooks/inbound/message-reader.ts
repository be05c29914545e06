import { Injectable } from '@nestjs/common';
import { decodeUtf8 } from '../../../../config/values/utf8.js';
import { Problem } from '../../../errors/problem.js';
import { parseJson } from '../../../perimeter/http/json-body.js';
import { isNotBlank } from '../../../perimeter/input/is-not-blank.js';
import { inputValidation } from '../../../perimeter/input/validation.js';
import {
  AgentQuestionMessage,
  CreditsGrantedMessage,
  gatewayMessages,
  type GatewayType,
} from './gateway.dto.js';

/** A top-up. */
export interface TopUp {
  readonly type: 'credits.granted';
  /** Of the message, at its sender. */
  readonly id: string;
  readonly userId: string;
  readonly credits: number;
  readonly reason: string;
}

/** A question of an account for an agent. */
export interface AgentQuestion {
  readonly type: 'agent.message';
  /** Of the message, at its sender. */
  readonly id: string;
  readonly userId: string;
  readonly text: string;
  /** Null: the default one. */
  readonly agentId: string | null;
  /** Null: a new one. */
  readonly conversationId: string | null;
}

/** Reads the body of a message, whose signature was verified over its bytes. */
@Injectable()
export class MessageReader {
  private readonly validation = inputValidation();

  /** @throws Problem `json_invalid`, `json_too_complex`, `validation_failed` */
  async read(body: Uint8Array): Promise<TopUp | AgentQuestion> {
    const json: unknown = parseJson(decodeUtf8(Buffer.from(body)) ?? '');
    const message: unknown = await this.validation.transform(json, { type: 'body', metatype: classOf(json) });
    if (message instanceof CreditsGrantedMessage) {
      const { id, type, data } = message;
      return { id, type, userId: data.user_id, credits: data.credits, reason: data.reason };
    }
    if (!(message instanceof AgentQuestionMessage)) throw new Problem('validation_failed');
    const { id, type, data } = message;
    if (!isNotBlank(data.text))
      throw new Problem('validation_failed', {
        errors: [{ field: 'data.text', code: 'blank', message: 'must say something' }],
      });
    const { user_id: userId, text, agent_id: agentId = null, conversation_id: conversationId = null } = data;
    return { id, type, userId, text, agentId, conversationId };
  }
}

/** By its type; what has none of ours is refused as the first of them. */
function classOf(json: unknown): (typeof gatewayMessages)[GatewayType] {
  const type = typeof json === 'object' && json !== null && 'type' in json ? json.type : null;
  return type === 'agent.message' ? gatewayMessages[type] : gatewayMessages['credits.granted'];
}
