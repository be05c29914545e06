import {
  ChoiceProperty,
  EmailProperty,
  FlagProperty,
  IntegerProperty,
  ListProperty,
  MomentProperty,
  NextCursorProperty,
  TextProperty,
  UuidProperty,
} from '../../perimeter/output/properties.js';
import { roles, type Role } from '../../../config/policy/accounts/roles.js';
import { ChoiceField, FlagField, TextField } from '../../perimeter/input/fields.js';
import { pageQuery } from '../../perimeter/input/page-query.js';

export class ListUsersQuery extends pageQuery(100) {
  @TextField({ description: 'How the e-mail address begins.', optional: true, min: 1, max: 254 })
  email?: string;

  @ChoiceField({ description: 'Only people of this role.', optional: true, of: roles })
  role?: Role;
}

export class ChangeUserRequest {
  @ChoiceField({
    description: 'The new role; every token of the person ends with the change.',
    optional: true,
    of: roles,
  })
  role?: Role;

  @FlagField({
    description: 'true: nobody signs in to the account, and every token of it ends. false: enables it again.',
    optional: true,
  })
  disabled?: boolean;
}

export class ManagedUserResponse {
  @UuidProperty() id!: string;
  @EmailProperty() email!: string;
  @TextProperty({ nullable: true, max: 200 }) full_name!: string | null;
  @ChoiceProperty(roles) role!: Role;
  @FlagProperty() mfa_enabled!: boolean;
  @IntegerProperty() credits_balance!: number;
  @MomentProperty({ nullable: true }) disabled_at!: string | null;
  @MomentProperty() created_at!: string;
}

export class ManagedUsersPage {
  @ListProperty(ManagedUserResponse, { max: 100 }) data!: ManagedUserResponse[];
  @NextCursorProperty() next_cursor!: string | null;
}
