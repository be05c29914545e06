import { ApiProperty } from '@nestjs/swagger';
import { recoveryPolicy } from '../../../../config/policy/accounts/mfa.js';
import { MfaCodeField } from '../factor/mfa-code.js';

export class ActivateMfaRequest {
  @MfaCodeField()
  code!: string;
}

export class EnrolmentResponse {
  @ApiProperty({ description: 'In base 32, for typing into the app. Shown this once.' }) secret!: string;
  @ApiProperty({ description: 'The same as an otpauth URL.' }) otpauth_url!: string;
  @ApiProperty({ description: 'That URL as a QR code: a PNG in a data URL.' }) qr_code!: string;
}

export class RecoveryCodesResponse {
  @ApiProperty({
    type: [String],
    minItems: recoveryPolicy.count,
    maxItems: recoveryPolicy.count,
    description: 'Each opens one sign-in without the app. Shown this once.',
  })
  recovery_codes!: string[];
}
