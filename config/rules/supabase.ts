import { isDeployed } from '../environment/environment.defaults.js';
import type { Settings } from '../environment/environment.defaults.js';
import { isLocalHost } from '../values/network-address.js';
import type { Secret } from '../values/secret.js';
import type { Rule } from './rule.js';

interface Key {
  readonly variable:
    'SUPABASE_PUBLISHABLE_KEY' | 'SUPABASE_ANON_KEY' | 'SUPABASE_SECRET_KEY' | 'SUPABASE_SERVICE_ROLE_KEY';
  readonly secret: Secret;
}

/** The new name wins over the legacy one. */
const pick = (settings: Settings, name: Key['variable'], legacy: Key['variable']): Key | null => {
  const variable = settings[name] === undefined ? legacy : name;
  const secret = settings[variable];
  return secret === undefined ? null : { variable, secret };
};

export const publishableKey = (settings: Settings): Key | null =>
  pick(settings, 'SUPABASE_PUBLISHABLE_KEY', 'SUPABASE_ANON_KEY');
export const secretKey = (settings: Settings): Key | null =>
  pick(settings, 'SUPABASE_SECRET_KEY', 'SUPABASE_SERVICE_ROLE_KEY');

/** The kind of a key by its prefix, or by the role in a legacy JWT's payload; null when unknown. */
function kindOf(key: string): 'publishable' | 'secret' | null {
  if (key.startsWith('sb_publishable_')) return 'publishable';
  if (key.startsWith('sb_secret_')) return 'secret';
  const payload = key.split('.')[1];
  if (payload === undefined) return null;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    if (typeof claims !== 'object' || claims === null || !('role' in claims)) return null;
    return claims.role === 'anon' ? 'publishable' : 'secret';
  } catch {
    return null;
  }
}

/** The publishable key is public; a secret key in its place would be sent to browsers. */
export const supabaseKeys: Rule = (settings, result, name) => {
  const places = [
    [publishableKey(settings), 'publishable', 'Write the publishable key, sb_publishable_….'],
    [secretKey(settings), 'secret', 'Write the secret key, sb_secret_….'],
  ] as const;
  for (const [key, wanted, hint] of places) {
    const kind = key === null ? null : kindOf(key.secret.reveal());
    if (key !== null && kind !== null && kind !== wanted) {
      result.refuse(key.variable, `is a ${kind} key where the ${wanted} one belongs`, hint);
    }
  }
  for (const [current, legacy] of [
    ['SUPABASE_PUBLISHABLE_KEY', 'SUPABASE_ANON_KEY'],
    ['SUPABASE_SECRET_KEY', 'SUPABASE_SERVICE_ROLE_KEY'],
  ] as const) {
    if (settings[legacy] === undefined) continue;
    const used = settings[current] === undefined ? 'Supabase retires it' : `${current} is set and wins`;
    result.warn(`${legacy} is a legacy name: ${used}. Use ${current}.`);
  }
  const url = settings.SUPABASE_URL;
  if (url?.startsWith('http:') === true && (isDeployed(name) || !isLocalHost(new URL(url).hostname))) {
    result.refuse('SUPABASE_URL', 'is not https', 'Write https://<project>.supabase.co.');
  }
};

/** All three variables of a Supabase project, or none for the embedded provider. */
export const supabaseComplete: Rule = (settings, result, name) => {
  const parts = [
    ['SUPABASE_URL', settings.SUPABASE_URL],
    ['SUPABASE_PUBLISHABLE_KEY', publishableKey(settings)?.secret],
    ['SUPABASE_SECRET_KEY', secretKey(settings)?.secret],
  ] as const;
  const missing = parts.filter(([, value]) => value === undefined);
  if (missing.length === parts.length && !isDeployed(name)) return;
  for (const [variable] of missing) {
    result.refuse(variable, 'is missing', 'Copy it from the API settings of the Supabase project.');
  }
};
