import { totpPolicy } from '../../../../config/policy/accounts/mfa.js';
import { TextField } from '../../../perimeter/input/fields.js';

/** The field of an input that takes a code of the second factor. */
export const MfaCodeField = (options: { optional?: boolean } = {}): PropertyDecorator =>
  TextField({
    description: 'Six digits from the authenticator app, or a recovery code.',
    min: totpPolicy.digits,
    max: 40,
    example: '123456',
    ...options,
  });

/** The digits of a TOTP code, which some apps show in two groups; null when it is not one. */
export function totpDigits(code: string): string | null {
  const digits = code.replace(/\s/g, '');
  return digits.length === totpPolicy.digits && /^[0-9]+$/.test(digits) ? digits : null;
}
