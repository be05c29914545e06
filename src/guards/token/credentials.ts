import { accessTokenPolicy } from '../../../config/policy/accounts/tokens.js';
import type { RefusalReason } from './token-refused.js';

/** The scheme is matched in any case (RFC 9110, 11.1); one space follows it. */
const bearer = /^bearer (.*)$/is;

/** What follows `Bearer` in an Authorization header; null for another scheme. */
export function bearerCredentials(authorization: string): string | null {
  // The usual spelling without a regular expression.
  if (authorization.startsWith('Bearer ')) return authorization.slice('Bearer '.length);
  return bearer.exec(authorization)?.[1] ?? null;
}

/** Texts that programs send where a variable was empty or a template was not filled in. */
const unset: ReadonlySet<string> = new Set([
  '',
  'undefined',
  'null',
  'none',
  'nil',
  'nan',
  'true',
  'false',
  'token',
  'your_token',
  'your-token',
  'access_token',
  'api_key',
  'velro_',
  '[object object]',
]);
const template = /\$\{|\{\{|<[^>]*>|^\$[A-Z_]+$|^%[A-Z_]+%$/i;
/** Keys of other services, by the prefixes that their vendors publish for secret scanning. */
const otherVendor =
  /^(?:sk|pk|rk)[-_][\w-]|^(?:gh[pousr]|github_pat|glpat|xox[abprs]|hf|r8|sb|sbp|key|pat|npm|dop|shp\w{2})[-_]|^AIza|^AKIA|^ya29\./;

/** Why credentials that are no token of ours are refused: accidents of honest clients apart from what attackers send. */
export function reasonOfText(authorization: string): RefusalReason {
  if (authorization.length > accessTokenPolicy.maxLength) return 'too_long';
  const credentials = bearerCredentials(authorization);
  if (credentials === null) return /^bearer$/i.test(authorization.trim()) ? 'unset' : 'scheme';
  const text = credentials.trim();
  if (unset.has(text.toLowerCase()) || template.test(text)) return 'unset';
  return otherVendor.test(text) ? 'other_vendor' : 'malformed';
}
