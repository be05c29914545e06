import { EmailField, TextField } from '../../../perimeter/input/fields.js';

export class EmailChangeRequest {
  @EmailField({ description: 'The new address.', example: 'ada@example.org' })
  email!: string;
}

export class EmailChangeConfirmRequest {
  @TextField({
    description: 'What the link of the mail to the new address carries.',
    example: 'token-of-the-link',
    min: 6,
    max: 256,
  })
  token!: string;
}
