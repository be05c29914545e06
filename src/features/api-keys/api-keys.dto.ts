import { ApiProperty } from '@nestjs/swagger';
import { apiKeyPolicy } from '../../../config/policy/accounts/api-keys.js';
import { scopes, type Scope } from '../../../config/policy/accounts/scopes.js';
import { AddressRangesField, ChoicesField, IntegerField, TextField } from '../../perimeter/input/fields.js';

export class CreateApiKeyRequest {
  @TextField({ description: 'What the key is for.', min: 1, max: 100, example: 'nightly pictures' })
  name!: string;

  @ChoicesField({ description: 'What it may do.', of: scopes })
  scopes!: Scope[];

  @IntegerField({
    description: `Days until it expires; ${apiKeyPolicy.defaultDays} when left out.`,
    optional: true,
    min: 1,
    max: apiKeyPolicy.maxDays,
  })
  expires_in_days?: number;

  @AddressRangesField({
    description: 'Addresses and CIDR ranges from which it may be used; none: from anywhere.',
    optional: true,
    max: apiKeyPolicy.maxAddresses,
  })
  addresses?: string[];
}

export class RotateApiKeyRequest {
  @IntegerField({
    description: `Seconds for which the old key still works; ${apiKeyPolicy.defaultOverlapSeconds} when left out.`,
    optional: true,
    min: 0,
    max: apiKeyPolicy.maxOverlapSeconds,
  })
  overlap_seconds?: number;
}

export class ApiKeyResponse {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty() name!: string;
  @ApiProperty({ description: 'The first characters of the key, for telling keys apart.' }) prefix!: string;
  @ApiProperty({ enum: scopes, isArray: true }) scopes!: Scope[];
  @ApiProperty({ type: [String], description: 'CIDR ranges; none: from anywhere.' }) addresses!: string[];
  @ApiProperty({ format: 'date-time' }) created_at!: string;
  @ApiProperty({ format: 'date-time' }) expires_at!: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'To the minute.' })
  last_used_at!: string | null;
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'After a rotation: the beginning of the old key, while it still works.',
  })
  previous_prefix!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) previous_expires_at!: string | null;
}

export class ShownApiKeyResponse extends ApiKeyResponse {
  @ApiProperty({ description: 'Goes into the Authorization header as a Bearer token. Not shown again.' })
  key!: string;
}

export class ApiKeysResponse {
  @ApiProperty({ type: [ApiKeyResponse] }) data!: ApiKeyResponse[];
}
