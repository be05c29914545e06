import { mfaTokenLength } from '../factor/mfa-challenges.js';
import {
  ChoiceProperty,
  ChoicesProperty,
  ConstantProperty,
  FlagProperty,
  IntegerProperty,
  MomentProperty,
  TextProperty,
  tokenText,
  UuidProperty,
} from '../../../perimeter/output/properties.js';
import { passwordPolicy } from '../../../../config/policy/accounts/passwords.js';
import { tokenRoles } from '../../../../config/policy/accounts/roles.js';
import { scopes, type Scope } from '../../../../config/policy/accounts/scopes.js';
import { ChoiceField, EmailField, TextField } from '../../../perimeter/input/fields.js';
import { refreshTokenLength } from '../sessions/refresh/refresh-token.js';
import { logoutScopes, type LogoutScope } from '../sessions/token-pair.js';

/** In UTF-16 units: a code point outside the basic plane takes two. */
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

  @TextField({
    description: 'Its password.',
    example: 'tall-otter-paints-9-quiet-bridges',
    min: 1,
    max: passwordUnits,
  })
  password!: string;
}

export class ExchangeRequest {
  @TextField({
    description: 'An access token that Supabase issued to a social or link login.',
    example: 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIifQ.c2lnbmF0dXJl',
    min: 20,
    max: 8192,
  })
  supabase_access_token!: string;
}

export class RefreshRequest {
  @TextField({
    description: 'The latest refresh token of the session.',
    example: 'A'.repeat(refreshTokenLength),
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
  @FlagProperty() valid!: boolean;
  @MomentProperty() expires_at!: string;
}

export class LogoutRequest {
  @ChoiceField({
    description: 'Which sessions end: this one (default), the others, or all.',
    optional: true,
    of: logoutScopes,
  })
  scope?: LogoutScope;
}

export class MfaRequiredResponse {
  @ConstantProperty(true) mfa_required!: true;
  @TextProperty({ ...tokenText(mfaTokenLength), description: 'Goes to /auth/mfa/verify with a code.' })
  mfa_token!: string;
  @IntegerProperty({ description: 'Seconds.' }) expires_in!: number;
}

export class SessionResponse {
  @UuidProperty() sub!: string;
  @UuidProperty({ description: 'The session, or the API key.' }) sid!: string;
  @UuidProperty() jti!: string;
  @ChoiceProperty(tokenRoles) role!: string;
  @IntegerProperty({
    description: 'When the person last proved who they are; seconds since the epoch, 0 for a key.',
  })
  auth_time!: number;
  @IntegerProperty() iat!: number;
  @IntegerProperty() exp!: number;
  @ChoicesProperty(scopes, { nullable: true, description: 'What an API key may do; null for a person.' })
  scopes!: readonly Scope[] | null;
}
