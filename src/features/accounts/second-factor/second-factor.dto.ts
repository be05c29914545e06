import { AccessTokenProperty, IntegerProperty } from '../../../perimeter/output/properties.js';
import { passwordPolicy } from '../../../../config/policy/accounts/passwords.js';
import { TextField } from '../../../perimeter/input/fields.js';
import { mfaTokenLength } from '../factor/mfa-challenges.js';
import { MfaCodeField } from '../factor/mfa-code.js';

export class MfaVerifyRequest {
  @TextField({
    description: 'What the right password gave.',
    example: 'A'.repeat(mfaTokenLength),
    min: mfaTokenLength,
    max: mfaTokenLength,
  })
  mfa_token!: string;

  @MfaCodeField()
  code!: string;
}

export class StepUpRequest {
  @TextField({
    description: 'The password, where there is no second factor.',
    example: 'tall-otter-paints-9-quiet-bridges',
    optional: true,
    max: passwordPolicy.maxLength * 2,
  })
  password?: string;

  @MfaCodeField({ optional: true })
  code?: string;
}

export class StepUpResponse {
  @AccessTokenProperty() access_token!: string;
  @IntegerProperty({ description: 'Seconds.' }) expires_in!: number;
}
