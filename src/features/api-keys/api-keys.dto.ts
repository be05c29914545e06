import { TextsField } from '../../perimeter/input/composite-fields.js';
import {
  ChoicesProperty,
  IntegerProperty,
  ListProperty,
  MomentProperty,
  TextProperty,
  UuidProperty,
} from '../../perimeter/output/properties.js';
import { apiKeyPolicy } from '../../../config/policy/accounts/api-keys.js';
import { scopes, type Scope } from '../../../config/policy/accounts/scopes.js';
import { AddressRangesField, ChoicesField, IntegerField, TextField } from '../../perimeter/input/fields.js';

const keyPrefix = {
  max: apiKeyPolicy.textPrefix.length + apiKeyPolicy.shownCharacters,
  pattern: `^${apiKeyPolicy.textPrefix}[A-Za-z0-9_-]+$`,
};

const addressRangeSchema = {
  type: 'string',
  maxLength: 49,
  pattern: '^[0-9a-fA-F:.]+/[0-9]{1,3}$',
  example: '203.0.113.0/24',
};

export class CreateApiKeyRequest {
  @TextField({ description: 'What the key is for.', min: 1, max: 100, example: 'nightly pictures' })
  name!: string;

  @ChoicesField({
    description: 'What it may do.',
    of: scopes,
    example: ['generations:read', 'generations:write'],
  })
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
  @UuidProperty() id!: string;
  @TextProperty({ max: 100 }) name!: string;
  @TextProperty({
    ...keyPrefix,
    description: 'The first characters of the key, for telling keys apart.',
  })
  prefix!: string;
  @ChoicesProperty(scopes) scopes!: Scope[];
  @ListProperty(addressRangeSchema, {
    description: 'CIDR ranges; none: from anywhere.',
    max: apiKeyPolicy.maxAddresses,
  })
  addresses!: string[];
  @MomentProperty() created_at!: string;
  @MomentProperty() expires_at!: string;
  @MomentProperty({ nullable: true, description: 'To the minute.' })
  last_used_at!: string | null;
  @TextProperty({
    nullable: true,
    ...keyPrefix,
    description: 'After a rotation: the beginning of the old key, while it still works.',
  })
  previous_prefix!: string | null;
  @MomentProperty({ nullable: true }) previous_expires_at!: string | null;
}

export class ShownApiKeyResponse extends ApiKeyResponse {
  @TextProperty({
    max: 64,
    pattern: `^${apiKeyPolicy.textPrefix}[A-Za-z0-9_-]+$`,
    description: 'Goes into the Authorization header as a Bearer token. Not shown again.',
  })
  key!: string;
}

/** Ids of models of any provider: printable, without blanks. */
const modelIdPattern = '^[!-~]+$';

export class ChangeKeyLimitsRequest {
  @IntegerField({
    description: 'Credits that the key may use in a month in UTC; null: no cap of its own.',
    optional: true,
    nullable: true,
    min: 0,
    max: apiKeyPolicy.maxCredits,
    example: 500,
  })
  monthly_credits?: number | null;

  @IntegerField({
    description: 'Millionths of a dollar that it may cost a day at the providers; null: no cap of its own.',
    optional: true,
    nullable: true,
    min: 0,
    max: apiKeyPolicy.maxMicroUsd,
    example: 500_000,
  })
  daily_microusd?: number | null;

  @IntegerField({
    description: 'The same of a month.',
    optional: true,
    nullable: true,
    min: 0,
    max: apiKeyPolicy.maxMicroUsd,
    example: 5_000_000,
  })
  monthly_microusd?: number | null;

  @TextsField({
    description: 'Ids of the models that it may use; null: any.',
    optional: true,
    nullable: true,
    longest: apiKeyPolicy.modelIdCharacters,
    pattern: modelIdPattern,
    max: apiKeyPolicy.maxModels,
    example: ['velro/canvas'],
  })
  models?: string[] | null;
}

export class KeyLimitsResponse {
  @IntegerProperty({ nullable: true }) monthly_credits!: number | null;
  @IntegerProperty({ description: 'Of the present month in UTC, reserved ones included.' })
  used_credits!: number;
  @IntegerProperty({ nullable: true }) daily_microusd!: number | null;
  @IntegerProperty({ nullable: true }) monthly_microusd!: number | null;
  @ListProperty(
    { type: 'string', maxLength: apiKeyPolicy.modelIdCharacters, pattern: modelIdPattern },
    { nullable: true, max: apiKeyPolicy.maxModels },
  )
  models!: string[] | null;
}

export class ApiKeysResponse {
  @ListProperty(ApiKeyResponse, { max: apiKeyPolicy.perUser }) data!: ApiKeyResponse[];
}
