import { recoveryPolicy } from '../../../../config/policy/accounts/mfa.js';
import { hmacSha256 } from '../../../crypto/hash.js';
import type { Random } from '../../../ports/random.js';

/** Crockford's base 32: without letters that look like digits. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const group = 4;

/** New codes in the form that is shown: `xxxx-xxxx-xxxx-xxxx`. */
export function newRecoveryCodes(random: Random): string[] {
  return Array.from({ length: recoveryPolicy.count }, () => {
    let bits = BigInt(`0x${random.bytes(recoveryPolicy.bytesEach).toString('hex')}`);
    let code = '';
    for (let left = (recoveryPolicy.bytesEach * 8) / 5; left > 0; left--) {
      code += alphabet[Number(bits & 31n)] ?? '';
      if (left % group === 1 && left > 1) code += '-';
      bits >>= 5n;
    }
    return code;
  });
}

/**
 * The stored HMAC-SHA-256 of a code. Bound to its owner, so that a hash copied to another account matches nothing
 * there.
 */
export function recoveryHash(key: Buffer, userId: string, code: string): Buffer {
  return hmacSha256(key, `${userId}\0${plainForm(code)}`);
}

/** Normalises case, groups, and the letters that Crockford's alphabet omits because they look like digits. */
function plainForm(code: string): string {
  return code.toLowerCase().replace(/[\s-]/g, '').replaceAll('o', '0').replace(/[il]/g, '1');
}
