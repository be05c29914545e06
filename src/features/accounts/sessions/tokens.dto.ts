import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { roles } from '../../../../config/policy/accounts/roles.js';

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

export class VerificationResponse {
  @ApiProperty({ enum: ['sent'] }) verification!: 'sent';
}
