import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiQuery } from '@nestjs/swagger';
import { messengerPolicy } from '../../../../config/policy/assistants/messenger.js';
import { ChoiceProperty } from '../../../perimeter/output/properties.js';

export class MessengerReceipt {
  @ChoiceProperty(['accepted'], { description: 'What was new of it is stored.' })
  status!: 'accepted';
}

/** How Meta proves itself. */
export const DescribeMessengerSignature = (): MethodDecorator =>
  ApiHeader({
    name: 'X-Hub-Signature-256',
    description: '`sha256=` and, in hex, the HMAC-SHA-256 under FACEBOOK_APP_SECRET of the raw body.',
    required: true,
    schema: { type: 'string', pattern: '^sha256=[0-9a-fA-F]{64}$', maxLength: 71 },
  });

/** What Meta asks with. */
export const DescribeVerification = (): MethodDecorator =>
  applyDecorators(
    ApiQuery({
      name: 'hub.mode',
      description: 'What Meta wants.',
      required: true,
      schema: { type: 'string', enum: ['subscribe'] },
    }),
    ApiQuery({
      name: 'hub.verify_token',
      description: 'FACEBOOK_VERIFY_TOKEN.',
      required: true,
      schema: { type: 'string', pattern: '^[ -~]+$', maxLength: messengerPolicy.verifyTokenCharacters },
    }),
    ApiQuery({
      name: 'hub.challenge',
      description: 'Digits, which are sent back.',
      required: true,
      schema: { type: 'string', pattern: '^[0-9]+$', maxLength: messengerPolicy.challengeDigits },
    }),
  );
