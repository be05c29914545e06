import { dateOfSeconds } from '../../../config/values/unix-time.js';

/** When a key that is a JWT ends, as Supabase's legacy keys do; null for every other text. Nothing is verified: it is our own key. */
export function endOfJwt(text: string): Date | null {
  const [, payload, , ...more] = text.split('.');
  if (payload === undefined || more.length > 0 || !text.startsWith('eyJ')) return null;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    return typeof claims === 'object' && claims !== null && 'exp' in claims
      ? dateOfSeconds(claims.exp)
      : null;
  } catch {
    return null;
  }
}
