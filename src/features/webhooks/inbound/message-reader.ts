import { Injectable } from '@nestjs/common';
import { decodeUtf8 } from '../../../../config/values/utf8.js';
import { Problem } from '../../../errors/problem.js';
import { parseJson } from '../../../perimeter/http/json-body.js';
import { inputValidation } from '../../../perimeter/input/validation.js';
import { GatewayMessage } from './gateway.dto.js';

/** What a message says. */
export interface TopUp {
  /** Of the message, at its sender. */
  readonly id: string;
  readonly userId: string;
  readonly credits: number;
  readonly reason: string;
}

/** Reads the body of a message, whose signature was verified over its bytes. */
@Injectable()
export class MessageReader {
  private readonly validation = inputValidation();

  /** @throws Problem `json_invalid`, `json_too_complex`, `validation_failed` */
  async read(body: Uint8Array): Promise<TopUp> {
    const message: unknown = await this.validation.transform(parseJson(decodeUtf8(Buffer.from(body)) ?? ''), {
      type: 'body',
      metatype: GatewayMessage,
    });
    if (!(message instanceof GatewayMessage)) throw new Problem('validation_failed');
    const { id, data } = message;
    return { id, userId: data.user_id, credits: data.credits, reason: data.reason };
  }
}
