import { Param, type PipeTransform } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { Problem } from '../../../errors/problem.js';
import { conversationId } from '../../../../config/policy/assistants/chat.js';

interface IdShape {
  readonly max: number;
  readonly pattern: string;
}

const messageId: IdShape = { max: 64, pattern: '^[!-~]+$' };

const pipeOf = ({ max, pattern }: IdShape): PipeTransform => ({
  transform(value: unknown): string {
    // An invalid id gets the same answer as an unknown one.
    if (typeof value !== 'string' || value.length > max || !new RegExp(pattern, 'u').test(value))
      throw new Problem('not_found');
    return value;
  },
});

const idParam =
  (name: string, description: string, shape: IdShape): ParameterDecorator =>
  (target, key, index) => {
    Param(name, pipeOf(shape))(target, key, index);
    const method = key === undefined ? undefined : Object.getOwnPropertyDescriptor(target, key);
    if (key === undefined || method === undefined) return;
    const { max: maxLength, pattern } = shape;
    ApiParam({ name, description, schema: { type: 'string', minLength: 1, maxLength, pattern } })(
      target,
      key,
      method,
    );
  };

/** The `:id` of the path. @throws Problem `not_found` when it can be none */
export const ConversationIdParam = (): ParameterDecorator =>
  idParam('id', 'Of a conversation of yours.', conversationId);

/** The `:message_id` of the path. @throws Problem `not_found` when it can be none */
export const MessageIdParam = (): ParameterDecorator =>
  idParam('message_id', 'Of an answer there.', messageId);
