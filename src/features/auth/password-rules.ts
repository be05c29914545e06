import { passwordPolicy } from '../../../config/policy/passwords.js';
import { Problem } from '../../errors/problem.js';

/** Length in code points after NFC (NIST SP 800-63B-4, 3.1.1.2); the DTO counts UTF-16 units. @throws Problem `validation_failed` */
export function requireGoodPassword(password: string): void {
  const length = [...password.normalize('NFC')].length;
  const { minLength, maxLength } = passwordPolicy;
  if (length >= minLength && length <= maxLength) return;
  throw new Problem('validation_failed', {
    errors: [
      {
        field: 'password',
        code: 'length',
        message: `password must have ${minLength} to ${maxLength} characters`,
      },
    ],
  });
}
