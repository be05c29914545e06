/** When a key that is a JWT ends, as Supabase's legacy keys do; null for every other text. Nothing is verified: it is our own key. */
export function endOfJwt(text: string): Date | null {
  const [, payload, , ...more] = text.split('.');
  if (payload === undefined || more.length > 0 || !text.startsWith('eyJ')) return null;
  try {
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as {
      readonly exp?: unknown;
    } | null;
    const end = claims?.exp;
    return typeof end === 'number' && end > 0 && end < 100_000_000_000 ? new Date(end * 1000) : null;
  } catch {
    return null;
  }
}
