import { contextWordMinLength, productWords } from '../../../../config/policy/accounts/passwords.js';
import { compact, fold } from './password-text.js';

/** Characters of an address or name that are looked at, and words that come of both together. */
const bounds = { text: 254, words: 40 } as const;

/** What an attacker who knows the account would try first: the product, the address, the name, whole and in parts. */
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

/** Also `ada` of `ada1815`. */
function parts(text: string): string[] {
  return [...text.split(/[^\p{L}\p{N}]+/u), ...text.split(/[^\p{L}]+/u)];
}
