import { contextWordMinLength, productWords } from '../../../../config/policy/accounts/passwords.js';
import { compact, fold } from './password-text.js';

/** Characters of an address or name that are read, and words that both yield together. */
const bounds = { text: 254, words: 40 } as const;

/** Words that an attacker who knows the account tries first: product, address and name, whole and in parts. */
export function contextWords(email: string | null, fullName: string | null): string[] {
  const [local = '', domain = ''] = fold((email ?? '').slice(0, bounds.text)).split('@', 2);
  const name = fold((fullName ?? '').slice(0, bounds.text));
  const labels = domain.split('.').slice(0, -1);
  const texts = [...productWords, local, ...labels, name];
  const words = texts.flatMap((text) => [compact(text), ...parts(text)]);
  return [...new Set(words)]
    .filter((word) => [...word].length >= contextWordMinLength && /\p{L}/u.test(word))
    .slice(0, bounds.words);
}

/** Splits at signs, and also at digits: `ada` of `ada1815`. */
function parts(text: string): string[] {
  return [...text.split(/[^\p{L}\p{N}]+/u), ...text.split(/[^\p{L}]+/u)];
}
