import type { Config } from '../../../../config/config.js';
import { deriveKey } from '../../../../config/secrets/derived-key.js';
import { Secret } from '../../../../config/values/secret.js';
import { hmacSha256 } from '../../../crypto/hash.js';

const digestBytes = 8;

/** By variable a digest, in hex, keyed by PSEUDONYM_KEY: of no variable can the value be tried out. */
export function configurationDigests({
  settings,
  pseudonymKey,
}: Pick<Config, 'settings' | 'pseudonymKey'>): ReadonlyMap<string, string> {
  const key = deriveKey(pseudonymKey.current, 'audit/configuration');
  return new Map(
    settings.map(({ name, value }) => {
      const text = value instanceof Secret ? value.reveal() : value;
      return [name, hmacSha256(key, name, '=', text).subarray(0, digestBytes).toString('hex')];
    }),
  );
}
