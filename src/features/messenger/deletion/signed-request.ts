import { deletionPolicy, messengerPolicy } from '../../../../config/policy/assistants/messenger.js';
import { equalInConstantTime, hmacSha256 } from '../../../crypto/hash.js';

const shape = /^([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]+)$/;
const idPattern = new RegExp(`^\\d{1,${messengerPolicy.idCharacters}}$`, 'u');

/** A `signed_request` of Meta: signed by nobody who knows the app's secret, or what it says. */
export type SignedRequest =
  | { readonly verdict: 'missing' | 'wrong' | 'unreadable' }
  | { readonly verdict: 'valid'; readonly appUserId: string };

/** Reads the form that Meta posts: HMAC-SHA-256 under the app's secret over the payload as it is written, both in base64url. */
export function readSignedRequest(form: string, appSecret: string | null): SignedRequest {
  const text =
    form.length > deletionPolicy.formCharacters ? null : new URLSearchParams(form).get('signed_request');
  if (text === null) return { verdict: 'missing' };
  const [, signature = '', payload = ''] = shape.exec(text) ?? [];
  if (payload === '' || appSecret === null) return { verdict: 'wrong' };
  const expected = hmacSha256(appSecret, payload).toString('base64url');
  if (!equalInConstantTime(expected, signature)) return { verdict: 'wrong' };
  const appUserId = userOf(payload);
  return appUserId === null ? { verdict: 'unreadable' } : { verdict: 'valid', appUserId };
}

function userOf(payload: string): string | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    if (typeof value !== 'object' || value === null || !('algorithm' in value) || !('user_id' in value))
      return null;
    const { algorithm, user_id: id } = value;
    return algorithm === 'HMAC-SHA256' && typeof id === 'string' && idPattern.test(id) ? id : null;
  } catch {
    return null;
  }
}
