import { ApiProperty } from '@nestjs/swagger';
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
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty() email!: string;
  @ApiProperty({ type: String, nullable: true }) full_name!: string | null;
  @ApiProperty({ enum: roles }) role!: Role;
  @ApiProperty() mfa_enabled!: boolean;
  @ApiProperty() credits_balance!: number;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) disabled_at!: string | null;
  @ApiProperty({ format: 'date-time' }) created_at!: string;
}

export class ManagedUsersPage {
  @ApiProperty({ type: [ManagedUserResponse] }) data!: ManagedUserResponse[];
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) next_cursor!: string | null;
}
