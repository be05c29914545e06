import { ApiHeader, ApiQuery } from '@nestjs/swagger';
import { applyDecorators } from '@nestjs/common';
import { ConstantProperty, freeText, uuidSchema } from '../../../perimeter/output/properties.js';

/** The longest header or parameter that is read, in characters. */
export const longestWord = 256;

const word = { type: 'string', minLength: 1, maxLength: longestWord, pattern: freeText } as const;

export class CallbackReceivedResponse {
  @ConstantProperty(true) received!: true;
}

/** What the link carries, and what the sender signs. */
export const DescribeCallback = (): MethodDecorator =>
  applyDecorators(
    ApiQuery({
      name: 'job',
      description: 'Whose callback this is.',
      schema: { type: 'string', ...uuidSchema },
    }),
    ApiQuery({ name: 'proof', description: 'That this service gave out the link.', schema: word }),
    ...[
      ['Request-Id', 'Id of the request at fal.'],
      ['User-Id', 'Id of the account at fal.'],
      ['Timestamp', 'Seconds since the epoch.'],
      ['Signature', 'Ed25519 over id, account, time and the hash of the body, in hex.'],
    ].map(([name, description]) =>
      ApiHeader({
        name: `X-Fal-Webhook-${name ?? ''}`,
        description: description ?? '',
        required: true,
        schema: word,
      }),
    ),
  );
