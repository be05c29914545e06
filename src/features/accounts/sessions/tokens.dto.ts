import { refreshTokenLength } from './refresh/refresh-token.js';
import {
  AccessTokenProperty,
  ChoiceProperty,
  ConstantProperty,
  EmailProperty,
  FlagProperty,
  IntegerProperty,
  ObjectProperty,
  TextProperty,
  tokenText,
  UuidProperty,
} from '../../../perimeter/output/properties.js';
import { roles } from '../../../../config/policy/accounts/roles.js';

export class UserResponse {
  @UuidProperty() id!: string;
  @EmailProperty() email!: string;
  @TextProperty({ nullable: true, max: 200 }) full_name!: string | null;
  @ChoiceProperty(roles) role!: string;
  @IntegerProperty({ description: 'Credits that can be spent now.' }) credits_balance!: number;
  @FlagProperty() mfa_enabled!: boolean;
}

export class TokensResponse {
  @ConstantProperty(false, { description: 'Tells it from an answer that asks for the second factor.' })
  mfa_required!: false;
  @AccessTokenProperty() access_token!: string;
  @TextProperty({ ...tokenText(refreshTokenLength), description: 'Good for one refresh.' })
  refresh_token!: string;
  @ConstantProperty('Bearer') token_type!: 'Bearer';
  @IntegerProperty({ description: 'Seconds until the access token expires.' }) expires_in!: number;
  @ObjectProperty(UserResponse) user!: UserResponse;
  @TextProperty({
    optional: true,
    max: 128,
    pattern: '^[A-Za-z0-9_-]+$',
    description: 'After a sign-in: send it back as X-Device-Token, and strangers cannot lock you out.',
  })
  device_token?: string;
}

export class VerificationResponse {
  @ConstantProperty('sent') verification!: 'sent';
}
