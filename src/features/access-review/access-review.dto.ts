import { accessReviewPolicy } from '../../../config/policy/accounts/access-review.js';
import { roles, type Role } from '../../../config/policy/accounts/roles.js';
import { TextField } from '../../perimeter/input/fields.js';
import {
  ChoiceProperty,
  EmailProperty,
  FlagProperty,
  IntegerProperty,
  ListProperty,
  MomentProperty,
  ObjectProperty,
  TextProperty,
  UuidProperty,
} from '../../perimeter/output/properties.js';

export class AttestAccessRequest {
  @TextField({
    description: 'What was looked at, and what was done about it.',
    example: 'All are still with us.',
    min: 1,
    max: 500,
  })
  note!: string;
}

export class ReviewedAdministratorResponse {
  @UuidProperty() id!: string;
  @EmailProperty() email!: string;
  @ChoiceProperty(roles) role!: Role;
  @FlagProperty() mfa_enabled!: boolean;
  @MomentProperty({ nullable: true }) disabled_at!: string | null;
  @MomentProperty({ nullable: true, description: 'When a session was last used; null: none is remembered.' })
  last_used_at!: string | null;
  @FlagProperty({ description: `Unused for ${String(accessReviewPolicy.staleDays)} days.` }) stale!: boolean;
  @IntegerProperty({ description: 'Open ones.' }) sessions!: number;
  @IntegerProperty({ description: 'Known ones.' }) devices!: number;
  @IntegerProperty({ description: 'Living API keys.' }) api_keys!: number;
  @MomentProperty() created_at!: string;
}

export class StaleKeyResponse {
  @UuidProperty() id!: string;
  @UuidProperty() user_id!: string;
  @TextProperty({ max: 100 }) name!: string;
  @TextProperty({ max: 14 }) prefix!: string;
  @ListProperty({ type: 'string', maxLength: 64, pattern: '^[a-z:_]+$' }, { max: 50 }) scopes!: string[];
  @MomentProperty() created_at!: string;
  @MomentProperty({ nullable: true }) last_used_at!: string | null;
  @MomentProperty() expires_at!: string;
}

export class AttestationResponse {
  @MomentProperty() at!: string;
  @UuidProperty({ nullable: true }) reviewer_id!: string | null;
  @IntegerProperty() administrators!: number;
  @IntegerProperty() stale_keys!: number;
  @TextProperty({ max: 500 }) note!: string;
}

export class AccessReviewResponse {
  @IntegerProperty({ description: 'How many there are, listed or not.' }) administrator_count!: number;
  @ListProperty(ReviewedAdministratorResponse, { max: accessReviewPolicy.administrators })
  administrators!: ReviewedAdministratorResponse[];
  @IntegerProperty({ description: 'How many there are, listed or not.' }) stale_key_count!: number;
  @ListProperty(StaleKeyResponse, { max: accessReviewPolicy.staleKeys }) stale_keys!: StaleKeyResponse[];
  @ObjectProperty(AttestationResponse, { nullable: true }) last_attestation!: AttestationResponse | null;
  @MomentProperty({ description: 'When the next attestation is due.' }) due_at!: string;
}
