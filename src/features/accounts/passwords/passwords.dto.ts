import { passwordPolicy } from '../../../../config/policy/accounts/passwords.js';
import { EmailField, TextField } from '../../../perimeter/input/fields.js';

/** In UTF-16 units: a code point outside the basic plane takes two. */
const passwordUnits = passwordPolicy.maxLength * 2;
const tokenField = {
  description: "What the mail's link carries.",
  example: 'token-of-the-link',
  min: 6,
  max: 256,
};

export class AddressRequest {
  @EmailField({ description: 'The e-mail address of the account.', example: 'ada@example.com' })
  email!: string;
}

export class EmailVerifyRequest {
  @TextField(tokenField)
  token!: string;

  @TextField({
    description:
      'The password of the account from now on; one that was named at the registration is not kept.',
    min: passwordPolicy.minLength,
    max: passwordUnits,
    example: 'tall-otter-paints-9-quiet-bridges',
  })
  password!: string;
}

export class PasswordResetConfirmRequest {
  @TextField(tokenField)
  token!: string;

  @TextField({
    description: 'The new password.',
    example: 'quiet-otter-sings-7-tall-bridges',
    min: 8,
    max: passwordUnits,
  })
  new_password!: string;
}

export class PasswordChangeRequest {
  @TextField({
    description: 'The present password.',
    example: 'tall-otter-paints-9-quiet-bridges',
    min: 1,
    max: passwordUnits,
  })
  current_password!: string;

  @TextField({
    description: 'The new password.',
    example: 'quiet-otter-sings-7-tall-bridges',
    min: 8,
    max: passwordUnits,
  })
  new_password!: string;
}
