import { Param, type PipeTransform } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { Problem } from '../../../errors/problem.js';
import { conversationId } from './chat.dto.js';

const { min, max, pattern } = conversationId;

const pipe: PipeTransform = {
  transform(value: unknown): string {
    // An invalid id gets the same answer as an unknown one.
    if (typeof value !== 'string' || value.length > max || !new RegExp(pattern, 'u').test(value))
      throw new Problem('not_found');
    return value;
  },
};

/** The `:id` of the path. @throws Problem `not_found` when it can be none */
export const ConversationIdParam = (): ParameterDecorator => (target, key, index) => {
  Param('id', pipe)(target, key, index);
  const method = key === undefined ? undefined : Object.getOwnPropertyDescriptor(target, key);
  if (key !== undefined && method !== undefined)
    ApiParam({
      name: 'id',
      description: 'Of a conversation of yours.',
      schema: { type: 'string', minLength: min, maxLength: max, pattern },
    })(target, key, method);
};
