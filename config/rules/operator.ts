import { isTooWide, parseCidr } from '../values/cidr.js';
import { demands, isPlaceholder, weaknessOfText } from '../secrets/secret-strength.js';
import { isKnownText } from '../secrets/known-secrets.js';
import type { Rule } from './rule.js';

const commonUsers = new Set([
  ...[
    'admin',
    'administrator',
    'root',
    'user',
    'test',
    'guest',
    'operator',
    'ops',
    'sysadmin',
    'superuser',
    'super',
  ],
  ...[
    'owner',
    'manager',
    'master',
    'velro',
    'support',
    'info',
    'demo',
    'default',
    'service',
    'webmaster',
    'username',
  ],
]);
const makePassword = 'Make one with: openssl rand -base64 24';

export const operatorNamed: Rule = (settings, result) => {
  const { ADMIN_USER: user, ADMIN_PASS: password } = settings;
  if (user === undefined)
    result.refuse('ADMIN_USER', 'is missing', 'Choose a name that nobody would try first.');
  else if (isPlaceholder(user)) result.refuse('ADMIN_USER', 'is still a placeholder', 'Choose a name.');
  else if (commonUsers.has(user.toLowerCase().replace(/[^a-z]/g, '')) || isKnownText(user)) {
    result.refuse('ADMIN_USER', 'is a name that everybody tries first', 'Choose another.');
  }
  if (password === undefined) result.refuse('ADMIN_PASS', 'is missing', makePassword);
  else {
    const weakness = weaknessOfText(password.reveal(), demands.operatorPassword);
    if (weakness !== null) result.refuse('ADMIN_PASS', weakness, makePassword);
  }
};

export const operatorDistinct: Rule = (settings, result) => {
  const { ADMIN_USER: user, ADMIN_PASS: password } = settings;
  if (password === undefined) return;
  if (user?.toLowerCase() === password.reveal().toLowerCase()) {
    result.refuse('ADMIN_PASS', 'is the same as ADMIN_USER', makePassword);
  } else if (isPlaceholder(password.reveal())) {
    result.refuse('ADMIN_PASS', 'is still a placeholder', makePassword);
  }
};

export const operatorFenced: Rule = (settings, result) => {
  const ranges = settings.ADMIN_IP_ALLOWLIST;
  if (ranges === undefined) {
    result.warn('ADMIN_IP_ALLOWLIST is empty: admin and operator routes answer any address.');
    return;
  }
  const wide = ranges.some((range) => {
    const cidr = parseCidr(range);
    return cidr === null || isTooWide(cidr);
  });
  if (wide) result.warn('ADMIN_IP_ALLOWLIST has a range so wide that it keeps hardly anybody out.');
};

/** They never stop the boot: without them the first administrator could not be created. */
export const firstAdmin: Rule = (settings, result) => {
  const set = (['DEFAULT_ADMIN_EMAIL', 'DEFAULT_ADMIN_PASSWORD'] as const).filter(
    (variable) => settings[variable] !== undefined,
  );
  if (set.length === 1) result.warn(`${set.join()} is set alone: no first administrator is made.`);
  for (const variable of set)
    result.warn(`${variable} is set: remove it once that administrator has signed in.`);
};
