import { ListProperty, TextProperty, UrlProperty } from '../../../perimeter/output/properties.js';
import { recoveryPolicy } from '../../../../config/policy/accounts/mfa.js';
import { MfaCodeField } from '../factor/mfa-code.js';

const recoveryCodeSchema = { type: 'string', maxLength: 64, pattern: '^[0-9A-Za-z-]+$' };

export class ActivateMfaRequest {
  @MfaCodeField()
  code!: string;
}

export class EnrolmentResponse {
  @TextProperty({
    max: 128,
    pattern: '^[A-Z2-7]+$',
    description: 'In base 32, for typing into the app. Shown this once.',
  })
  secret!: string;
  @UrlProperty({ description: 'The same as an otpauth URL.' }) otpauth_url!: string;
  @TextProperty({
    max: 16_384,
    pattern: '^data:image/png;base64,[A-Za-z0-9+/]+=*$',
    description: 'That URL as a QR code: a PNG in a data URL.',
  })
  qr_code!: string;
}

export class RecoveryCodesResponse {
  @ListProperty(recoveryCodeSchema, {
    min: recoveryPolicy.count,
    description: 'Each opens one sign-in without the app. Shown this once.',
    max: recoveryPolicy.count,
  })
  recovery_codes!: string[];
}
