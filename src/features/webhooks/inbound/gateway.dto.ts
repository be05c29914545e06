import { NestedField } from '../../../perimeter/input/composite-fields.js';
import { applyDecorators } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { topUpAtMost } from '../../../../config/policy/generations/credits.js';
import { ChoiceField, IntegerField, TextField, UuidField } from '../../../perimeter/input/fields.js';
import { ChoiceProperty } from '../../../perimeter/output/properties.js';

/** What a message to the gateway can say. */
export const gatewayTypes = ['credits.granted'] as const;

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

export class GatewayMessage {
  @TextField({
    description: 'Id of the message at its sender: the same one again changes nothing.',
    min: 1,
    max: 200,
    pattern: '^[!-~]+$',
    example: 'evt_01JDPQ',
  })
  id!: string;

  @ChoiceField({ description: 'What it says.', of: gatewayTypes, example: 'credits.granted' })
  type!: (typeof gatewayTypes)[number];

  @NestedField({ description: 'Of `credits.granted`.', of: CreditsGrantedData })
  data!: CreditsGrantedData;
}

export class GatewayReceipt {
  @ChoiceProperty(['accepted', 'duplicate_event'], {
    description: 'duplicate_event: it was accepted before, and nothing was done again.',
  })
  status!: 'accepted' | 'duplicate_event';
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
