import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { passwordPolicy } from '../../../../config/policy/accounts/passwords.js';
import { roles } from '../../../../config/policy/accounts/roles.js';
import { scopes, type Scope } from '../../../../config/policy/accounts/scopes.js';
import { ChoiceField, EmailField, TextField } from '../../../perimeter/input/fields.js';
import { refreshTokenLength } from '../sessions/refresh-token.js';

/** UTF-16 units: a code point outside the basic plane takes two. */
const passwordUnits = passwordPolicy.maxLength * 2;

export class RegisterRequest {
  @EmailField({ description: 'Where the account is reached.', example: 'ada@example.com' })
  email!: string;

  @TextField({
    description: `At least ${passwordPolicy.minLength} characters; spaces and any script are welcome.`,
    min: passwordPolicy.minLength,
    max: passwordUnits,
    example: 'tall-otter-paints-9-quiet-bridges',
  })
  password!: string;

  @TextField({ description: 'How the person is called.', optional: true, max: 200, example: 'Ada Lovelace' })
  full_name?: string;
}

export class LoginRequest {
  @EmailField({ description: 'The e-mail address of the account.', example: 'ada@example.com' })
  email!: string;

  @TextField({ description: 'Its password.', min: 1, max: passwordUnits })
  password!: string;
}

export class ExchangeRequest {
  @TextField({
    description: 'An access token that Supabase issued to a social or link login.',
    min: 20,
    max: 8192,
  })
  supabase_access_token!: string;
}

export class RefreshRequest {
  @TextField({
    description: 'The latest refresh token of the session.',
    min: refreshTokenLength,
    max: refreshTokenLength,
  })
  refresh_token!: string;
}

export class ProfileRequest {
  @TextField({
    description: 'How the person is called; left out, the name is removed.',
    optional: true,
    max: 200,
  })
  full_name?: string;
}

export class ValidateResponse {
  @ApiProperty() valid!: boolean;
  @ApiProperty({ format: 'date-time' }) expires_at!: string;
}

export const logoutScopes = ['this', 'others', 'all'] as const;
export type LogoutScope = (typeof logoutScopes)[number];

export class LogoutRequest {
  @ChoiceField({
    description: 'Which sessions end: this one (default), the others, or all.',
    optional: true,
    of: logoutScopes,
  })
  scope?: LogoutScope;
}

export class UserResponse {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty() email!: string;
  @ApiProperty({ type: String, nullable: true }) full_name!: string | null;
  @ApiProperty({ enum: roles }) role!: string;
  @ApiProperty({ description: 'Credits that can be spent now.' }) credits_balance!: number;
  @ApiProperty() mfa_enabled!: boolean;
}

export class TokensResponse {
  @ApiProperty({ description: 'Goes into the Authorization header.' }) access_token!: string;
  @ApiProperty({ description: 'Good for one refresh.' }) refresh_token!: string;
  @ApiProperty({ enum: ['Bearer'] }) token_type!: 'Bearer';
  @ApiProperty({ description: 'Seconds until the access token expires.' }) expires_in!: number;
  @ApiProperty({ type: UserResponse }) user!: UserResponse;
  @ApiPropertyOptional({
    description: 'After a sign-in: send it back as X-Device-Token, and strangers cannot lock you out.',
  })
  device_token?: string;
}

export class MfaRequiredResponse {
  @ApiProperty({ enum: [true] }) mfa_required!: true;
  @ApiProperty({ description: 'Goes to /auth/mfa/verify with a code.' }) mfa_token!: string;
  @ApiProperty({ description: 'Seconds.' }) expires_in!: number;
}

export class VerificationResponse {
  @ApiProperty({ enum: ['sent'] }) verification!: 'sent';
}

export class SessionResponse {
  @ApiProperty({ format: 'uuid' }) sub!: string;
  @ApiProperty({ format: 'uuid', description: 'The session, or the API key.' }) sid!: string;
  @ApiProperty({ format: 'uuid' }) jti!: string;
  @ApiProperty({ enum: roles }) role!: string;
  @ApiProperty({
    description: 'When the person last proved who they are; seconds since the epoch, 0 for a key.',
  })
  auth_time!: number;
  @ApiProperty() iat!: number;
  @ApiProperty() exp!: number;
  @ApiProperty({
    enum: scopes,
    isArray: true,
    nullable: true,
    description: 'What an API key may do; null for a person.',
  })
  scopes!: readonly Scope[] | null;
}
